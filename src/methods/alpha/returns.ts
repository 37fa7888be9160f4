import type { Return } from "../../core/backup.ts";
import { latestScore, type Node } from "../../core/node.ts";
import type { Score } from "../../core/verifier.ts";
import type { Parameters } from "./parameters.ts";

/** The role of fast rollouts: completions below a node that are candidates, but not its options. */
export const SIMULATE = "simulate";

/** The three weights, adding up to 1. */
export interface Shares {
  readonly value: number;
  readonly rollouts: number;
  readonly process: number;
}

export function sharesOf({ value_weight, rollout_weight, process_weight, simulations }: Parameters): Shares {
  const rollouts = simulations === 0 ? 0 : rollout_weight;
  const total = value_weight + rollouts + process_weight || 1;
  return { value: value_weight / total, rollouts: rollouts / total, process: process_weight / total };
}

/**
 * AlphaLLM's reward of a node, w_v * value + w_f * mean of J rollouts + w_p * process, taken apart into what each judgement
 * brings (weights: 1 in all): the node's own judgement w_v + w_p, each rollout below it w_f / J. As the mean of returns is
 * weighted, Q comes out the same, piece by piece as they arrive. A candidate has no rollouts below it, and what is refuted
 * needs none: their judgement has all the weight.
 */
export function createReturns(parameters: Parameters): (node: Node, score: Score) => Return {
  const { simulations, process_mode } = parameters;
  const shares = sharesOf(parameters);
  return (node, { value, kind }) => {
    if (node.role === SIMULATE) return { value, weight: shares.rollouts / simulations };
    if (node.isTerminal || kind === "verdict") return { value, weight: 1 };
    const weight = shares.value + shares.process;
    if (weight === 0) return { value, weight };
    return { value: (shares.value * value + shares.process * processOf(node, process_mode)) / weight, weight };
  };
}

/** Of the judgements from the first step to the node, its own included. */
export function processOf(node: Node, mode: Parameters["process_mode"]): number {
  const values: number[] = [];
  for (let at: Node | null = node; at !== null; at = at.parent) {
    const score = latestScore(at);
    if (score !== null) values.push(score.value);
  }
  switch (mode) {
    case "latest":
      return values[0] ?? 0;
    case "avg":
      return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
    case "max":
      return Math.max(0, ...values);
    case "min":
      return Math.min(1, ...values);
  }
}
