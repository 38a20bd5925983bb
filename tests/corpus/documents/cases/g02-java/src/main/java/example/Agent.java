package example;

import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.ServerParameters;
import io.modelcontextprotocol.client.transport.StdioClientTransport;
import java.time.Duration;

public final class Agent {
    private static final String GITHUB_TOKEN = "⟦S env:ghp_{an:30}{chk-ghp}⟧";
    private static final String USER_AGENT = "agent/1.0 (⟦N {h:7}⟧)";

    public static McpSyncClient github() {
        var params = ServerParameters.builder("npx")
                .args("-y", "@modelcontextprotocol/server-github")
                .addEnvVar("GITHUB_PERSONAL_ACCESS_TOKEN", GITHUB_TOKEN)
                .build();
        return McpClient.sync(new StdioClientTransport(params)).requestTimeout(Duration.ofSeconds(10)).build();
    }

    public static McpSyncClient slack() {
        var params = ServerParameters.builder("npx")
                .args("-y", "@modelcontextprotocol/server-slack")
                .addEnvVar("SLACK_BOT_TOKEN", "⟦S env:xoxb-{d:12}-{d:13}-{an:24}⟧")
                .addEnvVar("SLACK_TEAM_ID", System.getenv("SLACK_TEAM_ID"))
                .build();
        return McpClient.sync(new StdioClientTransport(params)).build();
    }
}
