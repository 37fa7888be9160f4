import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { encodeChat } from "../../model/chat.ts";
import { integers } from "../../model/corpus/hands.ts";
import { evaluateJudge, evaluateSolving } from "../../model/evaluation/evaluate.ts";
import { areaUnderCurve, passAt, randomSolveChance } from "../../model/evaluation/metrics.ts";
import { ESPALIER_24_GGUF, loadEngine, loadModel } from "../../model/load.ts";

/** The figures of the committed weights, as MODEL_CARD.md states them. */
const RECORDED = {
  fileSha256: "d521cc25bbdd4393fde3870903d9ef388494c47832cf4a0e51dae8abcdb6f897",
  logitsSha256: "aa7e8c3ed170ba1e",
  greedy: 0.43,
  passAt8: { least: 0.72, most: 0.82 },
  judgeAreaAll: 0.9699,
} as const;

const model = loadModel();
const engine = loadEngine(model, 64);

test("the committed file is the recorded one", async () => {
  const bytes = await readFile(ESPALIER_24_GGUF);
  expect(createHash("sha256").update(bytes).digest("hex")).toBe(RECORDED.fileSha256);
});

test("the logits of a prompt have the recorded bits", () => {
  const tokens = encodeChat(model.tokenizer, [{ role: "user", content: "Use 4 9 10 13 to make 24" }]);
  const rows = tokens.map((token, position) => ({ slot: 0, position, token }));
  const [logits] = engine.forward(rows, [rows.length - 1]);
  const bytes = Float32Array.from(logits ?? new Float32Array());
  expect(createHash("sha256").update(bytes).digest("hex").slice(0, 16)).toBe(RECORDED.logitsSha256);
});

test("held-out hands are solved as often as recorded, greedily and within eight samples", async () => {
  const figures = await evaluateSolving(model, engine, "test", { samples: 8 });
  expect(figures.hands).toBe(200);
  expect(figures.greedy).toBeCloseTo(RECORDED.greedy, 6);
  expect(figures.passAt[8]).toBeGreaterThan(RECORDED.passAt8.least);
  expect(figures.passAt[8]).toBeLessThan(RECORDED.passAt8.most);
}, 60_000);

test("the judge separates the states of held-out hands as well as recorded", () => {
  expect(evaluateJudge(model, engine, "test").areaAll).toBeCloseTo(RECORDED.judgeAreaAll, 3);
});

test("pass@k is the unbiased estimate", () => {
  expect(passAt(1, 10, 3)).toBeCloseTo(0.3, 12);
  // 1 - C(7, 2) / C(10, 2) = 1 - 21 / 45
  expect(passAt(2, 10, 3)).toBeCloseTo(24 / 45, 12);
  expect(passAt(8, 10, 3)).toBe(1);
  expect(passAt(4, 10, 0)).toBe(0);
});

test("the area under the curve counts ties half", () => {
  const scored = (pairs: readonly (readonly [number, boolean])[]) => pairs.map(([score, isYes]) => ({ score, isYes }));
  expect(
    areaUnderCurve(
      scored([
        [0.1, false],
        [0.9, true],
      ]),
    ),
  ).toBe(1);
  expect(
    areaUnderCurve(
      scored([
        [0.5, false],
        [0.5, true],
      ]),
    ),
  ).toBe(0.5);
  // Of four pairs: 0.2 < 0.3, 0.2 < 0.8, 0.7 > 0.3, 0.7 < 0.8.
  expect(
    areaUnderCurve(
      scored([
        [0.2, false],
        [0.7, false],
        [0.3, true],
        [0.8, true],
      ]),
    ),
  ).toBe(0.75);
});

test("random play is exact: 3 and 8 make 24 in one of five steps", () => {
  // 3 + 8, 8 - 3, 3 * 8, 3 / 8 and 8 / 3.
  expect(randomSolveChance(integers([3, 8]))).toBeCloseTo(1 / 5, 12);
});
