import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { crossword } from "../../../src/verifiers/crossword/verifier.ts";
import { check, faultAt, opinion, problemOf } from "../checker.ts";

// The first mini crossword of Tree of Thoughts' few-shot prompt.
const ROWS = ["AGEND", "MOTOR", "ARTSY", "SALLE", "SLEER"];
const SOLUTION = ROWS.join("\n");
const spaced = (rows: readonly string[]) => rows.map((row) => [...row].join(" ")).join("\n");

const complete = (text: string, parameters: object = { solution: SOLUTION }) =>
  opinion(crossword, { parameters: { ...parameters } }, text);
const partial = (text: string, parameters: object = { solution: SOLUTION }) =>
  opinion(crossword, { parameters: { ...parameters } }, text, { isComplete: false });

describe("with the solution", () => {
  test.each([
    ["set apart by spaces", spaced(ROWS)],
    ["written together", ROWS.join("\n")],
    ["in small letters, in a fence", `Here:\n\`\`\`\n${ROWS.join("\n").toLowerCase()}\n\`\`\`\nDone.`],
    ["as a table", ROWS.map((row) => `| ${[...row].join(" | ")} |`).join("\n")],
    ["as JSON", JSON.stringify({ grid: ROWS.map((row) => [...row]) })],
    ["as JSON in lines", JSON.stringify(ROWS, null, 2)],
    ["as words across", ROWS.map((row, index) => `h${index + 1}. ${row}`).join("\n")],
    ["as words down", [0, 1, 2, 3, 4].map((at) => `v${at + 1}: ${ROWS.map((row) => row[at]).join("")}`).join("\n")],
    ["after a wrong try", `${spaced(ROWS.toReversed())}\n\nNo.\n\n${spaced(ROWS)}`],
  ])("the right grid is proven %s", async (_layout, text) => {
    expect(await complete(text)).toBe("verdict 1");
  });

  test("a wrong letter costs 1 of 25 letters, 2 of 10 words, or everything", async () => {
    const text = spaced(["AGEND", "MOTOR", "ARTSY", "SALLE", "SLEEK"]);
    expect(await complete(text)).toBe("estimate 0.96");
    expect(await complete(text, { solution: SOLUTION, metric: "words" })).toBe("estimate 0.8");
    expect(await complete(text, { solution: SOLUTION, metric: "game" })).toBe("verdict 0");
  });

  test("search.reference is the solution where the parameters have none", async () => {
    expect(await opinion(crossword, { reference: SOLUTION }, spaced(ROWS))).toBe("verdict 1");
    const refusal = crossword.refusal(problemOf("Fill it.", "forty-two"), {} as never, {}, {});
    expect(refusal).toBe("search.reference is no grid of 5 x 5 letters");
  });

  test("a partial answer is worth the letters that it has: 5 of 25, then 10", async () => {
    expect(await partial("h1. agend (certain)\n")).toBe("estimate 0.2");
    expect(await partial("A G E N D\nM O T O R\nA R")).toBe("estimate 0.4");
    expect(await partial("I think about the first word.\n")).toBe("abstains");
    expect(await partial("h1. agent\n", { solution: SOLUTION, metric: "game" })).toBe("verdict 0");
    expect(await partial("h1. agend\n", { solution: SOLUTION, metric: "game" })).toBe("abstains");
  });

  test("any grid is worth the share of its right letters", async () => {
    const letter = fc.constantFrom(..."ABCDEFGHIJKLMNOPQRSTUVWXYZ_");
    const grid = fc.array(fc.array(letter, { minLength: 5, maxLength: 5 }), { minLength: 5, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(grid, async (rows) => {
        const right = rows.flat().filter((one, index) => one === [...ROWS.join("")][index]).length;
        const score = await check(
          crossword,
          { parameters: { solution: SOLUTION } },
          rows.map((row) => row.join(" ")).join("\n"),
        );
        expect(score?.value).toBeCloseTo(right / 25, 12);
        expect(score?.kind).toBe(right === 25 ? "verdict" : "estimate");
      }),
    );
  });
});

describe("contradictions", () => {
  test.each([
    ["h1. agend\nv1. omaha\n", "verdict 0"],
    ["h1. agend\nv1. amass\n", "estimate 0.36"],
    ["h1. agenda\n", "verdict 0"],
    ["h1. agent\nh1. agend\n", "estimate 0.2"],
    [`${spaced(ROWS)}\n\nv1. omaha\n`, "verdict 0"],
    ["1 across: AGEND\n1 down: AMASS\n", "estimate 0.36"],
    ["across 6 - MOTOR\n", "estimate 0.2"],
  ])("%j: %s", async (text, expected) => {
    expect(await partial(text)).toBe(expected);
  });

  test("refute also where nothing else is known, and else there is no opinion", async () => {
    expect(await partial("h1. agend\nv1. omaha\n", {})).toBe("verdict 0");
    expect(await complete("h1. agend\nv1. omaha\n", {})).toBe("verdict 0");
    expect(await complete(spaced(ROWS), {})).toBe("abstains");
    const score = await check(crossword, {}, "h1. agend\nv1. omaha");
    expect(score?.reason).toBe("v1 puts O in row 1, column 1, where there is A");
  });
});

describe("with a list of words", () => {
  const words = [...ROWS, "AMASS", "GORAL", "ETTLE", "NOSLE", "DRYER"].map((word) => word.toLowerCase());

  test("a grid full of them is proven, and any other word refutes", async () => {
    expect(await complete(spaced(ROWS), { words })).toBe("verdict 1");
    expect(await complete(spaced(ROWS), { words: words.slice(1) })).toBe("verdict 0");
    expect(await complete(spaced(ROWS.slice(0, 4).concat("_____")), { words })).toBe("verdict 0");
  });

  test("a partial grid is worth the share of words filled in, until one is not listed", async () => {
    expect(await partial("h1. agend\n", { words })).toBe("estimate 0.1");
    expect(await partial("h1. agent\n", { words })).toBe("verdict 0");
  });
});

test("black cells hold no letter, and words run between them", async () => {
  const parameters = { rows: 3, columns: 3, solution: "CAT\nA#O\nBUG", metric: "words" };
  expect(await complete("C A T\nA # O\nB U G", parameters)).toBe("verdict 1");
  expect(await complete("C A T\nA _ O\nB U D", parameters)).toBe("estimate 0.5");
  expect(await complete("1 across: cat\n1 down: cab\n2 down: tog\n3 across: bug", parameters)).toBe("verdict 1");
});

test.each([
  [{ solution: "AGEND" }, "solution"],
  [{ solution: ROWS.join("\n"), rows: 4 }, "solution"],
  [{ rows: 1 }, "rows"],
  [{ metric: "glory" }, "metric"],
  [{ words: [] }, "words"],
])("%j is refused at %s", (parameters, at) => {
  expect(faultAt(crossword, parameters)).toBe(at);
});

test.each([
  ["letters", "A".repeat(500_000)],
  ["rows", "A B C D E\n".repeat(50_000)],
  ["placements", "h1. agend\n".repeat(50_000)],
  ["brackets", "[".repeat(300_000)],
  ["spaces", `h1. ${" ".repeat(300_000)}1`],
])("hostile %s take a moment at most", async (_what, text) => {
  const startMs = performance.now();
  expect(await complete(text)).toBeTypeOf("string");
  expect(await partial(text)).toBeTypeOf("string");
  expect(performance.now() - startMs).toBeLessThan(3000);
});
