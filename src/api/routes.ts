import { STRATEGIES } from "../search-request/names.ts";
import { createChatCompletion } from "./chat-completions/routes.ts";
import {
  deleteChatCompletion,
  getChatCompletion,
  listChatCompletions,
  listMessages,
  updateChatCompletion,
} from "./chat-completions/stored/routes.ts";
import { createCompletion } from "./completions/routes.ts";
import type { AppContext } from "./context.ts";
import { getModel, listModels } from "./models/routes.ts";
import { getDocs, getOpenApi } from "./openapi/routes.ts";
import { cancelResponse, createResponse, deleteResponse, getResponse, listInputItems } from "./responses/routes.ts";
import {
  cancelSearch,
  getCompletionSearch,
  getResponseSearch,
  getSearch,
  getTree,
  listOwnSearches,
  watchSearch,
} from "./searches/routes.ts";

export interface Route {
  readonly method: "GET" | "POST" | "DELETE";
  /** Below an optional `/v1`; a trailing slash is accepted everywhere. */
  readonly path: string;
  readonly handler: (context: AppContext) => Response | Promise<Response>;
  /** Answers without a key. */
  readonly isPublic?: true;
}

/** For clients that can set only a base URL: `/v1/bon-16/chat/completions`. A word that is no strategy is no URL of ours. */
const STRATEGY = `/:strategy{(?:${STRATEGIES.join("|")})(?:-[0-9]+)?}`;

/** Everything this service answers. A path with another method is 405, any other path 404. */
export const ROUTES: readonly Route[] = [
  { method: "POST", path: "/chat/completions", handler: createChatCompletion },
  { method: "POST", path: `${STRATEGY}/chat/completions`, handler: createChatCompletion },
  { method: "GET", path: "/chat/completions", handler: listChatCompletions },
  { method: "GET", path: "/chat/completions/:id/messages", handler: listMessages },
  { method: "GET", path: "/chat/completions/:id/search", handler: getCompletionSearch },
  { method: "GET", path: "/chat/completions/:id", handler: getChatCompletion },
  { method: "POST", path: "/chat/completions/:id", handler: updateChatCompletion },
  { method: "DELETE", path: "/chat/completions/:id", handler: deleteChatCompletion },
  { method: "POST", path: "/completions", handler: createCompletion },
  { method: "POST", path: `${STRATEGY}/completions`, handler: createCompletion },
  { method: "POST", path: "/responses", handler: createResponse },
  { method: "POST", path: `${STRATEGY}/responses`, handler: createResponse },
  { method: "POST", path: "/responses/:id/cancel", handler: cancelResponse },
  { method: "GET", path: "/responses/:id/input_items", handler: listInputItems },
  { method: "GET", path: "/responses/:id/search", handler: getResponseSearch },
  { method: "GET", path: "/responses/:id", handler: getResponse },
  { method: "DELETE", path: "/responses/:id", handler: deleteResponse },
  { method: "GET", path: "/models", handler: listModels },
  { method: "GET", path: "/models/:id{.+}", handler: getModel },
  { method: "GET", path: `${STRATEGY}/models`, handler: listModels },
  { method: "GET", path: `${STRATEGY}/models/:id{.+}`, handler: getModel },
  { method: "GET", path: "/searches", handler: listOwnSearches },
  { method: "GET", path: "/searches/:id/events", handler: watchSearch },
  { method: "GET", path: "/searches/:id/tree", handler: getTree },
  { method: "GET", path: "/searches/:id", handler: getSearch },
  { method: "DELETE", path: "/searches/:id", handler: cancelSearch },
  { method: "GET", path: "/openapi.json", handler: (context) => getOpenApi(context, ROUTES), isPublic: true },
  { method: "GET", path: "/docs", handler: (context) => getDocs(context, ROUTES), isPublic: true },
  { method: "GET", path: "/health", handler: (context) => context.json({ status: "ok" }), isPublic: true },
];
