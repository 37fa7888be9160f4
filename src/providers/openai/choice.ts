import type { Completion, CompletionDelta, TokenLogprob, TokenProbability } from "../../core/model.ts";
import type { ChunkChoice, ChunkToken, ToolCallDelta } from "../chunk.ts";

/** A longer completion is cut here and ends as `length`: memory stays bounded whatever the provider sends. */
export const MAX_COMPLETION_CHARACTERS = 1_000_000;
/** OpenAI's own limit on the tools of one request; calls beyond it are dropped. */
const MAX_TOOL_CALLS = 128;

/** What is kept of a choice beside its text, and how its calls are named. */
export interface ChoiceRules {
  /** Alternatives kept per token; null keeps no token at all. */
  readonly topLogprobs: number | null;
  readonly keepsReasoning: boolean;
  /** `parallel_tool_calls: false`, which not every provider honours: the first call is the answer. */
  readonly isSingleCall: boolean;
  /** The id of a call that comes without one, or with one that is taken: new for each position. */
  readonly freshCallId: (position: number) => string;
  /** Ids of calls in the conversation so far. */
  readonly takenCallIds: ReadonlySet<string>;
}

/** One choice of a streamed call, as far as it has come. */
export interface Choice {
  readonly ending: Completion["ending"] | null;
  readonly isCut: boolean;
  /** It ended with the provider's own fault ("error", "abort"): it is no answer. */
  readonly isBroken: boolean;
  readonly reasoning: string;
  /** Takes a chunk in and says what it brought: nothing beyond a cut, and nothing after the end. */
  add(delta: ChunkChoice): readonly Omit<CompletionDelta, "index">[];
  /** Null before it has ended. */
  completion(model: string): Completion | null;
}

interface Call {
  /** Where the provider puts it, which may leave gaps. */
  readonly position: number;
  id: string;
  name: string;
  arguments: string;
  /** The listener knows of it: not before it has a name, since a client opens a call by its name. */
  isOpened: boolean;
}

export function createChoice(rules: ChoiceRules): Choice {
  let text = "";
  /** Characters of text, reasoning and tool arguments together, towards the limit. */
  let characters = 0;
  let ending: Completion["ending"] | null = null;
  let isCut = false;
  let isBroken = false;
  let refusalFrom: number | null = null;
  let reasoning = "";
  let stopSequence: string | null = null;
  /** Null once a token came without a log-probability. */
  let logprobSum: number | null = 0;
  let tokenCount = 0;
  let firstToken: readonly TokenProbability[] = [];
  const tokens: TokenLogprob[] = [];
  const calls = new Map<number, Call>();
  const callIds = new Set<string>();

  /** As much of `piece` as there is still room for. */
  const room = (piece: string): string => {
    const left = MAX_COMPLETION_CHARACTERS - characters;
    if (piece.length > left) isCut = true;
    const taken = piece.slice(0, left);
    characters += taken.length;
    return taken;
  };

  const addTokens = (came: readonly ChunkToken[]): readonly TokenLogprob[] => {
    const kept: TokenLogprob[] = [];
    for (const token of came) {
      if (tokenCount === 0) firstToken = token.top.map(({ token: word, logprob }) => ({ token: word, logprob }));
      tokenCount++;
      logprobSum = logprobSum === null || token.logprob === null ? null : logprobSum + token.logprob;
      if (rules.topLogprobs !== null) kept.push(keptOf(token, rules.topLogprobs));
    }
    tokens.push(...kept);
    return kept;
  };

  /** Ids and names come once, or again in every delta (WIRE.md 1.4): the first counts. Arguments are pieces. */
  const addToolCall = (delta: ToolCallDelta): Omit<CompletionDelta, "index"> | null => {
    let call = calls.get(delta.index);
    if (call === undefined) {
      if (calls.size >= (rules.isSingleCall ? 1 : MAX_TOOL_CALLS)) return null;
      call = { position: calls.size, id: idOf(delta.id, calls.size), name: "", arguments: "", isOpened: false };
      calls.set(delta.index, call);
    }
    if (call.name === "") call.name = room(delta.name);
    const piece = room(delta.arguments);
    call.arguments += piece;
    const { position, id, name } = call;
    if (call.isOpened) return piece === "" ? null : { toolCall: { position, arguments: piece } };
    if (name === "") return null;
    call.isOpened = true;
    return { toolCall: { position, opening: { id, name }, arguments: call.arguments } };
  };

  const idOf = (given: string, position: number): string => {
    const isFree = given !== "" && !callIds.has(given) && !rules.takenCallIds.has(given);
    const id = isFree ? room(given) : rules.freshCallId(position);
    callIds.add(id);
    return id;
  };

  return {
    get ending() {
      return ending;
    },
    get isCut() {
      return isCut;
    },
    get isBroken() {
      return isBroken;
    },
    get reasoning() {
      return reasoning;
    },
    add: (delta) => {
      // What comes after a choice's finish reason (a second one, more text) is not part of the answer.
      if (ending !== null) {
        // But where it ended without a word, the words come too late: the chunks are out of order, and "" is no answer.
        if (text === "" && calls.size === 0 && delta.text !== "") isBroken = true;
        return [];
      }
      const thought = rules.keepsReasoning ? room(delta.reasoning) : "";
      const said = room(delta.text);
      const refused = room(delta.refusal);
      reasoning += thought;
      if (refused !== "") refusalFrom ??= text.length + said.length;
      text += said + refused;
      const kept = addTokens(delta.tokens);
      const isRefusal = refusalFrom !== null;
      const piece = {
        ...(said !== "" && !isRefusal && { text: said }),
        ...((refused !== "" || (isRefusal && said !== "")) && { refusal: said + refused }),
        ...(thought !== "" && { reasoning: thought }),
        ...(kept.length > 0 && { tokens: kept }),
      };
      const pieces: Omit<CompletionDelta, "index">[] = Object.keys(piece).length === 0 ? [] : [piece];
      for (const call of delta.toolCalls) {
        const more = addToolCall(call);
        if (more !== null) pieces.push(more);
      }
      if (isCut) ending = "length";
      if (delta.finishReason !== null) {
        isBroken = BROKEN.has(delta.finishReason);
        stopSequence = delta.stopReason;
        ending ??= isRefusal ? "content-filter" : endingOf(delta.finishReason);
      }
      return pieces;
    },
    completion: (model) => {
      if (ending === null) return null;
      const toolCalls = [...calls.values()].map((call) => ({
        id: call.id,
        type: "function",
        // Always JSON: a function without parameters is called with none (WIRE.md 1.3).
        function: { name: call.name, arguments: call.arguments === "" ? "{}" : call.arguments },
      }));
      return {
        text,
        ending,
        stopSequence,
        model,
        logprobSum: tokenCount === 0 ? null : logprobSum,
        tokenCount: tokenCount === 0 ? null : tokenCount,
        firstToken,
        ...(toolCalls.length > 0 && { toolCalls }),
        ...(refusalFrom !== null && { refusalFrom }),
        ...(rules.topLogprobs !== null && { tokens }),
        ...(reasoning !== "" && { reasoning }),
      };
    },
  };
}

/** A provider may send more alternatives than were asked for. */
function keptOf({ token, logprob, bytes, top }: ChunkToken, topLogprobs: number): TokenLogprob {
  const alternatives = top.slice(0, topLogprobs);
  return {
    token,
    logprob,
    ...(bytes !== undefined && { bytes }),
    ...(alternatives.length > 0 && { top: alternatives }),
  };
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
