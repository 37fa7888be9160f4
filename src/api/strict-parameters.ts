import { SEARCH_PARAMETERS } from "../search-request/channels.ts";
import { PARAMETER_NAMES } from "./chat-completions/parameters.ts";
import { chatRequestSchema } from "./chat-completions/request.ts";
import { completionRequestSchema, SHARED } from "./completions/request.ts";
import type { ApiError } from "./errors.ts";
import { responseRequestSchema } from "./responses/request.ts";

/** Every top-level name that an endpoint reads, forwards or refuses; all others it passes over in silence. */
const NAMES: Readonly<Record<Endpoint, readonly string[]>> = {
  chat: [...Object.keys(chatRequestSchema.shape), ...PARAMETER_NAMES, ...SEARCH_PARAMETERS],
  // What it does not know by another name means the same as in chat completions.
  responses: [
    ...Object.keys(responseRequestSchema.shape),
    ...Object.keys(chatRequestSchema.shape).filter((name) => name !== "messages" && name !== "n"),
    ...PARAMETER_NAMES,
    ...SEARCH_PARAMETERS,
  ],
  completions: [...Object.keys(completionRequestSchema.shape), ...SHARED, ...SEARCH_PARAMETERS, "user"],
};

export type Endpoint = "chat" | "responses" | "completions";

/**
 * With the header `X-Strict-Params: 1`, the first top-level parameter that would be ignored; else null. Off by default:
 * clients send all kinds of extras (WIRE.md 1.2).
 */
export function unknownParameter(
  endpoint: Endpoint,
  headers: Pick<Headers, "get">,
  body: Readonly<Record<string, unknown>>,
): ApiError | null {
  if (!/^(1|true)$/i.test(headers.get("x-strict-params")?.trim() ?? "")) return null;
  const isResponseShaped = endpoint === "chat" && body.messages == null && body.input != null;
  const names = NAMES[isResponseShaped ? "responses" : endpoint];
  const param = Object.keys(body).find((name) => !names.includes(name));
  if (param === undefined) return null;
  return { type: "invalid-parameter", code: "unknown_parameter", message: `Unknown parameter: '${param}'.`, param };
}
