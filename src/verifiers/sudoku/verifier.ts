import { z } from "zod";
import { type Problem, questionOf } from "../../core/problem.ts";
import { type Candidate, defineVerifier, localVerifier, type Score } from "../../core/verifier.ts";
import { type Grid, gridsIn } from "./grid.ts";
import { contradictionOf, type Puzzle, puzzleIn } from "./puzzle.ts";

const boxSide = z.int().min(1).max(25);

const parameters = z
  .strictObject({
    /** The puzzle, in any layout that is read in a question; without it the question's only grid. */
    givens: z.string().min(1).max(20_000).optional(),
    /** Of one box. Without both: the box nearest to a square, wider than high. */
    box_rows: boxSide.optional(),
    box_columns: boxSide.optional(),
  })
  .superRefine(({ givens, box_rows, box_columns }, context) => {
    const say = (at: string, message: string) => context.addIssue({ code: "custom", path: [at], message });
    if (box_rows !== undefined && box_columns === undefined) return say("box_columns", "it goes with `box_rows`");
    if (box_columns !== undefined && box_rows === undefined) return say("box_rows", "it goes with `box_columns`");
    if ((box_rows ?? 1) * (box_columns ?? 1) > 25) return say("box_rows", "a side has 25 cells at most");
    if (givens === undefined) return;
    const puzzle = puzzleIn(givens, box_rows, box_columns);
    if (puzzle === null) return say("givens", "it is not one grid with given and empty cells");
    const fault = contradictionOf(puzzle, puzzle.givens);
    if (fault !== null) say("givens", `it contradicts itself: ${fault}`);
  });
type Parameters = z.infer<typeof parameters>;

/**
 * Sudoku with boxes of any size. A grid that is full and right is proven; one that changes a given cell, has a value twice
 * or leaves an empty cell nothing is refuted, also while it is being written; any other is worth the share of the empty
 * cells that it has filled. Whether what it has filled can be completed it does not look up.
 */
export const sudoku = defineVerifier({
  name: "sudoku",
  summary: "A full grid without contradiction; contradictions refute a partial one, else the share of cells filled.",
  isExact: true,
  isAutomatic: true,
  scoresSteps: true,
  parameters,
  prompts: [],
  refusal: (problem, _model, _prompts, own) =>
    puzzleOf(problem, own) === null ? "the problem is not a sudoku with one grid, and `givens` brings none" : null,
  create: (_context, own) =>
    localVerifier({ name: "sudoku", scope: "all", isComparative: false }, (problem, candidates) => {
      const puzzle = puzzleOf(problem, own);
      return candidates.map((candidate) => (puzzle === null ? null : scoreCandidate(puzzle, candidate)));
    }),
});

function puzzleOf(problem: Problem, { givens, box_rows, box_columns }: Parameters): Puzzle | null {
  if (givens !== undefined) return puzzleIn(givens, box_rows, box_columns);
  const question = questionOf(problem);
  return /sudoku/i.test(question) ? puzzleIn(question, box_rows, box_columns) : null;
}

function scoreCandidate(puzzle: Puzzle, candidate: Candidate): Score | null {
  const grid = gridOf(puzzle, candidate);
  if (grid === null) return candidate.isComplete ? score(0, "verdict", "there is no grid of the puzzle's size") : null;
  const contradiction = contradictionOf(puzzle, grid);
  if (contradiction !== null) return score(0, "verdict", contradiction);
  let filled = 0;
  let empty = 0;
  for (const [row, cells] of puzzle.givens.entries()) {
    for (const [column, given] of cells.entries()) {
      if (given !== 0) continue;
      empty++;
      if ((grid[row]?.[column] ?? 0) !== 0) filled++;
    }
  }
  if (filled === empty) return score(1, "verdict", "the grid is full and right");
  return score(filled / empty, "estimate", `${filled} of ${empty} empty cells are filled without contradiction`);
}

/** The last grid that is whole; of a candidate still being written also the rows that were begun after it. */
function gridOf({ givens }: Puzzle, { text, isComplete }: Candidate): Grid | null {
  const side = givens.length;
  const grids = gridsIn(text, side, !isComplete);
  return grids.findLast((grid) => !isComplete || grid.length === side) ?? null;
}

function score(value: number, kind: Score["kind"], reason: string): Score {
  return { value, kind, reason, verifier: "sudoku" };
}
