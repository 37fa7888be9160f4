import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { buildKernels } from "../../model/build-kernels.ts";
import { encodeChat } from "../../model/chat.ts";
import type { EngineRow } from "../../model/engine.ts";
import { loadEngine, loadModel } from "../../model/load.ts";
import { createRandom } from "../../model/random.ts";
import { referenceLogits } from "./reference/forward.ts";

const model = loadModel();
const prompt = encodeChat(model.tokenizer, [
  { role: "user", content: "Use 4 9 10 13 to make 24" },
  { role: "assistant", content: "13 - 9 = 4 (left: 4 4 10)\n10 - 4" },
]);
const rowsOf = (slot: number, tokens: readonly number[], start = 0): EngineRow[] =>
  tokens.slice(start).map((token, index) => ({ slot, position: start + index, token }));

test.each(["inference", "training"] as const)("%s.wasm is what its source compiles to", async (name) => {
  const committed = await readFile(new URL(`../../model/kernels/${name}.wasm`, import.meta.url));
  expect(Buffer.from(await buildKernels(name)).equals(committed)).toBe(true);
});

test("the compiled kernels agree with plain JavaScript in double precision", () => {
  const engine = loadEngine(model, 1);
  const rows = rowsOf(0, prompt);
  const logits = engine.forward(rows, [...rows.keys()]);
  for (const [index, expected] of referenceLogits(model, prompt).entries()) {
    const largest = Math.max(...expected.map((value, token) => Math.abs(value - (logits[index]?.[token] ?? 0))));
    expect(largest).toBeLessThan(2e-4);
  }
});

test("logits are the same bits alone, in a crowd, token by token and after a copied prefix", () => {
  const engine = loadEngine(model, 4);
  const last = (rows: readonly EngineRow[]) =>
    Float32Array.from(engine.forward(rows, [rows.length - 1])[0] ?? new Float32Array());
  const whole = last(rowsOf(0, prompt));
  let single = new Float32Array();
  for (const row of rowsOf(1, prompt)) single = last([row]);
  expect(single).toEqual(whole);
  engine.copyPrefix(1, 2, 7);
  expect(last(rowsOf(2, prompt, 7))).toEqual(whole);
  const other = encodeChat(model.tokenizer, [{ role: "user", content: "Judge: 4 4 10" }]);
  expect(last([...rowsOf(3, other), ...rowsOf(0, prompt)])).toEqual(whole);
});

test("softmax and its logarithm agree with plain JavaScript", () => {
  const engine = loadEngine(model, 1);
  const random = createRandom(3);
  const logits = Float32Array.from({ length: model.shape.vocabulary }, () => random.uniform() * 20 - 10);
  for (const temperature of [0.5, 1, 2]) {
    const scaled = [...logits].map((logit) => logit / temperature);
    const total = scaled.reduce((sum, value) => sum + Math.exp(value), 0);
    const probabilities = engine.probabilities(logits, temperature);
    for (const [token, value] of scaled.entries())
      expect(Math.abs((probabilities[token] as number) - Math.exp(value) / total)).toBeLessThan(1e-6);
    if (temperature === 1) expect(engine.logPartition(logits)).toBeCloseTo(Math.log(total), 5);
  }
});

test("a position beyond the context is refused", () => {
  const engine = loadEngine(model, 1);
  expect(() => engine.forward([{ slot: 0, position: model.shape.context, token: 1 }], [])).toThrow(/context/);
});
