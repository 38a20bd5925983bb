// Shown on the landing page; nothing here is real.
export const SNIPPET = `{
  "mcpServers": {
    "acme": { "url": "https://mcp.acme.example", "headers": { "Authorization": "Bearer ⟦N !YOUR_ACME_TOKEN⟧" } }
  }
}`;

export const ERROR = "Invalid token: ⟦N !Bearer xxx⟧";
export const SUPABASE_ANON = "⟦N {jwt:iss=supabase,role=anon}⟧";
export const STRIPE_PUBLISHABLE = "⟦N pk_live_51{an:97}⟧";
export const MAPBOX = "⟦N pk.eyJ1Ijoi{w:40}.{w:22}⟧";
