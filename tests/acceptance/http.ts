import type { Ask } from "../clients/client.ts";

/** One raw request to the place that `ask` names; a body that is no string goes as JSON. */
export interface Raw {
  readonly method?: string;
  /** Below the version. */
  readonly path?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export async function send(ask: Ask, { method = "POST", path = "/chat/completions", body, headers }: Raw) {
  const response = await fetch(`${ask.baseURL}${path}`, {
    method,
    headers: { authorization: `Bearer ${ask.apiKey}`, "content-type": "application/json", ...headers },
    ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text };
}

/** What comes back with status 200, as JSON. */
export async function answerTo(ask: Ask, raw: Raw): Promise<Answer> {
  const { status, text } = await send(ask, raw);
  if (status !== 200) throw new Error(`${status}: ${text}`);
  return JSON.parse(text);
}

export interface Answer {
  readonly id: string;
  readonly object: string;
  readonly model: string;
  readonly choices: readonly { readonly message: { readonly content: string | null } }[];
  readonly usage: { readonly prompt_tokens: number; readonly completion_tokens: number; readonly total_tokens: number };
  readonly search: Readonly<Record<string, unknown>>;
}

export function chatBody({ model, prompt }: Ask, rest: object = {}) {
  return { model, messages: [{ role: "user", content: prompt }], ...rest };
}

/** Each endpoint that makes an answer, and its least body. */
export const ENDPOINTS: readonly { readonly path: string; readonly bodyOf: (ask: Ask) => Record<string, unknown> }[] = [
  { path: "/chat/completions", bodyOf: (ask) => chatBody(ask) },
  { path: "/responses", bodyOf: ({ model, prompt }) => ({ model, input: prompt }) },
  { path: "/completions", bodyOf: ({ model, prompt }) => ({ model, prompt }) },
];
