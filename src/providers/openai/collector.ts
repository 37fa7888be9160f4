import type { Completion, TokenProbability } from "../../core/model.ts";
import type { Chunk, ChunkChoice, ToolCallDelta } from "./chunk.ts";

/** A longer completion is cut here and ends as `length`: memory stays bounded whatever the provider sends. */
export const MAX_COMPLETION_CHARACTERS = 1_000_000;
/** OpenAI's own limit on the tools of one request; calls beyond it are dropped. */
const MAX_TOOL_CALLS = 128;
const MAX_MODEL_NAME_CHARACTERS = 200;

/** Puts the chunks of one streamed call together. Chunks of different choices may interleave. */
export interface Collector {
  add(chunk: Chunk): void;
  /** Distinct choices seen so far, finished or not. */
  readonly begun: number;
  /** Choices with a finish reason (or cut by us). */
  readonly finished: number;
  /** True when a choice was cut: its provider may still be generating what nobody will read. */
  readonly isCut: boolean;
  /** A choice ended with the provider's own fault ("error", "abort"): the stream is no answer. */
  readonly hasBrokenChoice: boolean;
  /** The last usage object seen. */
  readonly usage: Readonly<Record<string, unknown>> | null;
  /** Finished choices in choice order. */
  completions(): readonly Completion[];
}

/** `count` choices were asked for; choices with another index are dropped. `name` is the fallback model name. */
export function createCollector(count: number, name: string): Collector {
  const choices = new Map<number, Choice>();
  let model = name;
  let usage: Readonly<Record<string, unknown>> | null = null;
  let isCut = false;
  const countWhere = (test: (choice: Choice) => boolean) => [...choices.values()].filter(test).length;
  return {
    add: (chunk) => {
      if (chunk.model !== null) model = chunk.model.slice(0, MAX_MODEL_NAME_CHARACTERS);
      if (chunk.usage !== null) usage = chunk.usage;
      for (const delta of chunk.choices) {
        if (!Number.isInteger(delta.index) || delta.index < 0 || delta.index >= count) continue;
        let choice = choices.get(delta.index);
        if (choice === undefined) {
          choice = createChoice();
          choices.set(delta.index, choice);
        }
        addDelta(choice, delta);
        if (choice.isCut) isCut = true;
      }
    },
    get begun() {
      return choices.size;
    },
    get finished() {
      return countWhere((choice) => choice.ending !== null);
    },
    get isCut() {
      return isCut;
    },
    get hasBrokenChoice() {
      return countWhere((choice) => choice.isBroken) > 0;
    },
    get usage() {
      return usage;
    },
    completions: () =>
      [...choices]
        .sort(([a], [b]) => a - b)
        .flatMap(([, choice]) => (choice.ending === null ? [] : [completionOf(choice, choice.ending, model)])),
  };
}

interface Choice {
  text: string;
  /** Characters of text and tool arguments together, towards the limit. */
  characters: number;
  ending: Completion["ending"] | null;
  isCut: boolean;
  isBroken: boolean;
  isRefused: boolean;
  stopSequence: string | null;
  /** Null once a token came without a log-probability. */
  logprobSum: number | null;
  tokens: number;
  firstToken: readonly TokenProbability[];
  readonly toolCalls: Map<number, { id: string; name: string; arguments: string }>;
}

function createChoice(): Choice {
  return {
    text: "",
    characters: 0,
    ending: null,
    isCut: false,
    isBroken: false,
    isRefused: false,
    stopSequence: null,
    logprobSum: 0,
    tokens: 0,
    firstToken: [],
    toolCalls: new Map(),
  };
}

/** What comes after a choice's finish reason (a second one, more text) is not part of the answer. */
function addDelta(choice: Choice, delta: ChunkChoice): void {
  if (choice.ending !== null) return;
  choice.text += room(choice, delta.text) + room(choice, delta.refusal);
  if (delta.refusal !== "") choice.isRefused = true;
  for (const call of delta.toolCalls) addToolCall(choice, call);
  for (const token of delta.tokens) {
    if (choice.tokens === 0) choice.firstToken = token.top;
    choice.tokens++;
    choice.logprobSum = choice.logprobSum === null || token.logprob === null ? null : choice.logprobSum + token.logprob;
  }
  if (choice.isCut) choice.ending = "length";
  if (delta.finishReason === null) return;
  choice.isBroken = BROKEN.has(delta.finishReason);
  choice.stopSequence = delta.stopReason;
  choice.ending ??= choice.isRefused ? "content-filter" : endingOf(delta.finishReason);
}

/** As much of `text` as the choice still has room for. */
function room(choice: Choice, text: string): string {
  const left = MAX_COMPLETION_CHARACTERS - choice.characters;
  if (text.length > left) choice.isCut = true;
  const taken = text.slice(0, left);
  choice.characters += taken.length;
  return taken;
}

/** Ids and names come once, or again in every delta (WIRE.md 1.4): the first counts. Arguments are pieces. */
function addToolCall(choice: Choice, delta: ToolCallDelta): void {
  let call = choice.toolCalls.get(delta.index);
  if (call === undefined) {
    if (choice.toolCalls.size >= MAX_TOOL_CALLS) return;
    call = { id: "", name: "", arguments: "" };
    choice.toolCalls.set(delta.index, call);
  }
  if (call.id === "") call.id = room(choice, delta.id);
  if (call.name === "") call.name = room(choice, delta.name);
  call.arguments += room(choice, delta.arguments);
}

/** How providers say that generation broke off by their own fault (vLLM, OpenRouter, DeepSeek). */
const BROKEN: ReadonlySet<string> = new Set(["error", "abort", "cancelled", "insufficient_system_resource"]);

/** OpenAI's five values and the spellings met elsewhere; an unknown reason means that the model has stopped. */
function endingOf(finishReason: string): Completion["ending"] {
  switch (finishReason) {
    case "length":
    case "max_tokens":
    case "model_length":
      return "length";
    case "tool_calls":
    case "function_call":
      return "tool-calls";
    case "content_filter":
      return "content-filter";
    default:
      return "stop";
  }
}

function completionOf(choice: Choice, ending: Completion["ending"], model: string): Completion {
  const toolCalls = [...choice.toolCalls]
    .sort(([a], [b]) => a - b)
    .map(([, call]) => ({ id: call.id, type: "function", function: { name: call.name, arguments: call.arguments } }));
  return {
    text: choice.text,
    ending,
    stopSequence: choice.stopSequence,
    model,
    logprobSum: choice.tokens === 0 ? null : choice.logprobSum,
    tokenCount: choice.tokens === 0 ? null : choice.tokens,
    firstToken: choice.firstToken,
    ...(toolCalls.length === 0 ? {} : { toolCalls }),
  };
}
