import type { SearchEvent } from "../../src/core/event.ts";
import type { Node } from "../../src/core/node.ts";
import { questionOf } from "../../src/core/problem.ts";
import { mean, shareInterval } from "../../src/core/statistics.ts";
import { foldTree, type Tree } from "../../src/core/tree.ts";
import { answersOfRecipe, backupOfRecipe } from "../../src/setup.ts";
import { checkAnswer } from "../../src/verifiers/game-of-24/answer.ts";
import { parseHand } from "../../src/verifiers/game-of-24/hand.ts";
import { criticalPathCalls } from "../critical-path/chain.ts";

/** What one search came to, judged by the exact checker and not by what the search believed. */
export interface Outcome {
  /** The served answer is right. */
  readonly isServedRight: boolean;
  /** Some completed candidate is right. */
  readonly isAnyRight: boolean;
  readonly completionTokens: number;
  readonly promptTokens: number;
  readonly calls: number;
  readonly criticalPathCalls: number;
}

export function outcomeOf(events: readonly SearchEvent[]): Outcome {
  const tree = foldTree(events, answersOfRecipe, backupOfRecipe);
  const start = events[0];
  if (start?.type !== "search-start") throw new Error("a log begins with search-start");
  return outcomeOfTree(tree, questionOf(start.problem));
}

export function outcomeOfTree(tree: Tree, question: string): Outcome {
  const hand = parseHand(question) ?? [];
  const isRight = (node: Node): boolean => checkAnswer(hand, tree.textOf(node)).solved;
  const answerId = tree.end?.answerNodeId ?? null;
  return {
    isServedRight: answerId !== null && isRight(tree.node(answerId)),
    isAnyRight: tree.terminals.some(isRight),
    completionTokens: tree.attempts.reduce((sum, one) => sum + one.completionTokens, 0),
    promptTokens: tree.attempts.reduce((sum, one) => sum + one.promptTokens, 0),
    calls: tree.attempts.length,
    criticalPathCalls: criticalPathCalls(tree.attempts),
  };
}

/** One row of the table: means over problems; accuracies in [0, 1]. */
export interface ScalingRow {
  readonly method: string;
  readonly rollouts: number;
  readonly served: number;
  /** Wilson's 95 % interval of `served`. */
  readonly servedInterval: readonly [number, number];
  readonly oracle: number;
  /** Generated tokens a problem, those of the judge and of cancelled calls included. */
  readonly tokens: number;
  readonly promptTokens: number;
  readonly calls: number;
  readonly criticalPathCalls: number;
}

export function rowOf(method: string, rollouts: number, outcomes: readonly Outcome[]): ScalingRow {
  const served = outcomes.filter(({ isServedRight }) => isServedRight).length;
  const average = (measure: (outcome: Outcome) => number): number => round(mean(outcomes.map(measure)));
  return {
    method,
    rollouts,
    served: round(served / outcomes.length),
    servedInterval: shareInterval(served, outcomes.length).map(round) as [number, number],
    oracle: average(({ isAnyRight }) => (isAnyRight ? 1 : 0)),
    tokens: average(({ completionTokens }) => completionTokens),
    promptTokens: average(({ promptTokens }) => promptTokens),
    calls: average(({ calls }) => calls),
    criticalPathCalls: average((outcome) => outcome.criticalPathCalls),
  };
}

/** Share of searches that had proven their answer within so many tokens: what a budget of that size would have served. */
export function solvedWithin(
  outcomes: readonly Outcome[],
  tokens: number,
  count: (outcome: Outcome) => number,
): number {
  return round(outcomes.filter((one) => one.isServedRight && count(one) <= tokens).length / outcomes.length);
}

function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
