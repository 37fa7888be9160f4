import { z } from "zod";
import type { Problem } from "../../core/problem.ts";
import { type Candidate, defineVerifier, localVerifier, type Score } from "../../core/verifier.ts";
import { boardIn } from "./board.ts";
import { type Letters, type Shape, shapeOf, solutionOf, wordIn } from "./grid.ts";

const side = z.int().min(2).max(25);

const parameters = z
  .strictObject({
    rows: side.default(5),
    columns: side.default(5),
    /** The right grid, row by row; `#` is black. Without it `search.reference`, where that is one. */
    solution: z.string().min(1).max(2000).optional(),
    /** What may stand in the grid, where there is no solution. */
    words: z.array(z.string().min(2).max(25)).min(1).max(20_000).optional(),
    /** What an answer that is not wholly right is worth: the share of its letters or of its words, or nothing. */
    metric: z.enum(["letters", "words", "game"]).default("letters"),
  })
  .superRefine(({ rows, columns, solution }, context) => {
    if (solution === undefined || solutionOf(solution, rows, columns) !== null) return;
    context.addIssue({ code: "custom", path: ["solution"], message: `it is no grid of ${rows} x ${columns} letters` });
  });
type Parameters = z.infer<typeof parameters>;

/** What is known of the right answer. */
interface AnswerKey {
  readonly shape: Shape;
  readonly solution: Letters | null;
  /** In upper case; null allows every word. */
  readonly words: ReadonlySet<string> | null;
  readonly metric: Parameters["metric"];
}

/**
 * Crosswords, such as the 5 x 5 ones of Tree of Thoughts (Yao et al. 2023, section 4.3). With the solution a grid that equals
 * it is proven, any other worth its share of right letters or words. With a list of words a full grid of these is proven,
 * and a word that is not among them refutes. With neither only contradictions between crossing words are told.
 */
export const crossword = defineVerifier({
  name: "crossword",
  summary: "The grid equals the solution, or is full of listed words; crossings that contradict each other refute.",
  isExact: true,
  isAutomatic: false,
  scoresSteps: true,
  scoresStepsWith: ({ solution, words, metric }) =>
    words !== undefined || (solution !== undefined && metric !== "game"),
  parameters,
  prompts: [],
  refusal: (problem, _model, _prompts, own) =>
    answerKeyOf(problem, own) === null ? `search.reference is no grid of ${own.rows} x ${own.columns} letters` : null,
  create: (_context, own) =>
    localVerifier({ name: "crossword", scope: "all", isComparative: false }, (problem, candidates) => {
      const key = answerKeyOf(problem, own);
      return candidates.map((candidate) => (key === null ? null : scoreCandidate(key, candidate)));
    }),
});

/** Null where the reference is no grid: whoever gives one wants it compared. */
function answerKeyOf(problem: Problem, { rows, columns, solution, words, metric }: Parameters): AnswerKey | null {
  const listed = words === undefined ? null : new Set(words.map((word) => word.toUpperCase()));
  const right = solution ?? (listed === null ? problem.reference : null);
  if (right === null) return { shape: shapeOf(rows, columns, new Set()), solution: null, words: listed, metric };
  const parsed = solutionOf(right, rows, columns);
  return parsed === null ? null : { shape: parsed.shape, solution: parsed.letters, words: listed, metric };
}

function scoreCandidate(key: AnswerKey, { text, isComplete }: Candidate): Score | null {
  const board = boardIn(text, key.shape, !isComplete);
  if (board === null) return isComplete ? score(0, "verdict", "there is no grid and no word in it") : null;
  if (board.contradiction !== null) return score(0, "verdict", board.contradiction);
  if (key.solution !== null) return compare(key, key.solution, board.letters, isComplete);
  return key.words === null ? null : lookUp(key.shape, key.words, board.letters, isComplete);
}

function compare({ shape, metric }: AnswerKey, solution: Letters, letters: Letters, isComplete: boolean): Score | null {
  const cells = solution.flatMap((line, row) =>
    line.map((right, column) => ({ right, told: letters[row]?.[column] ?? null })),
  );
  const open = cells.filter(({ right }) => right !== null);
  const right = open.filter((cell) => cell.right === cell.told).length;
  if (right === open.length) return score(1, "verdict", "every letter is right");
  const reason = `${right} of ${open.length} letters are right`;
  if (metric === "letters") return score(right / open.length, "estimate", reason);
  const slots = [...shape.across, ...shape.down];
  const words = slots.filter((slot) => wordIn(letters, slot) === wordIn(solution, slot)).length;
  if (metric === "words") return score(words / slots.length, "estimate", `${words} of ${slots.length} words are right`);
  const hasWrong = open.some(({ told, right: wanted }) => told !== null && told !== wanted);
  return isComplete || hasWrong ? score(0, "verdict", reason) : null;
}

function lookUp(shape: Shape, words: ReadonlySet<string>, letters: Letters, isComplete: boolean): Score {
  const slots = [...shape.across, ...shape.down];
  let full = 0;
  for (const slot of slots) {
    const word = wordIn(letters, slot);
    if (word.includes("_")) continue;
    if (!words.has(word)) return score(0, "verdict", `${slot.name}: ${word} is not one of the words`);
    full++;
  }
  const reason = `${full} of ${slots.length} words are filled in`;
  if (full === slots.length) return score(1, "verdict", reason);
  return isComplete ? score(0, "verdict", reason) : score(full / slots.length, "estimate", reason);
}

function score(value: number, kind: Score["kind"], reason: string): Score {
  return { value, kind, reason, verifier: "crossword" };
}
