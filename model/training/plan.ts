import type { ModelShape } from "../shape.ts";

/** Everything that determines the trained weights. The number of workers is not part of it. */
export type TrainingPlan = {
  readonly shape: ModelShape;
  readonly seed: number;
  readonly steps: number;
  /** Each step's batch is cut into this many shards, whose gradients are added in shard order. */
  readonly shards: number;
  /** A shard is filled with whole rows up to this many tokens. */
  readonly shardTokens: number;
  readonly warmupSteps: number;
  readonly peakRate: number;
  /** The cosine ends here. */
  readonly finalRate: number;
  readonly weightDecay: number;
  readonly beta1: number;
  readonly beta2: number;
  /** Largest norm of the mean gradient. */
  readonly clipNorm: number;
  /** Weight of a judge's yes or no in the loss; every other supervised token has weight 1. */
  readonly judgeWeight: number;
  /**
   * Share of judge rows among all rows, by phase. A judge row has 9 tokens and a solving row about 63, so 0.82 is 40 %
   * of the tokens and 0.6 is 18 %.
   */
  readonly judgeShares: readonly { readonly fromStep: number; readonly share: number }[];
};

export function judgeShareAt(plan: TrainingPlan, step: number): number {
  return plan.judgeShares.findLast((phase) => phase.fromStep <= step)?.share ?? 0;
}

export function learningRate(plan: TrainingPlan, step: number, cosinePi: (x: number) => number): number {
  if (step < plan.warmupSteps) return (plan.peakRate * (step + 1)) / plan.warmupSteps;
  const progress = (step - plan.warmupSteps) / Math.max(1, plan.steps - plan.warmupSteps);
  return plan.finalRate + (plan.peakRate - plan.finalRate) * 0.5 * (1 + cosinePi(progress));
}
