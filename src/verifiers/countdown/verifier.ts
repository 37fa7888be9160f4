import { z } from "zod";
import { finalAnswer } from "../../core/answer/answer.ts";
import { type Problem, questionOf } from "../../core/problem.ts";
import { type Candidate, defineVerifier, localVerifier, type Score } from "../../core/verifier.ts";
import { formatRational, type Rational, rational } from "../rational.ts";
import { checkEquation, INTERMEDIATES, type Intermediates } from "./equations.ts";
import { equationsOf, plainLine } from "./lines.ts";
import { type Puzzle, puzzleIn } from "./puzzle.ts";

const parameters = z
  .strictObject({
    /** Each may be used once. Without numbers and target: those of the question. */
    numbers: z.array(z.int().min(1).max(1_000_000)).min(1).max(12).optional(),
    target: z.int().min(1).max(1_000_000_000).optional(),
    /** What may occur on the way to the target. */
    intermediates: z.enum(INTERMEDIATES).default("positive-integers"),
    /** Every number has to be used, as in the Game of 24. */
    use_all: z.boolean().default(false),
  })
  .superRefine(({ numbers, target }, context) => {
    if ((numbers === undefined) === (target === undefined)) return;
    const [at, other] = numbers === undefined ? ["numbers", "target"] : ["target", "numbers"];
    context.addIssue({ code: "custom", path: [at], message: `it goes with \`${other}\`` });
  });
type Parameters = z.infer<typeof parameters>;

/**
 * The numbers game of Countdown, in exact arithmetic: a target from numbers that may be used once each. An answer is one
 * expression, or equations that use the results of earlier ones. A partial answer is refuted by its first false equation and
 * proven when an equation reaches the target; prose between equations ends what is known about the numbers.
 */
export const countdown = defineVerifier({
  name: "countdown",
  summary: "Exact arithmetic: the target is reached, each number used at most once; false equations refute.",
  isExact: true,
  isAutomatic: false,
  scoresSteps: false,
  parameters,
  prompts: [],
  refusal: (problem, _model, _prompts, own) =>
    puzzleOf(problem, own) === null
      ? 'the problem names no numbers and target, e.g. "Use 25 50 3 6 to make 84", and neither do its parameters'
      : null,
  create: (_context, own) =>
    localVerifier({ name: "countdown", scope: "all", isComparative: false }, (problem, candidates) => {
      const puzzle = puzzleOf(problem, own);
      return candidates.map((candidate) => {
        if (puzzle === null) return null;
        return candidate.isComplete ? scoreAnswer(puzzle, own, candidate) : scorePartial(puzzle, own, candidate.text);
      });
    }),
});

function puzzleOf(problem: Problem, { numbers, target }: Parameters): Puzzle | null {
  return numbers !== undefined && target !== undefined ? { numbers, target } : puzzleIn(questionOf(problem));
}

/**
 * The final answer decides where it is arithmetic. Else the last line does, by itself or with the equations that it stands
 * below.
 */
function scoreAnswer(puzzle: Puzzle, own: Parameters, { text, answer }: Candidate): Score {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const written = runLine(puzzle, own, taggedAnswer(text) ?? answer ?? finalAnswer(text) ?? "");
  if (written !== "prose") return written;
  const last = runLine(puzzle, own, lines.at(-1) ?? "");
  if (last !== "prose" && last.value === 1) return last;
  const block = runEquations(puzzle, own, endingEquations(puzzle, own.intermediates, lines));
  if (block !== "prose") return block;
  return last === "prose" ? verdict(0, "there is no expression in it") : last;
}

/** As in the data sets that are trained on with this game. */
function taggedAnswer(text: string): string | null {
  const start = text.lastIndexOf("<answer>");
  return start < 0 ? null : (text.slice(start + "<answer>".length).split("</answer>")[0] ?? null);
}

function runLine(puzzle: Puzzle, own: Parameters, line: string): Score | "prose" {
  // The target alone says that it was reached, and not how.
  const isTargetAlone = plainLine(line) === `${puzzle.target}` && !puzzle.numbers.includes(puzzle.target);
  return isTargetAlone ? "prose" : runEquations(puzzle, own, equationsOf(line));
}

/** All have to hold, one after the other, and one of the numbers left has to be the target. */
function runEquations(puzzle: Puzzle, own: Parameters, equations: readonly string[]): Score | "prose" {
  if (equations.length === 0) return "prose";
  let numbers = numbersOf(puzzle);
  for (const [index, equation] of equations.entries()) {
    const check = checkEquation(numbers, equation, own.intermediates, index < equations.length - 1);
    if (check.type === "prose") return "prose";
    if (check.type === "false") return verdict(0, `"${equation}": ${check.reason}`);
    numbers = check.left;
    if (index < equations.length - 1) continue;
    if (!isTarget(check.result, puzzle)) {
      return verdict(0, `it comes to ${formatRational(check.result)}, not ${puzzle.target}`);
    }
  }
  const unused = numbers.length - 1;
  if (own.use_all && unused > 0) return verdict(0, `${unused} of the numbers are not used`);
  return verdict(1, `exactly ${puzzle.target}, each number used at most once`);
}

/** The lines with equations that stand together at the end, below which one line more may say what they came to. */
function endingEquations(puzzle: Puzzle, intermediates: Intermediates, lines: readonly string[]): string[] {
  const equations: string[] = [];
  for (const [index, line] of lines.toReversed().entries()) {
    const own = equationsOf(line);
    const isProse = own.some((one) => checkEquation(numbersOf(puzzle), one, intermediates, true).type === "prose");
    if (own.length > 0 && !isProse) equations.unshift(...own);
    else if (index > 0) break;
  }
  return equations;
}

function scorePartial(puzzle: Puzzle, own: Parameters, text: string): Score | null {
  let numbers = numbersOf(puzzle);
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  for (const equation of lines.flatMap((line) => equationsOf(line))) {
    const check = checkEquation(numbers, equation, own.intermediates, true);
    if (check.type === "prose") return null;
    if (check.type === "false") return verdict(0, `"${equation}": ${check.reason}`);
    numbers = check.left;
    if (isTarget(check.result, puzzle) && (!own.use_all || numbers.length === 1)) {
      return verdict(1, `${puzzle.target} is reached`);
    }
  }
  return null;
}

function numbersOf({ numbers }: Puzzle): readonly Rational[] {
  return numbers.map((number) => rational(number)).filter((number) => number !== null);
}

function isTarget(value: Rational, { target }: Puzzle): boolean {
  return formatRational(value) === `${target}`;
}

function verdict(value: 0 | 1, reason: string): Score {
  return { value, kind: "verdict", reason, verifier: "countdown" };
}
