import type { Engine } from "./engine.ts";
import type { Random } from "./random.ts";

export type Sampling = {
  /** 0 takes the most probable token; 1 is the model's own distribution. In [0, 2]. */
  readonly temperature: number;
  /** Only the most probable tokens that together reach this probability are drawn from. In (0, 1]. */
  readonly topP: number;
};

/** Draws one token. Consumes exactly one number of `random` unless the temperature is 0. */
export function sampleToken(engine: Engine, logits: Float32Array, sampling: Sampling, random: Random): number {
  if (sampling.temperature === 0) return mostProbable(logits);
  const probabilities = engine.probabilities(logits, sampling.temperature);
  const point = random.uniform();
  if (sampling.topP >= 1) return pointIn(probabilities, probabilities.keys(), point * sum(probabilities));
  const ranked = [...probabilities.keys()].sort((a, b) => (probabilities[b] as number) - (probabilities[a] as number));
  let mass = 0;
  let kept = 0;
  while (kept < ranked.length && mass < sampling.topP) mass += probabilities[ranked[kept++] as number] as number;
  return pointIn(probabilities, ranked.slice(0, Math.max(1, kept)), point * mass);
}

/** The `count` most probable tokens, best first; ties by id. */
export function topTokens(logits: Float32Array, count: number): readonly number[] {
  const top: number[] = [];
  for (const [token, logit] of logits.entries()) {
    let at = top.length;
    while (at > 0 && (logits[top[at - 1] as number] as number) < logit) at--;
    if (at < count) top.splice(at, 0, token);
    if (top.length > count) top.pop();
  }
  return top;
}

function mostProbable(logits: Float32Array): number {
  let best = 0;
  for (let token = 1; token < logits.length; token++)
    if ((logits[token] as number) > (logits[best] as number)) best = token;
  return best;
}

/** The first token at which the running sum passes the point; the last one when rounding leaves the sum below it. */
function pointIn(probabilities: Float32Array, tokens: Iterable<number>, point: number): number {
  let running = 0;
  let last = 0;
  for (const token of tokens) {
    const probability = probabilities[token] as number;
    if (probability === 0) continue;
    running += probability;
    last = token;
    if (running > point) return token;
  }
  return last;
}

function sum(values: Float32Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
