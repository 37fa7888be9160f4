/** How the votes stand: votes of each answer class, falling, and of answers that could not be found. */
export interface Votes {
  readonly counts: readonly number[];
  readonly unparsable: number;
}

/** When sampling may end before the plan is carried out, beside a majority that cannot change any more. */
export type StopRule =
  | { readonly type: "beta"; readonly confidence: number }
  | { readonly type: "entropy"; readonly maxEntropy: number; readonly minSamples: number }
  | { readonly type: "majority"; readonly minShare: number; readonly minSamples: number };

/** Says the rule that the answer is clear enough? It may be wrong: unlike a settled majority, these are bets. */
export function isClear(votes: Votes, rule: StopRule): boolean {
  const samples = votes.counts.reduce((sum, count) => sum + count, votes.unparsable);
  const [first = 0, second = 0] = votes.counts;
  switch (rule.type) {
    case "beta":
      return first > second && confidenceInLead(first, second) >= rule.confidence;
    case "entropy":
      return first > second && samples >= rule.minSamples && normalisedEntropy(votes) <= rule.maxEntropy;
    case "majority":
      return first > second && samples >= rule.minSamples && first / samples >= rule.minShare;
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
 * normalisation of the authors' code). An answer that could not be found agrees with nobody: it is a class of its own.
 */
export function normalisedEntropy({ counts, unparsable }: Votes): number {
  const classes = [...counts, ...Array.from({ length: unparsable }, () => 1)];
  if (classes.length < 2) return 0;
  const total = classes.reduce((sum, count) => sum + count, 0);
  let entropy = 0;
  for (const count of classes) entropy -= (count / total) * Math.log(count / total);
  return entropy / Math.log(classes.length);
}
