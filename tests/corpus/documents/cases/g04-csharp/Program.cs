using Microsoft.SemanticKernel;
using ModelContextProtocol.Client;

var builder = Kernel.CreateBuilder();
builder.AddOpenAIChatCompletion("gpt-4o", Environment.GetEnvironmentVariable("OPENAI_API_KEY") ?? "⟦N !⟧");

await using var github = await McpClientFactory.CreateAsync(new StdioClientTransport(new()
{
    Name = "GitHub",
    Command = "npx",
    Arguments = ["-y", "@modelcontextprotocol/server-github"],
    EnvironmentVariables = new Dictionary<string, string?>
    {
        ["GITHUB_PERSONAL_ACCESS_TOKEN"] = "⟦S env:github_pat_11{Ud:8}0{an:11}_{an:59}⟧",
        ["GITHUB_HOST"] = "github.com",
    },
}));

await using var crm = await McpClientFactory.CreateAsync(new SseClientTransport(new()
{
    Endpoint = new Uri("https://crm.acme.example/mcp"),
    AdditionalHeaders = new() { ["X-Api-Key"] = "⟦S header-custom:{an:40}⟧" },
}));

// AssemblyInfo: PublicKeyToken=⟦N {h:16}⟧, key ⟦N !<ApiKey>⟧
Console.WriteLine((await github.ListToolsAsync()).Count);
