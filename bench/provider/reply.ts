import { createRandom, type Random } from "../../src/core/random.ts";
import { parseHand } from "../../src/verifiers/game-of-24/hand.ts";
import { playOn } from "./game-of-24.ts";

/** One choice: its text as tokens, and why it ended. */
export interface Reply {
  readonly tokens: readonly string[];
  readonly ending: "stop" | "length";
  /** Natural-log probabilities of what the first token might have been, the likeliest first. */
  readonly alternatives: readonly { readonly token: string; readonly logprob: number }[];
}

export interface ReplyRequest {
  readonly messages: readonly { readonly role: string; readonly text: string }[];
  readonly maxTokens: number;
  readonly stop: readonly string[];
  readonly seed: number;
}

/**
 * What the scripted model says: a judgement where a judge is asked (one of the words or numbers that the prompt allows),
 * legal steps and an answer for a Game of 24, three steps and a number from 0 to 9 otherwise, a line each. An answer
 * that has been begun, by a last message of the assistant, is continued. The same for the same conversation and seed.
 */
export function replyTo(request: ReplyRequest, solveShare: number): Reply {
  const { messages, maxTokens, stop, seed } = request;
  const last = messages.at(-1);
  const begun = last?.role === "assistant" ? last.text : "";
  const asked = messages.filter(({ role }) => role !== "assistant");
  const question = asked.map(({ text }) => text).join("\n");
  const random = createRandom(seed, question, begun);
  const judgement = judgementOf(question, random);
  const text = judgement ?? cut(linesAfter(begun, question, random, solveShare), stop);
  const whole = text.match(/\s*\S+/g) ?? [""];
  const isCut = whole.length > maxTokens;
  return {
    tokens: isCut ? whole.slice(0, maxTokens) : whole,
    ending: isCut ? "length" : "stop",
    alternatives: alternativesOf(whole[0] ?? "", random),
  };
}

function judgementOf(question: string, random: Random): string | null {
  const range = /"Score: n", n between (-?\d+) and (-?\d+)/.exec(question);
  if (range !== null) {
    const [from, to] = [Number(range[1]), Number(range[2])];
    return `Score: ${from + random.integer(to - from + 1)}`;
  }
  if (/Reply with one word, yes or no\b/.test(question)) return random.next() < 0.5 ? "yes" : "no";
  if (/sure, likely or impossible/.test(question)) return LABELS[random.integer(LABELS.length)] ?? "";
  return null;
}

function alternativesOf(token: string, random: Random): Reply["alternatives"] {
  const probability = 0.5 + random.next() / 2;
  const other = token === "yes" ? "no" : token === "no" ? "yes" : "?";
  return [
    { token, logprob: Math.log(probability) },
    // Bounded: JSON has no -Infinity.
    { token: other, logprob: Math.log(Math.max(1e-9, 1 - probability)) },
  ];
}

const LABELS = ["sure", "likely", "impossible"];
const STEPS = 3;

function linesAfter(begun: string, question: string, random: Random, solveShare: number): string {
  const hand = parseHand(question);
  const done = begun.split("\n").filter((line) => line.trim() !== "");
  if (hand !== null) return playOn(hand, done, random.next() < solveShare, random).join("\n");
  const steps = Array.from({ length: STEPS }, (_unused, at) => `Step ${at + 1}: try ${random.integer(1000)}`);
  return [...steps, `Answer: ${random.integer(10)}`].slice(done.length).join("\n");
}

/** Without the first stop sequence and what follows it. */
function cut(text: string, stop: readonly string[]): string {
  const ends = stop.map((sequence) => text.indexOf(sequence)).filter((at) => at >= 0);
  return ends.length === 0 ? text : text.slice(0, Math.min(...ends));
}
