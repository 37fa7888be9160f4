import { z } from "zod";
import { NOTHING } from "../../core/amounts.ts";
import { succeed } from "../../core/result.ts";
import { type Candidate, defineVerifier, type Score } from "../../core/verifier.ts";
import { JAVASCRIPT_TAGS, lastBlock } from "../fenced-code.ts";
import { DEFAULT_LIMITS, openJavaScript } from "../sandbox.ts";
import { runTest, tests, type UnitTest } from "./tests.ts";

const parameters = z.strictObject({
  tests,
  language: z.literal("javascript").default("javascript"),
  /** A candidate that passes some of the tests gets their share as an estimate, instead of being refuted. */
  partial: z.boolean().default(false),
  /** Work of all tests of one candidate together, in millions of units (sandbox/limits.ts); from 1 to 2000. */
  fuel_millions: z
    .int()
    .min(1)
    .max(2000)
    .default(DEFAULT_LIMITS.fuel / 1_000_000),
});
type Parameters = z.infer<typeof parameters>;

/**
 * The candidate is a program, run against the request's tests in a sandbox: each test in a fresh runtime, all of one
 * candidate's on one tank of fuel. All passed is the verdict 1, anything else the verdict 0 with the share in the reason.
 */
export const unitTests = defineVerifier({
  name: "unit-tests",
  summary: "Runs the candidate's program against tests given in the request, in a sandbox.",
  isExact: true,
  isAutomatic: false,
  scoresSteps: false,
  parameters,
  prompts: [],
  refusal: () => null,
  create: (_context, own) => ({
    name: "unit-tests",
    scope: "complete",
    isComparative: false,
    worstCase: () => NOTHING,
    verify: async (_problem, candidates, signal) => {
      const scores: (Score | null)[] = [];
      for (const candidate of candidates) {
        scores.push(candidate.isComplete && !signal.aborted ? await scoreCandidate(candidate, own) : null);
      }
      return { result: succeed(scores), attempts: [] };
    },
  }),
});

async function scoreCandidate(candidate: Candidate, own: Parameters): Promise<Score> {
  const { code } = lastBlock(candidate.text, JAVASCRIPT_TAGS);
  if (code.trim() === "") return score(0, "verdict", "there is no program");
  const sandbox = openJavaScript({ ...DEFAULT_LIMITS, fuel: own.fuel_millions * 1_000_000 });
  const faults: string[] = [];
  for (const [index, test] of own.tests.entries()) {
    const fault = await runTest(sandbox, code, test satisfies UnitTest);
    if (fault !== null) faults.push(`test ${index + 1}: ${fault}`);
  }
  const passed = own.tests.length - faults.length;
  if (faults.length === 0) return score(1, "verdict", `${passed} of ${passed} tests passed`);
  const reason = `${passed} of ${own.tests.length} tests passed; ${faults[0]}`;
  return own.partial ? score(passed / own.tests.length, "estimate", reason) : score(0, "verdict", reason);
}

function score(value: number, kind: Score["kind"], reason: string): Score {
  return { value, kind, reason, verifier: "unit-tests" };
}
