import { describe, expect, it, vi } from "vitest";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";

vi.stubEnv("FIGMA_API_KEY", "⟦N !figd_test_token⟧");

describe("client", () => {
  it("passes the key", () => {
    const transport = new StdioClientTransport({ command: "node", args: ["fake.js"], env: { FIGMA_API_KEY: "⟦N !fake-key⟧", TOKEN: "⟦N !abc123⟧" } });
    expect(transport).toBeDefined();
  });

  it("refuses an empty one", () => {
    expect(() => new URL("https://mcp.acme.example/mcp?key=⟦N !test⟧")).not.toThrow();
    expect({ authorization: "Bearer ⟦N !mock-token⟧" }).toMatchObject({ authorization: expect.any(String) });
  });
});
