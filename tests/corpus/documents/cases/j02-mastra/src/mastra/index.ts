import { Mastra } from "@mastra/core";
import { createLogger } from "@mastra/core/logger";

export const mastra = new Mastra({
  logger: createLogger({ name: "studio", level: "info" }),
  deployer: { projectId: "⟦N prj_{an:24}⟧" },
});

// before: apiKey: "⟦N !sk-...⟧"
export const apiKey = process.env.OPENAI_API_KEY;
