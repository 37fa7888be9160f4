import { addAmounts, NOTHING } from "../core/amounts.ts";
import type { CancelSignal } from "../core/cancellation.ts";
import type { Attempt, ModelError } from "../core/model.ts";
import type { Problem } from "../core/problem.ts";
import { fail, succeed } from "../core/result.ts";
import type { Candidate, Score, Verifier, VerifyOutcome } from "../core/verifier.ts";
import { withoutVerdicts } from "../core/without-verdicts.ts";

export interface WeightedVerifier {
  readonly verifier: Verifier;
  /** > 0; its share in the mean of the estimates. */
  readonly weight: number;
}

/**
 * Several verifiers as one. The first verdict decides, and whoever would have to be paid is then not asked; without a
 * verdict the value is the weighted mean of the estimates of those that have an opinion.
 */
export function compositeVerifier(parts: readonly WeightedVerifier[]): Verifier {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only.verifier;
  const local = parts.filter(({ verifier }) => verifier.verifyNow !== undefined);
  const remote = parts.filter(({ verifier }) => verifier.verifyNow === undefined);

  const localOpinions = (problem: Problem, candidates: readonly Candidate[]): Opinions => {
    let opinions: Opinions = candidates.map(() => []);
    for (const { verifier, weight } of local) {
      const seen = seenBy(verifier, candidates);
      opinions = addOpinions(opinions, candidates, seen, verifier.verifyNow?.(problem, seen) ?? [], weight);
    }
    return opinions;
  };

  const undecided = (opinions: Opinions, candidates: readonly Candidate[]): Candidate[] =>
    candidates.filter((_candidate, index) => !hasVerdict(opinions[index] ?? []));

  return {
    name: parts.map(({ verifier }) => verifier.name).join("+"),
    scope: parts.some(({ verifier }) => verifier.scope === "all") ? "all" : "complete",
    isComparative: parts.some(({ verifier }) => verifier.isComparative),
    withoutVerdicts: () =>
      compositeVerifier(parts.map(({ verifier, weight }) => ({ verifier: withoutVerdicts(verifier), weight }))),
    worstCase: (problem, candidates) => {
      const asked = undecided(localOpinions(problem, candidates), candidates);
      return remote.reduce(
        (sum, { verifier }) => addAmounts(sum, verifier.worstCase(problem, seenBy(verifier, asked))),
        NOTHING,
      );
    },
    ...(remote.length === 0 && {
      verifyNow: (problem: Problem, candidates: readonly Candidate[]) =>
        localOpinions(problem, candidates).map(combine),
    }),
    verify: async (
      problem: Problem,
      candidates: readonly Candidate[],
      signal: CancelSignal,
    ): Promise<VerifyOutcome> => {
      let opinions = localOpinions(problem, candidates);
      const attempts: Attempt[] = [];
      let error: ModelError | null = null;
      for (const { verifier, weight } of remote) {
        const seen = seenBy(verifier, undecided(opinions, candidates));
        if (seen.length === 0) continue;
        const outcome = await verifier.verify(problem, seen, signal);
        attempts.push(...outcome.attempts);
        if (outcome.result.ok) opinions = addOpinions(opinions, candidates, seen, outcome.result.value, weight);
        else error ??= outcome.result.error;
        if (signal.aborted) break;
      }
      // The others are heard all the same, and what they said is not lost: asked again they say it for nothing.
      if (error !== null) return { result: fail(error), attempts, settled: opinions.map(combine) };
      return { result: succeed(opinions.map(combine)), attempts };
    },
  };
}

type Opinions = readonly (readonly { readonly score: Score; readonly weight: number }[])[];

function seenBy(verifier: Verifier, candidates: readonly Candidate[]): Candidate[] {
  return candidates.filter((candidate) => candidate.isComplete || verifier.scope === "all");
}

function addOpinions(
  opinions: Opinions,
  candidates: readonly Candidate[],
  seen: readonly Candidate[],
  scores: readonly (Score | null)[],
  weight: number,
): Opinions {
  const scoreByCandidate = new Map(seen.map((candidate, index) => [candidate, scores[index] ?? null]));
  return opinions.map((list, index) => {
    const candidate = candidates[index];
    const score = candidate === undefined ? null : (scoreByCandidate.get(candidate) ?? null);
    return score === null ? list : [...list, { score, weight }];
  });
}

function hasVerdict(opinions: Opinions[number]): boolean {
  return opinions.some(({ score }) => score.kind === "verdict");
}

function combine(opinions: Opinions[number]): Score | null {
  const [first] = opinions;
  if (first === undefined) return null;
  const decisive = opinions.find(({ score }) => score.kind === "verdict");
  if (decisive !== undefined) return decisive.score;
  if (opinions.length === 1) return first.score;
  const totalWeight = opinions.reduce((sum, { weight }) => sum + weight, 0);
  return {
    value: opinions.reduce((sum, { score, weight }) => sum + score.value * weight, 0) / totalWeight,
    kind: "estimate",
    reason: opinions.map(({ score }) => `${score.verifier}: ${score.reason}`).join("; "),
    verifier: opinions.map(({ score }) => score.verifier).join("+"),
  };
}
