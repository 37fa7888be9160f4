import { type Action, bytes, DONE, data, headers, RESET, STALL, wait } from "./action.ts";
import { answer, chunkOf } from "./answer.ts";

/** An error answer in OpenAI's shape. `fields` go into the error object, `extra` into the headers. */
export function refusal(
  status: number,
  message: string,
  fields: Readonly<Record<string, unknown>> = {},
  extra: Readonly<Record<string, string>> = {},
): readonly Action[] {
  const error = { message, type: "invalid_request_error", param: null, code: null, ...fields };
  return [headers(status, { "content-type": "application/json", ...extra }), bytes(JSON.stringify({ error }))];
}

export function rateLimit(extra: Readonly<Record<string, string>> = {}): readonly Action[] {
  return refusal(429, "Rate limit reached", { type: "requests", code: "rate_limit_exceeded" }, extra);
}

/** How servers say that they do not take `n` (Groq's words). */
export function refusalOfN(): readonly Action[] {
  return refusal(400, "'n' : number must be at most 1");
}

const HELLO = data(
  chunkOf("scripted", [{ index: 0, delta: { role: "assistant", content: "Hel" }, finish_reason: null }]),
);
const FINISH = data(chunkOf("scripted", [{ index: 0, delta: {}, finish_reason: "stop" }]));

/** The faults of RELIABILITY.md "Provider faults" that are one fixed answer each, by name. */
export const FAULTS = {
  resetBeforeHeaders: [RESET],
  resetAfterHeaders: [headers(), HELLO, wait(20), RESET],
  headerStall: [STALL],
  bodyStall: [headers(), HELLO, STALL],
  /** Headers, and then not one byte. */
  emptyBodyStall: [headers(), STALL],
  /** An error status whose message never ends. */
  errorBodyStall: [headers(500, { "content-type": "application/json" }), bytes('{"error":'), STALL],
  /** Ends in order, but the choice never finished. */
  noFinish: [headers(), HELLO],
  doneWithoutFinish: [headers(), HELLO, DONE],
  doneAlone: [headers(), DONE],
  empty: [headers()],
  noContent: [headers(204, {})],
  html: [headers(200, { "content-type": "text/html" }), bytes("<!doctype html>\n\n<title>Gateway</title>\n\n")],
  json: [headers(200, { "content-type": "application/json" }), bytes('{"choices":[{"message":{"content":"Hi"}}]}')],
  invalidJsonChunk: [headers(), HELLO, bytes('data: {"choices":[{"ind\n\n'), FINISH, DONE],
  chunkIsNoObject: [headers(), HELLO, data(7), FINISH, DONE],
  deepJson: [headers(), HELLO, bytes(`data: ${"[".repeat(100_000)}${"]".repeat(100_000)}\n\n`)],
  errorInStream: [headers(), HELLO, data({ error: { message: "CUDA out of memory", code: 500 } }), DONE],
  errorEvent: [headers(), HELLO, bytes('event: error\ndata: {"message":"overloaded"}\n\n')],
  brokenChoice: [headers(), HELLO, data(chunkOf("scripted", [{ index: 0, delta: {}, finish_reason: "error" }])), DONE],
  redirect: [headers(302, { location: "http://169.254.169.254/latest/meta-data" })],
  serverError: refusal(500, "internal", { type: "server_error" }),
  badGateway: [headers(502, { "content-type": "text/html" }), bytes("<h1>502 Bad Gateway</h1>")],
  overloaded: refusal(529, "overloaded"),
  unauthorized: refusal(401, "Incorrect API key provided: sk-canary", { code: "invalid_api_key" }),
  forbidden: refusal(403, "not your model"),
  notFound: refusal(404, "The model does not exist", { code: "model_not_found" }),
  tooLarge: refusal(413, "request entity too large"),
  contextLength: refusal(400, "too many tokens", { code: "context_length_exceeded" }),
  contextLengthInWords: refusal(400, "This model's maximum context length is 4096 tokens."),
  badParameter: refusal(400, "temperature must be at most 2", { param: "temperature" }),
  unprocessable: [headers(422, { "content-type": "application/json" }), bytes('{"detail":"bad tools"}')],
} as const satisfies Readonly<Record<string, readonly Action[]>>;

/** A stream cut into single bytes: inside UTF-8 sequences, inside `data:`, between CR and LF. */
export function byteByByte(actions: readonly Action[]): readonly Action[] {
  return actions.flatMap((action) => {
    if (action.type !== "bytes") return [action];
    const whole = typeof action.bytes === "string" ? new TextEncoder().encode(action.bytes) : action.bytes;
    return Array.from(whole, (_, at) => bytes(whole.slice(at, at + 1)));
  });
}

/** An answer whose finish chunk comes twice, with more text between. */
export function duplicatedFinish(text: string): readonly Action[] {
  const late = data(chunkOf("scripted", [{ index: 0, delta: { content: "LATE" }, finish_reason: null }]));
  return [...answer([text], { usage: null, hasDone: false }), late, FINISH, DONE];
}
