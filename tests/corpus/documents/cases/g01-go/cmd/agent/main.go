package main

import (
	"context"
	"log"
	"os"

	"github.com/mark3labs/mcp-go/client"
	"github.com/mark3labs/mcp-go/client/transport"
)

const defaultModel = "gpt-4o-mini"

func main() {
	ctx := context.Background()
	c, err := client.NewStdioMCPClient("npx", []string{
		"BRAVE_API_KEY=⟦S env:BSA{w:28}⟧",
		"HOME=" + os.Getenv("HOME"),
	}, "-y", "@modelcontextprotocol/server-brave-search")
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()

	remote, err := client.NewStreamableHttpClient("https://mcp.acme.example/mcp",
		transport.WithHTTPHeaders(map[string]string{
			"Authorization": "Bearer ⟦S header-bearer:{an:40}⟧",
			"X-Trace":       "⟦N {h:16}⟧",
		}))
	if err != nil {
		log.Fatal(err)
	}
	_ = remote.Start(ctx)
}
