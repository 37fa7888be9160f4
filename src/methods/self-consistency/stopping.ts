import type { Votes } from "./votes.ts";

/** When sampling may end before the plan is carried out, beside a majority that cannot change any more. */
export type StopRule =
  | { readonly type: "beta"; readonly confidence: number }
  | { readonly type: "entropy"; readonly maxEntropy: number; readonly minSamples: number }
  | { readonly type: "majority"; readonly minShare: number; readonly minSamples: number };

/**
 * Can no arrival change the winner any more? The leader is ahead by more than the candidates still to come: exact, so
 * stopping on it never changes the answer.
 */
export function isSettled({ first, second }: Votes, stillToCome: number): boolean {
  return first - second > stillToCome;
}

/** Says the rule that the answer is clear enough? It may be wrong: unlike a settled majority, these are bets. */
export function isClear(votes: Votes, rule: StopRule): boolean {
  const { first, second, samples } = votes;
  if (first === second) return false;
  switch (rule.type) {
    case "beta":
      return confidenceInLead(first, second) >= rule.confidence;
    case "entropy":
      return samples >= rule.minSamples && normalisedEntropy(votes) <= rule.maxEntropy;
    case "majority":
      return samples >= rule.minSamples && first / samples >= rule.minShare;
  }
}

/**
 * P(p > 1/2 | Beta(a + 1, b + 1)) for the votes a >= b of the first two classes (Adaptive-Consistency, Aggarwal et al.
 * 2023, eq. 2): sum over j = 0..a of C(a + b + 1, j) / 2^(a + b + 1). Exactly 1/2 on a tie.
 */
export function confidenceInLead(a: number, b: number): number {
  const n = a + b + 1;
  let term = 2 ** -n;
  let sum = term;
  for (let j = 0; j < a; j++) {
    term *= (n - j) / (j + 1);
    sum += term;
  }
  return sum;
}

/**
 * Entropy of the votes over the entropy of as many equally frequent classes: in [0, 1], 0 where all agree (the
 * normalisation of the authors' code). With n samples in classes of c: ln n - (sum of c ln c) / n, over ln(classes).
 */
export function normalisedEntropy({ samples, classes, sumOfLogs }: Votes): number {
  return classes < 2 ? 0 : (Math.log(samples) - sumOfLogs / samples) / Math.log(classes);
}
