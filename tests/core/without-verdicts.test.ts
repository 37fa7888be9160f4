import { expect, test } from "vitest";
import { NOTHING } from "../../src/core/amounts.ts";
import { createCanceller } from "../../src/core/cancellation.ts";
import type { Candidate, Score, Verifier } from "../../src/core/verifier.ts";
import { localVerifier } from "../../src/core/verifier.ts";
import { withoutVerdicts } from "../../src/core/without-verdicts.ts";
import { compositeVerifier } from "../../src/verifiers/composite.ts";
import { gameOf24Problem } from "../world/search.ts";

const problem = gameOf24Problem("4 9 10 13");
const candidates: readonly Candidate[] = ["a", "b"].map((text) => ({
  text,
  steps: [text],
  isComplete: true,
  answer: text,
  answerClass: text,
  toolCalls: [],
  count: 1,
  judgements: 0,
}));

function score(kind: Score["kind"], value: number, verifier: string): Score {
  return { kind, value, reason: "", verifier };
}

/** Certain of a, silent about b. */
const checker = localVerifier({ name: "checker", scope: "complete", isComparative: false }, (_problem, list) =>
  list.map(({ text }) => (text === "a" ? score("verdict", 1, "checker") : null)),
);

function judgeTold(asked: string[]): Verifier {
  return {
    name: "judge",
    scope: "all",
    isComparative: false,
    worstCase: () => NOTHING,
    verify: async (_problem, list) => {
      asked.push(...list.map(({ text }) => text));
      return { result: { ok: true, value: list.map(() => score("estimate", 0.3, "judge")) }, attempts: [] };
    },
  };
}

async function scoresOf(verifier: Verifier) {
  const { result } = await verifier.verify(problem, candidates, createCanceller().signal);
  return result.ok ? result.value : [];
}

test("a checker's verdicts become no opinion, at once and when waited for", async () => {
  const blind = withoutVerdicts(checker);
  expect(checker.verifyNow?.(problem, candidates)?.[0]).toMatchObject({ kind: "verdict" });
  expect(blind.verifyNow?.(problem, candidates)).toEqual([null, null]);
  expect(await scoresOf(blind)).toEqual([null, null]);
});

test("a composite's judge is asked about what the checker decides, and its scores are the judge's alone", async () => {
  const seeing: string[] = [];
  const blind: string[] = [];
  const parts = (asked: string[]) => [
    { verifier: checker, weight: 1 },
    { verifier: judgeTold(asked), weight: 1 },
  ];
  expect((await scoresOf(compositeVerifier(parts(seeing)))).map((one) => one?.kind)).toEqual(["verdict", "estimate"]);
  expect(seeing).toEqual(["b"]);
  const scores = await scoresOf(withoutVerdicts(compositeVerifier(parts(blind))));
  expect(scores).toEqual([score("estimate", 0.3, "judge"), score("estimate", 0.3, "judge")]);
  expect(blind).toEqual(["a", "b"]);
});

test("composites in composites lose their verdicts too", async () => {
  const inner = compositeVerifier([
    { verifier: checker, weight: 1 },
    { verifier: checker, weight: 1 },
  ]);
  const outer = compositeVerifier([
    { verifier: inner, weight: 1 },
    { verifier: judgeTold([]), weight: 1 },
  ]);
  expect((await scoresOf(withoutVerdicts(outer))).every((one) => one?.kind === "estimate")).toBe(true);
});
