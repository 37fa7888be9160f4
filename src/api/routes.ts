import type { Permission } from "../ledger/keys/permissions.ts";
import { STRATEGIES } from "../search-request/names.ts";
import { ADMIN_ROUTES } from "./admin/routes.ts";
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
import { createSearch } from "./searches/background.ts";
import { estimateSearch } from "./searches/estimate.ts";
import {
  cancelSearch,
  deleteSearch,
  getCompletionSearch,
  getResponseSearch,
  getSearch,
  getTree,
  listAttempts,
  listOwnSearches,
  watchSearch,
} from "./searches/routes.ts";

export interface Route {
  readonly method: "GET" | "POST" | "DELETE";
  /** Below an optional `/v1`; a trailing slash is accepted everywhere. */
  readonly path: string;
  readonly handler: (context: AppContext) => Response | Promise<Response>;
  readonly scope: RouteScope;
  /** It starts a search: the key is proved together with the lease that it draws, in one call. */
  readonly drawsLease?: true;
}

/**
 * What a key must be permitted to do for the route to answer it. "public" answers without a key, "deployment" only to the
 * deployment's own credential.
 */
export type RouteScope = Permission | "public" | "deployment";

/** For clients that can set only a base URL: `/v1/bon-16/chat/completions`. A word that is no strategy is no URL of ours. */
const STRATEGY = `/:strategy{(?:${STRATEGIES.join("|")})(?:-[0-9]+)?}`;

const STARTS = { scope: "searches:create", drawsLease: true } as const;

/** Everything this service answers. A path with another method is 405, any other path 404. */
export const ROUTES: readonly Route[] = [
  { method: "POST", path: "/chat/completions", handler: createChatCompletion, ...STARTS },
  { method: "POST", path: `${STRATEGY}/chat/completions`, handler: createChatCompletion, ...STARTS },
  { method: "GET", path: "/chat/completions", handler: listChatCompletions, scope: "searches:read" },
  { method: "GET", path: "/chat/completions/:id/messages", handler: listMessages, scope: "searches:read" },
  { method: "GET", path: "/chat/completions/:id/search", handler: getCompletionSearch, scope: "searches:read" },
  { method: "GET", path: "/chat/completions/:id", handler: getChatCompletion, scope: "searches:read" },
  { method: "POST", path: "/chat/completions/:id", handler: updateChatCompletion, scope: "searches:create" },
  { method: "DELETE", path: "/chat/completions/:id", handler: deleteChatCompletion, scope: "searches:create" },
  { method: "POST", path: "/search/estimate", handler: estimateSearch, scope: "searches:create" },
  { method: "POST", path: "/completions", handler: createCompletion, ...STARTS },
  { method: "POST", path: `${STRATEGY}/completions`, handler: createCompletion, ...STARTS },
  { method: "POST", path: "/responses", handler: createResponse, ...STARTS },
  { method: "POST", path: `${STRATEGY}/responses`, handler: createResponse, ...STARTS },
  { method: "POST", path: "/responses/:id/cancel", handler: cancelResponse, scope: "searches:create" },
  { method: "GET", path: "/responses/:id/input_items", handler: listInputItems, scope: "searches:read" },
  { method: "GET", path: "/responses/:id/search", handler: getResponseSearch, scope: "searches:read" },
  { method: "GET", path: "/responses/:id", handler: getResponse, scope: "searches:read" },
  { method: "DELETE", path: "/responses/:id", handler: deleteResponse, scope: "searches:create" },
  { method: "GET", path: "/models", handler: listModels, scope: "searches:read" },
  { method: "GET", path: "/models/:id{.+}", handler: getModel, scope: "searches:read" },
  { method: "GET", path: `${STRATEGY}/models`, handler: listModels, scope: "searches:read" },
  { method: "GET", path: `${STRATEGY}/models/:id{.+}`, handler: getModel, scope: "searches:read" },
  { method: "POST", path: "/searches", handler: createSearch, ...STARTS },
  { method: "GET", path: "/searches", handler: listOwnSearches, scope: "searches:read" },
  { method: "GET", path: "/searches/:id/events", handler: watchSearch, scope: "searches:read" },
  { method: "GET", path: "/searches/:id/tree", handler: getTree, scope: "searches:read" },
  { method: "GET", path: "/searches/:id/attempts", handler: listAttempts, scope: "searches:read" },
  { method: "GET", path: "/searches/:id", handler: getSearch, scope: "searches:read" },
  { method: "POST", path: "/searches/:id/cancel", handler: cancelSearch, scope: "searches:create" },
  { method: "DELETE", path: "/searches/:id", handler: deleteSearch, scope: "searches:create" },
  ...ADMIN_ROUTES,
  { method: "GET", path: "/openapi.json", handler: (context) => getOpenApi(context, ROUTES), scope: "public" },
  { method: "GET", path: "/docs", handler: (context) => getDocs(context, ROUTES), scope: "public" },
  { method: "GET", path: "/health", handler: (context) => context.json({ status: "ok" }), scope: "public" },
];
