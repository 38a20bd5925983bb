/** Patterns of what must not be logged by the MCP proxy. */
export const PATTERNS: RegExp[] = [
  /gh[pousr]_[A-Za-z0-9]{36}/g,
  /sk-ant-[a-z0-9]+-[A-Za-z0-9_-]{80,}/g,
  /xox[abpr]-[0-9A-Za-z-]{10,}/g,
  /AKIA[0-9A-Z]{16}/g,
  /eyJ[A-Za-z0-9_-]+\.eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+/g,
];

export const SAMPLES = ["⟦N !ghp_1234567890abcdefghijklmnopqrstuvwxyz⟧", "⟦N !xoxb-your-token⟧", "⟦N !AKIAXXXXXXXXXXXXXXXX⟧", "⟦N !password123⟧"];
export const redact = (text: string) => PATTERNS.reduce((t, p) => t.replace(p, "⟦N ![REDACTED]⟧"), text);
export const KEY_NAMES = ["apiKey", "api_key", "token", "secret", "password", "authorization"];
export const i18n = { apiKey: "⟦N !API key⟧", token: "⟦N !Access token⟧", password: "⟦N !Passwort⟧" };
