import { chatStreamFaults, textStreamFaults } from "./chat-stream.ts";
import { errorFaults, json, jsonTypeFaults } from "./error.ts";
import type { Exchange } from "./proxy.ts";
import { responseStreamFaults } from "./response-stream.ts";
import { against } from "./schema.ts";
import { usageFaults } from "./usage.ts";

export type Body = Readonly<Record<string, unknown>>;

/**
 * What of an exchange is against OpenAI's OpenAPI document or against WIRE sections 1.3 to 1.6; empty where nothing is.
 * Of an exchange that the client left, only what came is judged.
 */
export function faultsOf(exchange: Exchange): string[] {
  const { method, path, status } = exchange;
  if (status === 0) return [];
  const faults = headerFaults(exchange);
  // A browser's preflight and a deletion without content have no body to judge.
  if (status !== 204 && (exchange.isComplete || isStream(exchange))) faults.push(...bodyFaults(exchange));
  return faults.map((fault) => `${method} ${path} ${status}: ${fault}`);
}

function headerFaults({ headers }: Exchange): string[] {
  return /^req_\w+$/.test(String(headers["x-request-id"])) ? [] : ["no x-request-id"];
}

function isStream({ headers }: Exchange): boolean {
  return String(headers["content-type"]).startsWith("text/event-stream");
}

/** Each path, and how its answer is judged. */
const RULES: readonly (readonly [RegExp, (request: Body, exchange: Exchange) => string[]])[] = [
  [/^POST (\/v1)?(\/[\w-]+)?\/chat\/completions\/?$/, chatFaults],
  [/^POST (\/v1)?(\/[\w-]+)?\/completions\/?$/, textFaults],
  [/^POST (\/v1)?(\/[\w-]+)?\/responses\/?$/, responseFaults],
  [/^POST (\/v1)?\/responses\/[\w-]+\/cancel\/?$/, responseFaults],
  [/^GET (\/v1)?\/responses\/[\w-]+\/input_items\/?$/, (_request, { text }) => against("ResponseItemList", json(text))],
  [/^GET (\/v1)?\/responses\/[\w-]+\/?$/, responseFaults],
  [/^GET (\/v1)?\/models\/?$/, (_request, { text }) => against("ListModelsResponse", json(text))],
  [/^GET (\/v1)?\/models\/.+$/, (_request, { text }) => against("Model", json(text))],
  [/^GET (\/v1)?\/chat\/completions\/?$/, (_request, { text }) => against("ChatCompletionList", json(text))],
  [
    /^GET (\/v1)?\/chat\/completions\/[\w-]+\/messages\/?$/,
    (_request, { text }) => against("ChatCompletionMessageList", asAssistants(json(text))),
  ],
  [
    /^DELETE (\/v1)?\/chat\/completions\/[\w-]+\/?$/,
    (_request, { text }) => against("ChatCompletionDeleted", json(text)),
  ],
  [
    /^(GET|POST) (\/v1)?\/chat\/completions\/[\w-]+\/?$/,
    (_request, { text }) => against("CreateChatCompletionResponse", json(text)),
  ],
];

function bodyFaults(exchange: Exchange): string[] {
  if (exchange.status >= 400) return errorFaults(exchange);
  const [path = ""] = exchange.path.split("?");
  const rule = RULES.find(([pattern]) => pattern.test(`${exchange.method} ${path}`))?.[1];
  return rule === undefined ? [] : rule(bodyOf(exchange.requestText), exchange);
}

function chatFaults(request: Body, exchange: Exchange): string[] {
  if (request.stream === true) return chatStreamFaults(request, exchange);
  const body = (json(exchange.text) ?? {}) as Body;
  return [
    ...jsonTypeFaults(exchange.headers),
    ...against("CreateChatCompletionResponse", body),
    ...choiceFaults(request, body),
    ...usageFaults(request, body.usage),
  ];
}

function textFaults(request: Body, exchange: Exchange): string[] {
  if (request.stream === true) return textStreamFaults(request, exchange);
  const body = (json(exchange.text) ?? {}) as Body;
  return [
    ...jsonTypeFaults(exchange.headers),
    ...against("CreateCompletionResponse", body),
    ...choiceFaults(request, body),
    ...usageFaults(request, body.usage),
  ];
}

function responseFaults(request: Body, exchange: Exchange): string[] {
  if (isStream(exchange)) return responseStreamFaults(request, exchange);
  if (request.stream === true) return ["a stream was asked for"];
  return [...jsonTypeFaults(exchange.headers), ...against("Response", json(exchange.text))];
}

/** `n` choices, numbered from 0, and the model by the name that was asked for: clients compare. */
function choiceFaults(request: Body, body: Body): string[] {
  const indices = ((body.choices ?? []) as readonly { index: number }[]).map(({ index }) => index);
  const wanted = Array.from({ length: Number(request.n ?? 1) }, (_unused, index) => index);
  const faults = indices.join() === wanted.join() ? [] : [`choices ${indices} where ${wanted} were asked for`];
  return body.model === request.model
    ? faults
    : [...faults, `model ${body.model} where ${request.model} was asked for`];
}

/** The document knows only an assistant's messages there, and its own example shows a user's. */
function asAssistants(page: unknown): unknown {
  const { data = [], ...rest } = (page ?? {}) as { readonly data?: readonly Body[] };
  return { ...rest, data: data.map((message) => ({ ...message, role: "assistant" })) };
}

function bodyOf(text: string): Body {
  return text === "" ? {} : (json(text) as Body);
}
