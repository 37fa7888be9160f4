import { legalSteps } from "../../src/verifiers/game-of-24/solver.ts";
import { isEqual, type Rational } from "../../src/verifiers/rational.ts";

/**
 * The unbiased estimate of pass@k from `samples` completions of which `correct` solve: 1 - C(n-c, k) / C(n, k)
 * (Chen et al. 2021, "Evaluating Large Language Models Trained on Code", equation 1), as a product of ratios.
 */
export function passAt(k: number, samples: number, correct: number): number {
  if (samples - correct < k) return 1;
  let allWrong = 1;
  for (let i = 0; i < k; i++) allWrong *= (samples - correct - i) / (samples - i);
  return 1 - allWrong;
}

/** The chance that legal steps drawn uniformly end in 24: the baseline without any model, computed exactly. */
export function randomSolveChance(numbers: readonly Rational[]): number {
  const [first] = numbers;
  if (first !== undefined && numbers.length === 1) return isEqual(first, { numerator: 24, denominator: 1 }) ? 1 : 0;
  const steps = legalSteps(numbers);
  return steps.reduce((sum, step) => sum + randomSolveChance(step.left), 0) / steps.length;
}

/** Area under the ROC curve: the chance that a yes state scores above a no state; ties count half. */
export function areaUnderCurve(scored: readonly { readonly score: number; readonly isYes: boolean }[]): number {
  const sorted = scored.toSorted((left, right) => left.score - right.score);
  const yes = sorted.filter((item) => item.isYes).length;
  let rankSum = 0;
  for (let start = 0; start < sorted.length; ) {
    let end = start;
    while (end < sorted.length && sorted[end]?.score === sorted[start]?.score) end++;
    const middleRank = (start + 1 + end) / 2;
    rankSum += middleRank * sorted.slice(start, end).filter((item) => item.isYes).length;
    start = end;
  }
  return (rankSum - (yes * (yes + 1)) / 2) / (yes * (sorted.length - yes));
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
