import { z } from "zod";
import { steeringScore } from "../../core/aggregation.ts";
import { defineMethod, type MethodContext } from "../../core/method.ts";
import { isRefuted, type Node, samplesBelow } from "../../core/node.ts";
import { createRounds, type Frontier, type RoundPlan } from "../../core/rounds.ts";
import { value } from "../../core/selection/value.ts";
import { quantile } from "./quantile.ts";

const parameters = z.strictObject({
  /** Tokens generated between two checkpoints. The paper's checkpoints are where memory runs out; 64 is ours. */
  chunk_tokens: z.int().min(1).max(8192).default(64),
  /** Alpha: the share of the answers, finished ones included, that is dropped at each checkpoint. The paper's 0.5. */
  rejection_rate: z.number().min(0).max(0.95).default(0.5),
});

type Parameters = z.infer<typeof parameters>;

/** An answer that nobody could score, in [0, 1]. */
const NEUTRAL = 0.5;

/**
 * Speculative rejection (Sun et al. 2024; ALGORITHMS.md section 5): best-of-N that gives up early. N answers are
 * generated in lock-step, so many tokens at a time; at each checkpoint all of them are scored as far as they go, and
 * those below the alpha-quantile are dropped. It ends when all that are left are finished.
 *
 * Differs: the paper stops running generations on its own GPUs; over an API each chunk is a call that continues the
 * text. Refuted answers are dropped before the quantile is taken, and a finished one that was dropped may still be
 * served where it is the best scored of all.
 */
export const speculativeRejection = defineMethod({
  name: "speculative-rejection",
  summary: "Answers grow in lock-step; at each checkpoint the worst-scored share is dropped.",
  parameters,
  policies: { chunk: "chunk", end: "whole-answer" },
  wantsScored: "steps",
  needs: () => ["continuation", "step-scores"],
  create: (parameters, context) => ({
    name: "speculative-rejection",
    next: createRounds(planOf(parameters, context), context).next,
    answer: value.choose,
  }),
});

function planOf({ chunk_tokens, rejection_rate }: Parameters, { rollouts, verifier }: MethodContext): RoundPlan {
  return {
    first: (tree) => new Map([[tree.root, rollouts]]),
    next: (tree, { frontier }) => {
      const scoreOf = (node: Node): number => steeringScore(tree, node, "last", verifier) ?? NEUTRAL;
      const kept = keepUpper(grown(frontier), scoreOf, rejection_rate);
      return kept.every((node) => node.isTerminal) ? null : counted(kept);
    },
    propose: (_tree, node, missing) => ({
      type: "propose",
      nodeId: node.id,
      count: missing,
      role: "chunk",
      maxTokens: chunk_tokens,
    }),
  };
}

/** The answers after a round: finished ones as they were, the others a chunk longer; refuted ones are gone. */
function grown(frontier: Frontier): Node[] {
  const answers = [...frontier].flatMap(([node, count]) =>
    node.isTerminal ? Array.from({ length: count }, () => node) : samplesBelow(node).slice(0, count),
  );
  return answers.filter((node) => !isRefuted(node));
}

/**
 * Those at or above the quantile: of n with distinct scores the best n - ceil(rate * (n - 1)); equals stay together.
 */
function keepUpper(answers: readonly Node[], scoreOf: (node: Node) => number, rate: number): Node[] {
  const bound = quantile(answers.map(scoreOf), rate);
  return answers.filter((node) => scoreOf(node) >= bound);
}

function counted(nodes: readonly Node[]): Frontier {
  const counts = new Map<Node, number>();
  for (const node of nodes) counts.set(node, (counts.get(node) ?? 0) + 1);
  return counts;
}
