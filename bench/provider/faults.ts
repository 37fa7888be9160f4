import { gzipSync } from "node:zlib";
import {
  type Action,
  answer,
  byteByByte,
  bytes,
  chunkOf,
  DONE,
  data,
  duplicatedFinish,
  FAULTS as FIXED,
  headers,
  rateLimit,
  refusal,
  wait,
} from "../../tests/upstream/index.ts";

/** What would have been said without the fault, a text per choice. */
export interface Said {
  readonly model: string;
  readonly texts: readonly string[];
  readonly maxTokens: number;
}

type Fault = (said: Said) => readonly Action[];

const MEBIBYTE = 1_048_576;
const SSE_GZIP = { "content-type": "text/event-stream", "content-encoding": "gzip" };
const usage =
  (value: unknown): Fault =>
  (said) =>
    answer(said.texts, { model: said.model, usage: value });

/**
 * RELIABILITY.md "Provider faults", by name. Two of the list are no answers and hence not here: a failed TLS handshake and
 * a name that does not resolve are addresses to configure.
 */
export const FAULTS = {
  // 429, by what it says of when to come back.
  "429-retry-after-seconds": () => rateLimit({ "retry-after": "1" }),
  "429-retry-after-ms": () => rateLimit({ "retry-after-ms": "50" }),
  "429-retry-after-date": () => rateLimit({ "retry-after": new Date(Date.now() + 1000).toUTCString() }),
  "429-retry-after-garbage": () => rateLimit({ "retry-after": "soon" }),
  "429-retry-after-absent": () => rateLimit(),
  "429-retry-after-hour": () => rateLimit({ "retry-after": "3600" }),
  // Refusals.
  "400-context-too-long": () => FIXED.contextLengthInWords,
  "401": () => FIXED.unauthorized,
  "403": () => FIXED.forbidden,
  "500": () => FIXED.serverError,
  "502": () => FIXED.badGateway,
  "503": () => refusal(503, "Service Unavailable", { type: "server_error" }),
  "504": () => refusal(504, "Gateway Timeout", { type: "server_error" }),
  "529": () => FIXED.overloaded,
  "302-private": () => FIXED.redirect,
  // The connection.
  "reset-before-headers": () => FIXED.resetBeforeHeaders,
  "reset-after-headers": () => FIXED.resetAfterHeaders,
  "header-stall": () => FIXED.headerStall,
  "body-stall": () => FIXED.bodyStall,
  drip: (said) => dripped(answer(said.texts, { model: said.model }), 1000),
  // The stream.
  "no-terminator": (said) => answer(said.texts, { model: said.model, hasDone: false, usage: null }),
  unfinished: () => FIXED.noFinish,
  "split-bytes": (said) => byteByByte(answer(said.texts, { model: said.model })),
  "duplicated-chunks": (said) => duplicatedFinish(said.texts[0] ?? ""),
  "out-of-order-chunks": (said) => finishFirst(said),
  "error-in-stream": () => FIXED.errorInStream,
  "empty-200": () => FIXED.empty,
  "html-200": () => FIXED.html,
  "invalid-json": () => FIXED.invalidJsonChunk,
  "deep-json": () => FIXED.deepJson,
  "body-200mb": () => [headers(), ...Array<Action>(200).fill(bytes(`: ${"x".repeat(MEBIBYTE)}\n\n`))],
  "gzip-bomb": () => [headers(200, SSE_GZIP), bytes(gzipBomb())],
  "wrong-content-type": (said) => [
    headers(200, { "content-type": "application/octet-stream" }),
    ...answer(said.texts, { model: said.model }).slice(1),
  ],
  // What it says of itself.
  "usage-missing": usage(null),
  "usage-zero": usage({ prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }),
  "usage-negative": usage({ prompt_tokens: -5, completion_tokens: -7, total_tokens: -12 }),
  "usage-absurd": usage({ prompt_tokens: 1e15, completion_tokens: 1e15, total_tokens: 2e15 }),
  "more-than-max-tokens": (said) => tooMany(said),
  "wrong-model": (said) => answer(said.texts, { model: "another-model-entirely" }),
  "n-ignored": (said) => answer(said.texts.slice(0, 1), { model: said.model }),
  "identical-samples": (said) =>
    answer(
      said.texts.map(() => "Answer: 7"),
      { model: said.model },
    ),
  "clock-skewed": (said) => [
    headers(),
    data({
      ...chunkOf(said.model, [{ index: 0, delta: { content: said.texts[0] }, finish_reason: "stop" }]),
      created: 9e9,
    }),
    DONE,
  ],
  // What it will not say.
  "content-filter": (said) =>
    answer(
      said.texts.map(() => ({ pieces: [""], finishReason: "content_filter" })),
      { model: said.model },
    ),
  "tool-call-truncated": (said) =>
    answer(
      said.texts.map(() => ({
        pieces: [],
        finishReason: "length",
        toolCallDeltas: [
          { index: 0, id: "call_1", type: "function", function: { name: "f", arguments: '{"city":"Bo' } },
        ],
      })),
      { model: said.model },
    ),
} as const satisfies Readonly<Record<string, Fault>>;

export type FaultName = keyof typeof FAULTS;
export const FAULT_NAMES = Object.keys(FAULTS) as [FaultName, ...FaultName[]];

/** A byte at a time with a pause before each. */
function dripped(actions: readonly Action[], pauseMs: number): readonly Action[] {
  return byteByByte(actions).flatMap((action) => (action.type === "bytes" ? [wait(pauseMs), action] : [action]));
}

/** The finish comes before the text that it finishes. */
function finishFirst({ model, texts }: Said): readonly Action[] {
  const chunk = (delta: unknown, finish_reason: string | null) =>
    data(chunkOf(model, [{ index: 0, delta, finish_reason }]));
  return [
    headers(),
    chunk({ role: "assistant", content: "" }, null),
    chunk({}, "stop"),
    chunk({ content: texts[0] }, null),
    DONE,
  ];
}

/** Three times what was allowed, and it says so. */
function tooMany({ model, maxTokens }: Said): readonly Action[] {
  const tokens = Math.min(3 * maxTokens, 10_000);
  const choice = { pieces: Array.from({ length: tokens }, (_unused, at) => `${at === 0 ? "" : " "}word`) };
  return answer([choice], {
    model,
    usage: { prompt_tokens: 10, completion_tokens: tokens, total_tokens: 10 + tokens },
  });
}

let bomb: Uint8Array | null = null;

/** 200 MiB of comment lines as some 200 KiB. Made once, when first asked for. */
function gzipBomb(): Uint8Array {
  bomb ??= gzipSync(Buffer.alloc(200 * MEBIBYTE, `: ${"x".repeat(1021)}\n\n`));
  return bomb;
}
