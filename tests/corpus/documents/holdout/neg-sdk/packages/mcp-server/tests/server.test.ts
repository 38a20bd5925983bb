const client = new Acme({ baseURL: "http://127.0.0.1:4010", apiKey: "⟦N !My API Key⟧" });
process.env["ACME_API_KEY"] = "⟦N !env-key⟧";
const params = { command: "node", args: ["dist/index.js"], env: { ACME_API_KEY: "⟦N !key-from-test⟧", ACME_SECRET: "⟦N !shhh⟧", ACME_ID: "⟦N {uuid}⟧" } };
test("retries", () => expect(client.apiKey).toBe("⟦N !My API Key⟧"));
const jwt = ["⟦N !eyJhbGciOiJub25lIn0⟧", "⟦N !e30⟧", ""].join(".");
const basic = "Basic " + btoa("⟦N !user:pass⟧"); // dXNlcjpwYXNz
export { params, jwt, basic };
