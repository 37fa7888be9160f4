import {
  type Action,
  answer,
  chunkOf,
  DONE,
  data,
  FAULTS,
  headers,
  RESET,
  rateLimit,
  refusal,
  type ScriptedCall,
  STALL,
  wait,
} from "../upstream/index.ts";
import type { JsonAnswer, JsonCall } from "../upstream/json-server.ts";

/** A call and its place among the calls with the same tag, from 1. */
export type ScenarioCall = ScriptedCall & { readonly ordinal: number };

type Scenario = (call: ScenarioCall) => readonly Action[];

export const HELLO =
  "Hello! Söme wörds and an emoji 🌳 to be cut into several chunks without harm, and then some more.";
export const WRONG = "Answer: 4 + 4 + 6 + 8 = 24";
export const TOOL_CALL = {
  id: "call_1",
  type: "function",
  function: { name: "weather", arguments: '{"city":"Bonn"}' },
};

/** A question says which one it wants: `scenario=hello tag=t17 ...`. */
const SCENARIOS: Readonly<Record<string, Scenario>> = {
  hello: (call) => answer(texts(call, () => HELLO)),
  /** Every choice of every call is another text. */
  distinct: (call) => answer(texts(call, (index) => `Candidate ${call.ordinal}.${index}`)),
  /** Wrong, slowly, until the fourth call. */
  late: (call) =>
    answer(
      texts(call, () => (call.ordinal < 4 ? `${WRONG}?${call.ordinal}` : SOLVED)),
      { headerDelayMs: 150 },
    ),
  /** One answer, and a judge of it: with the rubric's prompt it gives a number. */
  judged: (call) =>
    answer(texts(call, () => (JSON.stringify(call.messages).includes("<rubric>") ? "Score: 7" : "The answer."))),
  slow: (call) =>
    answer(
      texts(call, (index) => `Answer: ${call.ordinal} + ${index}`),
      { headerDelayMs: 400 },
    ),
  /** Another text each time, after two seconds: a search that is still running when something happens to its lease. */
  unhurried: (call) =>
    answer(
      texts(call, (index) => `Candidate ${call.ordinal}.${index}`),
      { headerDelayMs: 2000 },
    ),
  /** Every third answer has the form of `POINT`, the others agree in prose; a judge likes them all. */
  forms: (call) =>
    answer(
      texts(call, () => {
        if (JSON.stringify(call.messages).includes("<rubric>")) return "Score: 9";
        return call.ordinal % 3 === 0 ? JSON.stringify({ city: "Bonn", call: call.ordinal }) : "It is Bonn.";
      }),
    ),
  /** The same of calls of the tool: in words, with arguments of the wrong shape, then with the right ones. */
  calls: (call) =>
    answer(
      texts(call, () => {
        if (call.ordinal % 3 === 1) return "I would call the tool.";
        const text = call.ordinal % 3 === 2 ? '{"town":7}' : `{"city":"Bonn ${call.ordinal}"}`;
        const toolCall = { ...TOOL_CALL, function: { name: "weather", arguments: text } };
        return { pieces: [], finishReason: "tool_calls", toolCallDeltas: [{ index: 0, ...toolCall }] };
      }),
    ),
  /** What is said depends on the seed and the temperature and on nothing else. */
  seeded: (call) =>
    answer(texts(call, (index) => `Answer: ${((call.seed ?? 0) + index) % 5} at ${String(call.body.temperature)}`)),
  stall: () => [STALL],
  /** One answer, then silence: something to serve when it is cancelled. */
  "one-then-stall": (call) => (call.ordinal === 1 ? answer(texts(call, () => "The first answer.")) : [STALL]),
  /** Nine words, a tenth of a second apart. */
  words: (call) =>
    answer(
      texts(call, (index) => ({ pieces: wordsOf(index) })),
      { pieceDelayMs: 100 },
    ),
  /** The same, and each call says it in words of its own. */
  "other-words": (call) =>
    answer(
      texts(call, () => ({ pieces: wordsOf(call.ordinal) })),
      { pieceDelayMs: 100 },
    ),
  /** Breaks off in the middle the first time, and says the same again. */
  "broken-words": (call) => {
    const whole = answer([{ pieces: wordsOf(0) }], { pieceDelayMs: 20 });
    return call.ordinal === 1 ? [...whole.slice(0, 12), RESET] : whole;
  },
  /** Text, then two calls in pieces, a tenth of a second apart; the second without an id. */
  "slow-tools": () => [
    headers(),
    ...SLOW_CALLS.flatMap((delta) => [
      data(chunkOf("scripted", [{ index: 0, delta, finish_reason: null }])),
      wait(100),
    ]),
    data(chunkOf("scripted", [{ index: 0, delta: {}, finish_reason: "tool_calls" }])),
    DONE,
  ],
  /** Silence, and words when asked again. */
  "stall-then-words": (call) => (call.ordinal === 1 ? [STALL] : answer([{ pieces: wordsOf(call.ordinal) }])),
  /** A refusal in pieces, as OpenAI streams it. */
  refusal: () => [
    headers(),
    ...["I cannot ", "help with that."].map((refusal) =>
      data(chunkOf("scripted", [{ index: 0, delta: { refusal }, finish_reason: null }])),
    ),
    data(chunkOf("scripted", [{ index: 0, delta: {}, finish_reason: "stop" }])),
    DONE,
  ],
  /** Each word with its log-probability, where they are asked for. */
  told: (call) => answer(texts(call, () => ({ pieces: TOLD.map(({ token }) => token), logprobs: toldTokens(call) }))),
  /** It thinks before it answers, and says how long. */
  reasoning: () => [
    headers(),
    ...[{ reasoning_content: "Hmm, " }, { reasoning_content: "two and two." }, { content: "4" }].map((delta) =>
      data(chunkOf("scripted", [{ index: 0, delta, finish_reason: null }])),
    ),
    data(chunkOf("scripted", [{ index: 0, delta: {}, finish_reason: "stop" }])),
    data({
      ...chunkOf("scripted", []),
      usage: {
        prompt_tokens: 10,
        completion_tokens: 7,
        prompt_tokens_details: { cached_tokens: 8 },
        completion_tokens_details: { reasoning_tokens: 6 },
      },
    }),
    DONE,
  ],
  length: (call) => answer(texts(call, () => ({ pieces: ["cut", " off"], finishReason: "length" }))),
  weather: (call) => answer(texts(call, () => '{"city":"Bonn","degrees":21}')),
  tools: (call) =>
    answer(
      texts(call, () => ({
        pieces: [],
        finishReason: "tool_calls",
        toolCallDeltas: [{ index: 0, ...TOOL_CALL }],
      })),
    ),
  /** Two calls, whatever was asked for. */
  "two-tools": (call) =>
    answer(
      texts(call, () => ({
        pieces: [],
        finishReason: "tool_calls",
        toolCallDeltas: [0, 1].map((index) => ({ ...TOOL_CALL, index, id: `call_${index}` })),
      })),
    ),
  "rate-limited": () => rateLimit({ "retry-after": "3600" }),
  unauthorized: () => FAULTS.unauthorized,
  "context-length": () =>
    refusal(400, "This model's maximum context length is 128 tokens", { code: "context_length_exceeded" }),
  unavailable: () => FAULTS.serverError,
  "east-down": (call) => (call.body.model === "east" ? FAULTS.serverError : answer(texts(call, () => HELLO))),
  "east-limited": (call) =>
    call.body.model === "east" ? rateLimit({ "retry-after": "600" }) : answer(texts(call, () => HELLO)),
  "east-locked": (call) => (call.body.model === "east" ? FAULTS.unauthorized : answer(texts(call, () => HELLO))),
};

/** What the scenario "told" says, token by token. */
export const TOLD = [
  { token: "Two", logprob: -0.25 },
  { token: "\n", logprob: -0.5 },
  { token: " fünf", logprob: -1.5 },
  { token: "!", logprob: -0.125 },
];

function toldTokens({ body }: ScenarioCall) {
  if (body.logprobs !== true) return [];
  const others = [{ token: "other", logprob: -3 }].slice(0, Number(body.top_logprobs));
  return TOLD.map((one) => ({
    ...one,
    bytes: null,
    top_logprobs: [...[one].slice(0, Number(body.top_logprobs)), ...others],
  }));
}

const SLOW_CALLS = [
  { content: "Let me look." },
  { tool_calls: [{ index: 0, id: "call_a", type: "function", function: { name: "weather", arguments: "" } }] },
  { tool_calls: [{ index: 0, function: { arguments: '{"city":' } }] },
  { tool_calls: [{ index: 0, function: { arguments: '"Bonn"}' } }] },
  { tool_calls: [{ index: 1, type: "function", function: { name: "clock", arguments: "" } }] },
];

/** What the scenario "words" says as its choice of that index. */
export function wordsOf(index: number): string[] {
  return Array.from({ length: 9 }, (_unused, at) => `w${index}${at} `);
}

/** Solves "Use 4 4 6 8 to make 24". */
export const SOLVED = "Answer: (4 + 8) * (6 - 4) = 24";

function texts<T>(call: ScenarioCall, of: (index: number) => T): T[] {
  return Array.from({ length: call.count }, (_unused, index) => of(index));
}

export function scenarioOf(messages: unknown): Scenario {
  const name = /scenario=([\w-]+)/.exec(JSON.stringify(messages ?? ""))?.[1] ?? "hello";
  const scenario = SCENARIOS[name];
  if (scenario === undefined) throw new Error(`no scenario ${name}`);
  return scenario;
}

export function tagOf(messages: unknown): string {
  return /tag=(\w+)/.exec(JSON.stringify(messages ?? ""))?.[1] ?? "";
}

/** The scorer of the worker's tests, by its path: of the "distinct" candidates it likes the third best. */
export function scorerScenario({ path, body }: JsonCall): JsonAnswer {
  const like = (text: string) => (text.includes("Candidate 3.") ? 0.9 : 0.2);
  // Webhooks of tenants, each test at a path of its own.
  if (path.startsWith("/hooks/")) return { json: {}, status: path.startsWith("/hooks/down") ? 503 : 204 };
  switch (path) {
    case "/reward":
      return { json: { scores: body.steps.map(like) } };
    case "/webhook":
      return {
        json: { scores: body.candidates.map(({ text }: { text: string }) => ({ score: like(text), reason: "liked" })) },
      };
    case "/out-of-range":
      return { json: { scores: body.candidates.map(() => 7) } };
    case "/down":
      return { json: {}, status: 503 };
    default:
      return { json: {}, status: 404 };
  }
}
