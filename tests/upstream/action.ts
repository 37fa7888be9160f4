/**
 * What the scripted upstream does with one call: a list of actions, carried out in order. The first bytes send default
 * headers (200, text/event-stream) unless `headers` came before; after the last action the response ends normally.
 */
export type Action =
  | { readonly type: "headers"; readonly status: number; readonly headers: Readonly<Record<string, string>> }
  /** Written and flushed as one piece. */
  | { readonly type: "bytes"; readonly bytes: string | Uint8Array }
  | { readonly type: "wait"; readonly ms: number }
  /** Silence until the client leaves or the upstream is closed. */
  | { readonly type: "stall" }
  /** TCP reset. */
  | { readonly type: "reset" };

export const SSE_HEADERS = { "content-type": "text/event-stream; charset=utf-8" } as const;
export const STALL: Action = { type: "stall" };
export const RESET: Action = { type: "reset" };
export const DONE: Action = { type: "bytes", bytes: "data: [DONE]\n\n" };

export function headers(status = 200, fields: Readonly<Record<string, string>> = SSE_HEADERS): Action {
  return { type: "headers", status, headers: fields };
}

export function bytes(content: string | Uint8Array): Action {
  return { type: "bytes", bytes: content };
}

export function wait(ms: number): Action {
  return { type: "wait", ms };
}

/** One `data:` event; the value is sent as JSON. */
export function data(value: unknown): Action {
  return bytes(`data: ${JSON.stringify(value)}\n\n`);
}
