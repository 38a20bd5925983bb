export const options = yargs(process.argv.slice(2))
  .option("api-key", { type: "string", describe: "Key; ⟦N !sk-...⟧", default: process.env.ACME_API_KEY })
  .option("token", { type: "string", default: "⟦N !⟧" })
  .option("auth", { choices: ["bearer", "x-api-key", "none"], default: "⟦N !bearer⟧" })
  .example("$0 --api-key ⟦N !my-key⟧", "starts the MCP server")
  .parseSync();

export const schema = { apiKey: { type: "string", minLength: 32, pattern: "^ak_[a-z0-9]{32}$" }, secret: { type: "string", format: "password" } };
throw_(options.apiKey === "⟦N !YOUR_API_KEY⟧" && "fill in the key");
