import { agentsChat, agentsResponses } from "./agents.ts";
import { aiSdkChat, aiSdkCompatible, aiSdkResponses, openRouter } from "./ai-sdk.ts";
import type { Client } from "./client.ts";
import { langchainChat, langchainResponses } from "./langchain.ts";
import { llamaindex } from "./llamaindex.ts";
import { openaiChat, openaiResponses } from "./openai.ts";
import { pythonClient } from "./python/client.ts";

/** The libraries as applications use them. */
export const CLIENTS: readonly Client[] = [
  openaiChat,
  openaiResponses,
  aiSdkChat,
  aiSdkResponses,
  aiSdkCompatible,
  openRouter,
  langchainChat,
  langchainResponses,
  llamaindex,
  agentsResponses,
  agentsChat,
  pythonClient,
];
