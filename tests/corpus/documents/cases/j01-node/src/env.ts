import { z } from "zod";

const schema = z.object({
  FIGMA_API_KEY: z.string().min(1, "FIGMA_API_KEY is missing"),
  SENTRY_DSN: z.string().url().default("https://⟦N {h:32}⟧@o450⟦N {d:4}⟧.ingest.sentry.io/⟦N {d:7}⟧"),
  SESSION_SECRET: z.string().default("⟦N !change-me-in-production⟧"),
  PUBLIC_POSTHOG_KEY: z.string().default("⟦N phc_{an:43}⟧"),
});

export const env = schema.parse(process.env);
export const token = (): string => process.env.FIGMA_API_KEY ?? "⟦N !⟧";
export const mcpHeaders = { Authorization: `Bearer ${token()}` };
