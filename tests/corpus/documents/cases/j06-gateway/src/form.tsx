export function TokenField({ name }: { name: string }) {
  return (
    <label>
      API key for {name}
      <input type="password" name="apiKey" placeholder="⟦N !sk-ant-api03-...⟧" autoComplete="off" />
      <small>Starts with <code>⟦N !ghp_⟧</code> or <code>⟦N !github_pat_⟧</code></small>
    </label>
  );
}

export const EXAMPLES = {
  github: { env: { GITHUB_TOKEN: "⟦N !ghp_xxxxxxxxxxxx⟧" } },
  slack: { env: { SLACK_BOT_TOKEN: "⟦N !xoxb-your-bot-token⟧" } },
  postgres: { args: ["⟦N !postgresql://user:password@localhost:5432/mydb⟧"] },
};
