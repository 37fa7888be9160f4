import { createCanceller } from "../../src/core/cancellation.ts";
import type { Clock } from "../../src/core/clock.ts";
import type { Capabilities, Completion, CompletionRequest, ModelError } from "../../src/core/model.ts";
import type { Result } from "../../src/core/result.ts";
import type { ModelConfig, ProviderConfig } from "../../src/providers/config.ts";
import { createGate } from "../../src/providers/gate.ts";
import { createModel } from "../../src/providers/index.ts";
import { EFFORTS } from "../../src/providers/openai/effort.ts";

/** One thing that was tried, and what came of it, in words. */
export interface Finding {
  readonly name: string;
  readonly value: string;
  readonly evidence: string;
}

export interface Probe {
  readonly findings: readonly Finding[];
  /** What belongs into the configuration; a field that could not be decided is absent. */
  readonly capabilities: Partial<Capabilities>;
  readonly calls: number;
}

/** The model itself cannot be asked: there is nothing to say about what it can. */
export class Unreachable extends Error {}

type Reply = Result<readonly Completion[], ModelError>;

/** Asks once, with capabilities as assumed. */
type Ask = (request: Partial<CompletionRequest>, assumed?: Partial<Capabilities>) => Promise<Reply>;

const PLAIN = { continuation: false, logprobs: true, n: "ignored" } as const;
const COUNTED = {
  messages: [{ role: "user", content: "Count from one to ten in English words, separated by commas." }],
} as const;

/**
 * Finds out what a model behind an OpenAI-compatible URL can do, by some twenty short calls over the very adapter that the
 * searches use. Says of each capability what it saw: a provider that takes a field without honouring it looks like one that does,
 * unless what comes back shows the difference.
 */
export async function probe(provider: ProviderConfig, model: ModelConfig, clock: Clock): Promise<Probe> {
  let calls = 0;
  let takesSeed = false;
  const gate = createGate();
  const modelWith = (assumed: Partial<Capabilities>) =>
    createModel({
      provider,
      gate,
      clock,
      model: { ...model, capabilities: { ...model.capabilities, ...PLAIN, seed: takesSeed, ...assumed } },
    });
  const ask: Ask = async (request, assumed = {}) => {
    const { result, attempts } = await modelWith(assumed).complete(
      { ...QUESTION, ...request },
      createCanceller().signal,
    );
    calls += attempts.length;
    return result;
  };
  const first = await ask({});
  if (!first.ok) throw new Unreachable(`${first.error.type}: ${first.error.message}`);

  const seeded = await seed(ask);
  takesSeed = seeded.found.seed !== false;

  const counting = modelWith({ n: "unknown" });
  const several = await counting.complete({ ...QUESTION, count: 3 }, createCanceller().signal);
  calls += several.attempts.length;
  const { n } = counting.capabilities;
  const parts = [
    { found: { n }, finding: { name: "n", value: n, evidence: `3 choices took ${several.attempts.length} calls` } },
    await samplesDiffer(ask),
    seeded,
    await logprobs(ask),
    await continuation(ask),
    await tools(ask),
    await jsonSchema(ask),
    await reasoningEfforts(ask),
    await contextTokens(provider, model),
  ];
  return {
    findings: parts.map(({ finding }) => finding),
    capabilities: Object.assign({}, ...parts.map(({ found }) => found)) as Partial<Capabilities>,
    calls,
  };
}

const QUESTION: CompletionRequest = {
  messages: [{ role: "user", content: "Name a random animal." }],
  prefix: "",
  count: 1,
  maxTokens: 64,
  temperature: 1,
  topP: undefined,
  stop: [],
  seed: 1,
  topLogprobs: null,
  forwarded: {},
};

interface Part {
  readonly found: Partial<Capabilities>;
  readonly finding: Finding;
}

function part(name: string, value: unknown, evidence: string, found: Partial<Capabilities> = {}): Part {
  return { found, finding: { name, value: String(value), evidence } };
}

/** A provider that answers the same whatever the seed, from a cache or by temperature 0, makes a search pointless. */
async function samplesDiffer(ask: Ask): Promise<Part> {
  const replies = await Promise.all([11, 22, 33, 44].map((one) => ask({ seed: one })));
  const texts = new Set(replies.flatMap((reply) => (reply.ok ? reply.value.map(({ text }) => text) : [])));
  return part(
    "samples differ",
    texts.size > 1,
    `${texts.size} different answers of 4 at temperature 1, each with a seed of its own`,
  );
}

/** By a call that has one, beside the first, which had none. */
async function seed(ask: Ask): Promise<Part> {
  const reply = await ask({}, { seed: true });
  if (reply.ok) return part("seed", "taken", "a call with a seed is answered");
  return part("seed", isRefusal(reply) ? false : "unknown", describe(reply), isRefusal(reply) ? { seed: false } : {});
}

async function logprobs(ask: Ask): Promise<Part> {
  for (const topLogprobs of [20, 10, 5, 1]) {
    const reply = await ask({ topLogprobs, maxTokens: 4 });
    const [completion] = reply.ok ? reply.value : [];
    if (completion === undefined) continue;
    const given = completion.firstToken.length;
    if (completion.logprobSum === null) return part("logprobs", false, "asked for, and none came", { logprobs: false });
    return part("logprobs", true, `${given} alternatives came where ${topLogprobs} were asked for`, {
      logprobs: true,
      topLogprobs: Math.min(20, given),
    });
  }
  return part("logprobs", false, "refused", { logprobs: false });
}

/** Begun with "one, two, three, four,": a true continuation goes on with five, an answer begins anew. */
async function continuation(ask: Ask): Promise<Part> {
  const begun = { ...COUNTED, prefix: "one, two, three, four,", temperature: 0 };
  const goesOn = (reply: Reply): boolean => reply.ok && /^\s*five\b/i.test(reply.value[0]?.text ?? "");
  for (const continuationBy of ["fields", "prefill"] as const) {
    const reply = await ask(begun, { continuation: true, continuationBy });
    if (goesOn(reply)) {
      return part("continuation", continuationBy, `went on with ${quoted(reply)}`, {
        continuation: true,
        continuationBy,
      });
    }
    if (reply.ok)
      return part("continuation", false, `answered ${quoted(reply)} instead of going on`, { continuation: false });
  }
  return part("continuation", false, "refused", { continuation: false });
}

async function tools(ask: Ask): Promise<Part> {
  const weather = {
    type: "function",
    function: {
      name: "weather",
      description: "The weather in a city.",
      parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
    },
  };
  const reply = await ask({
    messages: [{ role: "user", content: "What is the weather in Bonn?" }],
    forwarded: { tools: [weather], tool_choice: "required" },
  });
  if (!reply.ok)
    return part(
      "tools",
      isRefusal(reply) ? false : "unknown",
      describe(reply),
      isRefusal(reply) ? { tools: false } : {},
    );
  const hasCalled = (reply.value[0]?.toolCalls ?? []).length > 0;
  return part("tools", hasCalled, hasCalled ? "called the tool" : "taken, but no tool was called", {
    tools: hasCalled,
  });
}

async function jsonSchema(ask: Ask): Promise<Part> {
  const schema = {
    type: "object",
    properties: { color: { type: "string" } },
    required: ["color"],
    additionalProperties: false,
  };
  const format = { type: "json_schema", json_schema: { name: "color", strict: true, schema } };
  const reply = await ask({
    messages: [{ role: "user", content: "Name a color. Write a sentence." }],
    forwarded: { response_format: format },
  });
  if (!reply.ok)
    return part(
      "json_schema",
      isRefusal(reply) ? false : "unknown",
      describe(reply),
      isRefusal(reply) ? { jsonSchema: false } : {},
    );
  const isHeld = isColor(reply.value[0]?.text ?? "");
  return part("json_schema", isHeld, `answered ${quoted(reply)}`, { jsonSchema: isHeld });
}

function isColor(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && Object.keys(value).join() === "color";
  } catch {
    return false;
  }
}

/** Whoever takes an effort that does not exist ignores them all. */
async function reasoningEfforts(ask: Ask): Promise<Part> {
  const takes = async (effort: string) => (await ask({ maxTokens: 1, forwarded: { reasoning_effort: effort } })).ok;
  if (await takes("espalier-probe"))
    return part("reasoning efforts", "ignored", "one that does not exist is taken, too");
  const taken = [];
  for (const effort of EFFORTS) if (await takes(effort)) taken.push(effort);
  return part("reasoning efforts", taken.join(", ") || "none", "an unknown one is refused", {
    reasoningEfforts: taken,
  });
}

/** Under the names that vLLM, OpenRouter and Groq give it in their lists of models. */
const CONTEXT_FIELDS = ["max_model_len", "context_length", "context_window", "max_context_length"];

async function contextTokens({ baseUrl, apiKey }: ProviderConfig, model: ModelConfig): Promise<Part> {
  const headers: Record<string, string> = apiKey === null ? {} : { authorization: `Bearer ${apiKey}` };
  const response = await fetch(`${baseUrl}/models`, { headers, signal: AbortSignal.timeout(20_000) }).catch(() => null);
  const body = (await response?.json().catch(() => null)) as { data?: Record<string, unknown>[] } | null | undefined;
  const listed = body?.data?.find(({ id }) => id === model.upstream) ?? {};
  const field = CONTEXT_FIELDS.find((name) => Number.isInteger(listed[name]) && Number(listed[name]) > 0);
  if (field === undefined) return part("context", "unknown", "the list of models does not tell");
  const tokens = Number(listed[field]);
  return part("context", tokens, `${field} in the list of models`, { contextTokens: tokens });
}

function isRefusal(reply: Reply): boolean {
  return !reply.ok && reply.error.type === "invalid-request";
}

function describe(reply: Reply): string {
  return reply.ok ? "answered" : `${reply.error.type}: ${reply.error.message.slice(0, 80)}`;
}

function quoted(reply: Reply): string {
  return JSON.stringify(reply.ok ? (reply.value[0]?.text ?? "").slice(0, 40) : "");
}
