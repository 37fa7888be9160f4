import type { RowMix } from "../corpus/rows.ts";
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
  readonly finalRate: number;
  /** The rate falls from the peak towards `finalRate` along a cosine that would end at this step. */
  readonly cosineSteps: number;
  /** From this step on it falls to `finalRate` in a straight line instead, until the last step. */
  readonly cooldownFromStep: number;
  readonly weightDecay: number;
  readonly beta1: number;
  readonly beta2: number;
  /** Largest norm of the mean gradient. */
  readonly clipNorm: number;
  /** Weight of a judge's yes or no in the loss; every other supervised token has weight 1. */
  readonly judgeWeight: number;
  /**
   * What the rows are about, by phase. A judge row has 9 tokens and a solving row about 63, so a share of 0.82 is 40 % of
   * the tokens and 0.6 is 18 %.
   */
  readonly mixes: readonly (RowMix & { readonly fromStep: number })[];
};

export function learningRate(plan: TrainingPlan, step: number, cosinePi: (x: number) => number): number {
  if (step < plan.warmupSteps) return (plan.peakRate * (step + 1)) / plan.warmupSteps;
  const cosineStep = Math.min(step, plan.cooldownFromStep);
  const progress = (cosineStep - plan.warmupSteps) / Math.max(1, plan.cosineSteps - plan.warmupSteps);
  const rate = plan.finalRate + (plan.peakRate - plan.finalRate) * 0.5 * (1 + cosinePi(progress));
  if (step <= plan.cooldownFromStep) return rate;
  const cooled = (step - plan.cooldownFromStep) / (plan.steps - plan.cooldownFromStep);
  return rate + (plan.finalRate - rate) * cooled;
}

export function mixAt(plan: TrainingPlan, step: number): RowMix {
  const mix = plan.mixes.findLast((phase) => phase.fromStep <= step);
  if (mix === undefined) throw new RangeError(`the plan has no mix for step ${step}`);
  return mix;
}
