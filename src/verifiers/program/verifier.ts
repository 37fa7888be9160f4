import { z } from "zod";
import { NOTHING } from "../../core/amounts.ts";
import { answerClass, finalAnswer } from "../../core/answer/answer.ts";
import { succeed } from "../../core/result.ts";
import { type Candidate, defineVerifier, type Score } from "../../core/verifier.ts";
import { LANGUAGES, type Language, runProgram } from "../run-program.ts";
import { DEFAULT_LIMITS, type SandboxLimits } from "../sandbox.ts";

const parameters = z.strictObject({
  /** "auto" goes by the tag of the fence; without one it is JavaScript. */
  language: z.enum(["auto", ...LANGUAGES]).default("auto"),
  /** Work of one program, in millions of units (sandbox/limits.ts); from 1 to 2000. */
  fuel_millions: z
    .int()
    .min(1)
    .max(2000)
    .default(DEFAULT_LIMITS.fuel / 1_000_000),
});

/**
 * Program of thought: the candidate is a program, and what it prints is its answer, compared with `search.reference`. Without
 * a reference a program that fails is refuted, as it has no answer, and about one that runs there is no opinion.
 *
 * Python runs on MicroPython, which lacks parts of the standard library and rounds a few numbers otherwise: what goes wrong
 * there is an estimate, and a program that uses what is missing is not judged. A right answer is right wherever it comes from.
 */
export const program = defineVerifier({
  name: "program",
  summary: "Runs the candidate's program in a sandbox; its output is the answer, compared with the reference.",
  isExact: true,
  isAutomatic: false,
  scoresSteps: false,
  parameters,
  prompts: [],
  refusal: () => null,
  create: (_context, { fuel_millions, language }) => ({
    name: "program",
    scope: "complete",
    isComparative: false,
    worstCase: () => NOTHING,
    verify: async ({ reference }, candidates, signal) => {
      const asked = language === "auto" ? null : language;
      const limits = { ...DEFAULT_LIMITS, fuel: fuel_millions * 1_000_000 };
      const scores: (Score | null)[] = [];
      for (const candidate of candidates) {
        const isDue = candidate.isComplete && !signal.aborted;
        scores.push(isDue ? await scoreCandidate(candidate, reference, asked, limits) : null);
      }
      return { result: succeed(scores), attempts: [] };
    },
  }),
});

async function scoreCandidate(
  candidate: Candidate,
  reference: string | null,
  asked: Language | null,
  limits: SandboxLimits,
): Promise<Score | null> {
  const outcome = await runProgram(candidate.text, asked, limits);
  const wrong = outcome.language === "python" ? "estimate" : "verdict";
  if (outcome.type === "failure") return outcome.isUnsupported ? null : score(0, wrong, outcome.reason);
  if (reference === null) return null;
  const said = outcome.output.length > 80 ? `${outcome.output.slice(0, 80)}…` : outcome.output;
  return isSameAnswer(outcome.output, reference)
    ? score(1, "verdict", `it says ${said}, which equals the reference`)
    : score(0, wrong, `it says ${said}, which differs from the reference`);
}

/** Relative: what a program computes in floating point is not written as a reference is. */
const TOLERANCE = 1e-9;

function isSameAnswer(output: string, reference: string): boolean {
  const said = answerClass(output);
  if (said !== null && said === answerClass(reference)) return true;
  const [left, right] = [numberIn(output), numberIn(reference)];
  return left !== null && right !== null && Math.abs(left - right) <= TOLERANCE * Math.max(1, Math.abs(right));
}

function numberIn(text: string): number | null {
  const plain = finalAnswer(text)?.replace(/^[$\s]+|[$\s.]+$/g, "") ?? "";
  return /^[+-]?\d+(?:\.\d+)?(?:e[+-]?\d{1,3})?$/i.test(plain) ? Number(plain) : null;
}

function score(value: 0 | 1, kind: Score["kind"], reason: string): Score {
  return { value, kind, reason, verifier: "program" };
}
