import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sudoku } from "../../../src/verifiers/sudoku/verifier.ts";
import { check, faultAt, opinion, problemOf } from "../checker.ts";
import { blanks, clear, LAYOUTS, solved } from "./generate.ts";

const PUZZLE = "Solve this 4x4 sudoku:\n1 . . 4\n. 4 1 .\n. 1 4 .\n4 . . 1";
const RIGHT = "1 2 3 4\n3 4 1 2\n2 1 4 3\n4 3 2 1";

const layout = fc.constantFrom(...Object.keys(LAYOUTS));
const anything = solved.chain((grid) =>
  fc.record({ grid: fc.constant(grid), cells: blanks(grid), asked: layout, told: layout }),
);

function write(name: string, rows: readonly (readonly number[])[], boxRows: number, boxColumns: number): string {
  return LAYOUTS[name]?.(rows, boxRows, boxColumns) ?? "";
}

describe("any puzzle, in any layout", () => {
  test("its right grid is proven", async () => {
    await fc.assert(
      fc.asyncProperty(anything, async ({ grid, cells, asked, told }) => {
        const { boxRows, boxColumns, rows } = grid;
        const parameters = { box_rows: boxRows, box_columns: boxColumns };
        const question = `A sudoku for you.\n\n${write(asked, clear(grid, cells), boxRows, boxColumns)}\n\nSolve it!`;
        const text = `Here is the grid:\n\n${write(told, rows, boxRows, boxColumns)}\n\nIt was fun.`;
        expect(await opinion(sudoku, { question, parameters }, text)).toBe("verdict 1");
      }),
      { numRuns: 300 },
    );
  });

  test("its right grid with any one cell changed is refuted", async () => {
    const changed = anything.chain((one) => {
      const { length } = one.grid.rows;
      return fc.tuple(
        fc.constant(one),
        fc.nat(length - 1),
        fc.nat(length - 1),
        fc.integer({ min: 1, max: length - 1 }),
      );
    });
    await fc.assert(
      fc.asyncProperty(changed, async ([{ grid, cells, asked, told }, row, column, by]) => {
        const { boxRows, boxColumns, rows } = grid;
        const side = rows.length;
        const wrong = rows.map((line) => [...line]);
        const line = wrong[row] ?? [];
        line[column] = (((line[column] ?? 0) - 1 + by) % side) + 1;
        const givens = write(asked, clear(grid, cells), boxRows, boxColumns);
        const parameters = { givens, box_rows: boxRows, box_columns: boxColumns };
        expect(await opinion(sudoku, { parameters }, write(told, wrong, boxRows, boxColumns))).toBe("verdict 0");
      }),
      { numRuns: 300 },
    );
  });

  test("a right grid half filled is worth the share of the empty cells that it fills", async () => {
    await fc.assert(
      fc.asyncProperty(anything, async ({ grid, cells, asked, told }) => {
        const { boxRows, boxColumns } = grid;
        const left = cells.slice(0, Math.ceil(cells.length / 2));
        const givens = write(asked, clear(grid, cells), boxRows, boxColumns);
        const parameters = { givens, box_rows: boxRows, box_columns: boxColumns };
        const score = await check(sudoku, { parameters }, write(told, clear(grid, left), boxRows, boxColumns));
        expect(score).toMatchObject({ kind: "estimate" });
        expect(score?.value).toBeCloseTo((cells.length - left.length) / cells.length, 12);
      }),
      { numRuns: 100 },
    );
  });
});

describe("what is refuted, and how it is told", () => {
  test.each([
    ["a given cell changed", "2 1 3 4\n3 4 1 2\n1 2 4 3\n4 3 2 1", "row 1, column 1 is given as 1, not 2"],
    ["a value twice in a row", "1 3 3 4\n. . . .\n. . . .\n. . . .", "row 1 has 3 twice"],
    ["a value twice in a column", "1 2 . 4\n. . . .\n. . . .\n. 2 . .", "column 2 has 2 twice"],
    ["a value twice in a box", "1 2 . 4\n2 . . .\n. . . .\n. . . .", "the box of row 1, column 1 has 2 twice"],
    ["a cell for which nothing is left", "1 2 . 4\n. . . 3\n. . . .\n. . . .", "nothing fits in row 1, column 3"],
  ])("%s", async (_what, grid, reason) => {
    expect(await check(sudoku, { question: PUZZLE }, grid)).toEqual({ kind: "verdict", value: 0, reason });
    expect(await opinion(sudoku, { question: PUZZLE }, grid, { isComplete: false })).toBe("verdict 0");
  });

  test("an answer without a grid, and one with a grid of another size", async () => {
    for (const text of ["", "I give up.", "1 2 3\n2 3 1\n3 1 2", "1 2 3 4\n3 4 1 2"]) {
      expect(await opinion(sudoku, { question: PUZZLE }, text)).toBe("verdict 0");
    }
  });
});

describe("a partial answer", () => {
  const partial = (text: string) => opinion(sudoku, { question: PUZZLE }, text, { isComplete: false });

  test("is scored row by row as it is written: 2 of 8 empty cells, 4 of 8, all", async () => {
    expect(await partial("1 2 3 4\n")).toBe("estimate 0.25");
    expect(await partial("1 2 3 4\n3 4 1 2\n")).toBe("estimate 0.5");
    expect(await partial(RIGHT)).toBe("verdict 1");
  });

  test("is scored by the rows begun after an echo of the puzzle, and a line cut short does not count", async () => {
    expect(await partial(`${PUZZLE}\n\n1 2 3 4\n3 4`)).toBe("estimate 0.25");
  });

  test("is not scored while it has no row", async () => {
    expect(await partial("Let me look at the first row.\n")).toBe("abstains");
  });

  test("is refuted by its first contradiction, long before the end", async () => {
    expect(await partial("1 3 2 4\n2 4 1 3\n3 1 4 2\n4 2 4")).toBe("estimate 0.75");
    expect(await partial("1 3 2 4\n3 4 1 2\n")).toBe("verdict 0");
  });
});

describe("whose problem it is", () => {
  const refusal = (question: string, parameters: unknown = {}) =>
    sudoku.refusal(problemOf(question), {} as never, {}, parameters);

  test("a question that speaks of a sudoku and has one grid", () => {
    expect(refusal(PUZZLE)).toBeNull();
    expect(refusal(PUZZLE.replace("sudoku", "square"))).not.toBeNull();
    expect(refusal("What is a sudoku?")).not.toBeNull();
    expect(refusal(`${PUZZLE}\n\nAnd this one:\n\n. . . 4\n. 4 1 .\n. 1 4 .\n4 . . 1`)).not.toBeNull();
  });

  test("a side of 6 has boxes of 2 rows and 3 columns, unless told otherwise", async () => {
    const rows = "1 2 3 4 5 6\n4 5 6 1 2 3\n2 3 1 5 6 4\n5 6 4 2 3 1\n3 1 2 6 4 5\n6 4 5 3 1 2";
    const question = `sudoku\n${rows.replace("1 2 3 4 5 6", ". . . . . .")}`;
    expect(await opinion(sudoku, { question }, rows)).toBe("verdict 1");
    expect(await opinion(sudoku, { question, parameters: { box_rows: 3, box_columns: 2 } }, rows)).toBe("verdict 0");
  });

  test.each([
    [{ givens: "1 2 3" }, "givens"],
    [{ givens: RIGHT }, "givens"],
    [{ givens: "1 1 . .\n. . . .\n. . . .\n. . . ." }, "givens"],
    [{ box_rows: 2 }, "box_columns"],
    [{ box_rows: 6, box_columns: 6 }, "box_rows"],
    [{ boxes: 3 }, "boxes"],
  ])("%j is refused at %s", (parameters, at) => {
    expect(faultAt(sudoku, parameters)).toBe(at);
  });
});

test.each([
  ["a million digits", "1".repeat(1_000_000)],
  ["many brackets", "[".repeat(500_000)],
  ["many short lines", "1 2 3 4\n".repeat(100_000)],
  ["blanks", `${" ".repeat(500_000)}x`],
  ["rulers", `${"-+|".repeat(200_000)}x`],
  ["words", "a ".repeat(500_000)],
])("%s take a moment at most", async (_what, text) => {
  const startMs = performance.now();
  expect(await opinion(sudoku, { question: PUZZLE }, text)).toBeTypeOf("string");
  sudoku.refusal(problemOf(`sudoku ${text}`), {} as never, {}, {});
  expect(performance.now() - startMs).toBeLessThan(3000);
});
