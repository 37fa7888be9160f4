import { expect, test } from "vitest";
import { GgufError, type GgufValue, readGguf, writeGguf } from "../../model/gguf.ts";
import { floatToHalf, halfToFloat } from "../../model/half.ts";
import { modelFromGguf, modelToGguf } from "../../model/model-file.ts";
import { initialParameters } from "../../model/training/initialise.ts";
import { createVocabulary } from "../../model/vocabulary.ts";

const vocabulary = createVocabulary();
const shape = {
  vocabulary: vocabulary.tokens.length,
  width: 16,
  layers: 2,
  heads: 2,
  feedForward: 24,
  context: 32,
  ropeBase: 10_000,
};
const parts = { name: "tiny", description: "a test", shape, parameters: initialParameters(shape, 1), vocabulary };

test("metadata and tensors survive writing and reading", () => {
  const metadata = new Map<string, GgufValue>([
    ["a", { type: "u32", value: 7 }],
    ["b", { type: "f32", value: 0.5 }],
    ["c", { type: "string", value: "Ġ ü" }],
    ["d", { type: "boolean", value: true }],
    ["e", { type: "strings", value: ["x", "", "yz"] }],
    ["f", { type: "numbers", value: [1, 2, 3] }],
    ["g", { type: "u64", value: 2 ** 40 }],
  ]);
  const tensors = [
    { name: "vector", dimensions: [3], values: Float32Array.of(1, -2.5, 1e-3) },
    { name: "matrix", dimensions: [2, 3], values: Float32Array.of(1, 2, 3, 4, 5, 6) },
  ];
  expect(readGguf(writeGguf({ metadata, tensors }, "F16"))).toEqual({ metadata, tensors });
  expect(readGguf(writeGguf({ metadata, tensors }, "F32"))).toEqual({ metadata, tensors });
});

test("every half survives, and floats are rounded to the nearest one, ties to even", () => {
  for (let half = 0; half < 0x7c00; half++) expect(floatToHalf(halfToFloat(half))).toBe(half);
  expect(halfToFloat(floatToHalf(1 + 2 ** -11))).toBe(1);
  expect(halfToFloat(floatToHalf(1 + 3 * 2 ** -11))).toBe(1 + 2 ** -9);
  expect(halfToFloat(floatToHalf(65_519))).toBe(65_504);
  expect(floatToHalf(65_520)).toBe(0x7c00);
  expect(halfToFloat(floatToHalf(-(2 ** -25) * 1.01))).toBe(-(2 ** -24));
  expect(Object.is(halfToFloat(floatToHalf(-0)), -0)).toBe(true);
});

test("a Q8_0 tensor is read as scale times integer", () => {
  const file = writeGguf(
    { metadata: new Map(), tensors: [{ name: "q", dimensions: [34], values: new Float32Array(34) }] },
    "F32",
  );
  // The tensor's type stands 12 bytes before the padded body; 34 zero floats leave room for one 34-byte block.
  const bytes = Uint8Array.from(file);
  const view = new DataView(bytes.buffer);
  const info = new TextDecoder("latin1").decode(bytes).indexOf("q") + 1;
  view.setBigUint64(info + 4, 32n, true);
  view.setUint32(info + 12, 8, true);
  const body = bytes.byteLength - 34 * 4;
  view.setUint16(body, floatToHalf(0.5), true);
  for (let i = 0; i < 32; i++) view.setInt8(body + 2 + i, i - 16);
  expect([...(readGguf(bytes).tensors[0]?.values ?? [])]).toEqual(Array.from({ length: 32 }, (_, i) => (i - 16) / 2));
});

test("a model survives as a file, up to the rounding of its matrices", () => {
  const model = modelFromGguf(modelToGguf(parts));
  expect(model.shape).toEqual(shape);
  expect(model.name).toBe("tiny");
  expect(model.tokenizer.vocabulary).toEqual(vocabulary);
  for (const [index, value] of model.parameters.entries())
    expect(Math.abs(value - (parts.parameters[index] as number))).toBeLessThan(2 ** -11 * 0.5);
  expect(modelToGguf({ ...parts, parameters: model.parameters })).toEqual(modelToGguf(parts));
});

test("files outside the subset are refused with the reason", () => {
  const read = (change: (metadata: Map<string, GgufValue>) => void) => {
    const file = readGguf(modelToGguf(parts));
    const metadata = new Map(file.metadata);
    change(metadata);
    return () => modelFromGguf(writeGguf({ ...file, metadata }, "F16"));
  };
  expect(read((metadata) => metadata.set("general.architecture", { type: "string", value: "qwen3" }))).toThrow(/qwen3/);
  expect(read((metadata) => metadata.set("llama.attention.head_count_kv", { type: "u32", value: 1 }))).toThrow(
    /grouped/,
  );
  expect(read((metadata) => metadata.delete("tokenizer.ggml.merges"))).toThrow(GgufError);
  expect(() => modelFromGguf(new TextEncoder().encode("this is a text and no model at all"))).toThrow(/not a GGUF/);
  expect(() => modelFromGguf(modelToGguf(parts).subarray(0, 9_000))).toThrow(GgufError);
});
