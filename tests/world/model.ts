import type { Clock } from "../../src/core/clock.ts";
import type {
  Attempt,
  Capabilities,
  Completion,
  CompletionOutcome,
  CompletionRequest,
  Model,
  ModelError,
} from "../../src/core/model.ts";
import { questionOf } from "../../src/core/problem.ts";
import { createRandom } from "../../src/core/random.ts";
import { fail, succeed } from "../../src/core/result.ts";
import { parseHand } from "../../src/verifiers/game-of-24/hand.ts";
import type { Player } from "./player.ts";

export interface ScriptedCall {
  readonly number: number;
  readonly request: CompletionRequest;
}

export interface ScriptedModel extends Model {
  readonly calls: readonly ScriptedCall[];
  readonly peakInFlight: number;
}

export interface ScriptedModelOptions {
  readonly clock: Clock;
  readonly player: Player;
  /** Milliseconds from the call to the answer; the default is 100 for all. */
  readonly latencyMs?: (call: ScriptedCall) => number;
  /** Calls that a request is announced to take at worst; the default is 1. */
  readonly callsPerRequest?: (request: CompletionRequest) => number;
  /** A failure instead of an answer; null answers. */
  readonly failure?: (call: ScriptedCall) => ModelError | null;
  /**
   * The text of each of the `count` samples of a request that the script itself does not know, such as a critique; null
   * leaves it to the script. Called with the sample's own seed.
   */
  readonly reply?: (request: CompletionRequest, seed: number) => string | null;
}

const CAPABILITIES: Capabilities = {
  n: "honoured",
  continuation: true,
  logprobs: true,
  instructions: true,
  stepSeparator: "\n",
  stepTokens: null,
};

/** Tokens are counted as words and punctuation, near enough to a real tokeniser to exercise the budget. */
const TOKEN = /\w+|[^\s\w]|\n/g;

function tokensIn(text: string): number {
  return text.match(TOKEN)?.length ?? 0;
}

/** As much of the text as `maxTokens` tokens are. */
function withinTokens(text: string, maxTokens: number): string {
  const next = [...text.matchAll(TOKEN)][maxTokens];
  return next === undefined ? text : text.slice(0, next.index);
}

/** A model with a script instead of weights. Records its calls; the answers depend on seed and prefix alone. */
export function createScriptedModel({
  clock,
  player,
  latencyMs,
  failure,
  callsPerRequest,
  reply,
}: ScriptedModelOptions): ScriptedModel {
  const calls: ScriptedCall[] = [];
  let inFlight = 0;
  let peakInFlight = 0;
  return {
    name: "scripted",
    capabilities: CAPABILITIES,
    calls,
    get peakInFlight() {
      return peakInFlight;
    },
    worstCase: (request) => ({
      rollouts: 0,
      calls: callsPerRequest?.(request) ?? 1,
      tokens: promptTokens(request) + request.count * request.maxTokens,
      microdollars: promptTokens(request) + request.count * request.maxTokens,
    }),
    complete: (request, signal) =>
      new Promise<CompletionOutcome>((resolve, reject) => {
        const call = { number: calls.length, request };
        calls.push(call);
        inFlight++;
        peakInFlight = Math.max(peakInFlight, inFlight);
        const startedAtMs = clock.now();
        const settle = (result: CompletionOutcome["result"], completionTokens: number): void => {
          inFlight--;
          signal.removeEventListener("abort", onAbort);
          cancelTimer();
          const attempt: Attempt = {
            provider: "scripted",
            model: "scripted",
            startedAtMs,
            headersAtMs: startedAtMs,
            endedAtMs: clock.now(),
            promptTokens: promptTokens(request),
            completionTokens,
            cachedTokens: 0,
            microdollars: promptTokens(request) + completionTokens,
            isEstimated: false,
            outcome: result.ok ? "completed" : result.error.type,
          };
          resolve({ result, attempts: [attempt] });
        };
        const onAbort = (): void => settle(fail({ type: "cancelled", message: "cancelled" }), 1);
        const cancelTimer = clock.schedule(latencyMs?.(call) ?? 100, () => {
          const error = failure?.(call) ?? null;
          if (error !== null) {
            settle(fail(error), 0);
            return;
          }
          let completions: Completion[];
          try {
            completions = answer(player, request, reply);
          } catch (bug) {
            reject(bug);
            return;
          }
          settle(
            succeed(completions),
            completions.reduce((sum, { tokenCount }) => sum + (tokenCount ?? 0), 0),
          );
        });
        signal.addEventListener("abort", onAbort);
      }),
  };
}

function promptTokens({ messages, prefix }: CompletionRequest): number {
  return tokensIn(questionOf({ messages, forwarded: {}, reference: null })) + tokensIn(prefix);
}

function answer(player: Player, request: CompletionRequest, reply: ScriptedModelOptions["reply"]): Completion[] {
  const question = questionOf({ messages: request.messages, forwarded: {}, reference: null });
  const judged = /^Judge: (.*)$/.exec(question)?.[1];
  const hand = parseHand(question) ?? [];
  return Array.from({ length: request.count }, (_unused, index) => {
    const seed = createRandom(request.seed, "choice", index).integer(2 ** 31);
    if (judged !== undefined) return judgement(player.judge(judged), request.temperature === 0 ? null : seed);
    if (request.maxTokens === 1 && request.topLogprobs !== null) return belief(question);
    const full = reply?.(request, seed) ?? player.play(hand, request.prefix, seed);
    const cutAt = Math.min(...request.stop.map((stop) => full.indexOf(stop)).filter((at) => at >= 0), full.length);
    const wanted = full.slice(0, cutAt);
    const text = withinTokens(wanted, request.maxTokens);
    const isCut = text.length < wanted.length;
    return {
      text,
      ending: isCut ? "length" : "stop",
      stopSequence: !isCut && cutAt < full.length ? (request.stop[0] ?? null) : null,
      model: "scripted",
      // Some number that depends on the text alone, where log-probabilities are asked for.
      logprobSum:
        request.topLogprobs === null ? null : -tokensIn(text) * (0.1 + createRandom(0, "logprob", text).next()),
      tokenCount: tokensIn(text),
      firstToken: [],
    };
  });
}

/** The first word to a question that is answered by one: some probability that depends on the question alone. */
function belief(question: string): Completion {
  const yes = 0.05 + 0.9 * createRandom(0, "belief", question).next();
  const word = (token: string, probability: number) => ({ token, logprob: Math.log(probability / 2) });
  return {
    text: yes >= 0.5 ? "yes" : "no",
    ending: "stop",
    stopSequence: null,
    model: "scripted",
    logprobSum: Math.log(Math.max(yes, 1 - yes)),
    tokenCount: 1,
    firstToken: [word("Yes", yes), word("No", 1 - yes), word("True", yes), word("False", 1 - yes)],
  };
}

/** With a seed the word is sampled, else it is the likelier one. */
function judgement(yes: number, seed: number | null): Completion {
  const threshold = seed === null ? 0.5 : createRandom(seed, "judgement").next();
  return {
    text: yes >= threshold ? "yes" : "no",
    ending: "stop",
    stopSequence: null,
    model: "scripted",
    logprobSum: Math.log(Math.max(yes, 1 - yes)),
    tokenCount: 1,
    firstToken: [
      { token: "yes", logprob: Math.log(yes) },
      { token: "no", logprob: Math.log(1 - yes) },
    ],
  };
}
