/**
 * The inference engine: a llama forward pass over WASM SIMD kernels with one key/value cache per slot. It knows nothing
 * of HTTP or Node; a Worker can run it with a compiled module and the bytes of a GGUF file.
 *
 * Promise: the logits of a row depend only on the tokens before it in its own sequence, bit for bit, not on the rows that
 * are computed with it, nor on how its prefix came into the cache.
 */
import type { Model } from "./model-file.ts";
import { type ParameterName, parametersOf } from "./shape.ts";

/** One token of one sequence. Its predecessors must be in the slot's cache, or earlier in the same call. */
export type EngineRow = {
  readonly slot: number;
  readonly position: number;
  readonly token: number;
};

export type Engine = {
  readonly slots: number;
  /** Rows per call of `forward`. */
  readonly maxRows: number;
  /** Computes all rows, in order, and returns the logits of the rows listed in `wanted`, one array each, valid until the next call. */
  forward(rows: readonly EngineRow[], wanted: readonly number[]): readonly Float32Array[];
  /** Makes the first `count` positions of slot `to` equal to those of slot `from`. */
  copyPrefix(from: number, to: number, count: number): void;
  /** The softmax of the logits divided by the temperature (above 0); valid until the next call. */
  probabilities(logits: Float32Array, temperature: number): Float32Array;
  /** The natural logarithm of the partition sum: log-probability = logit - this. */
  logPartition(logits: Float32Array): number;
};

export type EngineOptions = {
  readonly slots: number;
  readonly maxRows?: number;
};

/** Exports of inference.wasm; see kernels/*.ts. Addresses are bytes, sizes are floats. */
type InferenceKernels = {
  packA(m: number, k: number, a: number, rowStride: number, columnStride: number, packed: number): void;
  packB(k: number, n: number, b: number, rowStride: number, columnStride: number, packed: number): void;
  multiply(
    m: number,
    k: number,
    n: number,
    a: number,
    b: number,
    c: number,
    stride: number,
    accumulate: number | boolean,
  ): void;
  multiplyRow(k: number, n: number, a: number, b: number, c: number): void;
  rmsNorm(rows: number, d: number, input: number, gain: number, output: number, inverse: number): void;
  ropeTable(positions: number, headDim: number, base: number, table: number): void;
  rope(
    rows: number,
    heads: number,
    headDim: number,
    x: number,
    stride: number,
    positions: number,
    table: number,
    direction: number,
  ): void;
  gatedSilu(rows: number, f: number, gateUp: number, h: number): void;
  gatherRows(rows: number, d: number, table: number, tokens: number, out: number): void;
  addInto(n: number, x: number, y: number): void;
  softmax(n: number, x: number): number;
  storeKeysValues(rows: number, d: number, qkv: number, caches: number, positions: number): void;
  attendCached(
    rows: number,
    heads: number,
    headDim: number,
    qkv: number,
    caches: number,
    positions: number,
    weights: number,
    out: number,
  ): void;
};

const PAGE_BYTES = 65_536;
const DEFAULT_MAX_ROWS = 256;

export function createEngine(model: Model, module: WebAssembly.Module, options: EngineOptions): Engine {
  const { shape } = model;
  const { width, heads, layers, feedForward, vocabulary, context } = shape;
  const { slots, maxRows = DEFAULT_MAX_ROWS } = options;
  const headDim = width / heads;
  const widest = Math.max(3 * width, 2 * feedForward);

  // The first page holds the static tables of the compiled module.
  let next = PAGE_BYTES;
  const take = (floats: number) => {
    const address = next;
    next += Math.ceil((floats * 4) / 64) * 64;
    return address;
  };
  const parameterList = parametersOf(shape);
  const addressByName = new Map(parameterList.map(({ name, rows, columns }) => [name, take(rows * columns)]));
  const embeddingRows = take(vocabulary * width);
  const table = take(context * headDim);
  const at = {
    tokens: take(maxRows),
    positions: take(maxRows),
    caches: take(maxRows),
    x: take(maxRows * width),
    normed: take(maxRows * width),
    wide: take(maxRows * widest),
    hidden: take(maxRows * feedForward),
    attended: take(maxRows * width),
    weights: take(context),
    packed: take((maxRows + 4) * Math.max(width, feedForward)),
    logits: take(maxRows * vocabulary),
    scratch: take(vocabulary),
  };
  const cacheFloats = context * 2 * width;
  const caches = take(slots * layers * cacheFloats);
  const memory = new WebAssembly.Memory({ initial: Math.ceil(next / PAGE_BYTES) });
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  // The one cast at the border to WebAssembly: the module is compiled from kernels/inference.ts.
  const kernels = instance.exports as unknown as InferenceKernels;
  const floats = new Float32Array(memory.buffer);
  const words = new Int32Array(memory.buffer);
  load();

  return { slots, maxRows, forward, copyPrefix, probabilities, logPartition };

  /** Packs the matrices in place of the plain ones; the embedding is kept in both forms. */
  function load(): void {
    for (const { name, rows, columns, offset } of parameterList) {
      const values = model.parameters.subarray(offset, offset + rows * columns);
      if (rows === 1) {
        floats.set(values, address(name) >> 2);
        continue;
      }
      // The caches are not in use yet and large enough to hold any matrix.
      const plain = name === "embedding" ? embeddingRows : caches;
      floats.set(values, plain >> 2);
      kernels.packB(columns, rows, plain, 1, columns, address(name));
    }
    floats.fill(0, caches >> 2, (caches >> 2) + slots * layers * cacheFloats);
    kernels.ropeTable(context, headDim, shape.ropeBase, table);
  }

  function forward(rows: readonly EngineRow[], wanted: readonly number[]): readonly Float32Array[] {
    const count = rows.length;
    if (count === 0 || count > maxRows) throw new RangeError(`forward takes 1 to ${maxRows} rows, not ${count}`);
    for (const [index, row] of rows.entries()) {
      if (row.position >= context) throw new RangeError(`position ${row.position} is beyond the context of ${context}`);
      words[(at.tokens >> 2) + index] = row.token;
      words[(at.positions >> 2) + index] = row.position;
    }
    kernels.gatherRows(count, width, embeddingRows, at.tokens, at.x);
    for (let layer = 0; layer < layers; layer++) {
      const name = `layer${layer}` as const;
      for (const [index, row] of rows.entries()) words[(at.caches >> 2) + index] = cacheOf(row.slot, layer);
      kernels.rmsNorm(count, width, at.x, address(`${name}.attentionNorm`), at.normed, 0);
      product(count, width, 3 * width, at.normed, `${name}.queryKeyValue`, at.wide);
      kernels.rope(count, 2 * heads, headDim, at.wide, 3 * width, at.positions, table, 1);
      kernels.storeKeysValues(count, width, at.wide, at.caches, at.positions);
      kernels.attendCached(count, heads, headDim, at.wide, at.caches, at.positions, at.weights, at.attended);
      product(count, width, width, at.attended, `${name}.attentionOutput`, at.normed);
      kernels.addInto(count * width, at.normed, at.x);
      kernels.rmsNorm(count, width, at.x, address(`${name}.feedForwardNorm`), at.normed, 0);
      product(count, width, 2 * feedForward, at.normed, `${name}.gateUp`, at.wide);
      kernels.gatedSilu(count, feedForward, at.wide, at.hidden);
      product(count, feedForward, width, at.hidden, `${name}.down`, at.normed);
      kernels.addInto(count * width, at.normed, at.x);
    }
    if (wanted.length === 0) return [];
    for (const [index, row] of wanted.entries()) words[(at.tokens >> 2) + index] = row;
    kernels.gatherRows(wanted.length, width, at.x, at.tokens, at.attended);
    kernels.rmsNorm(wanted.length, width, at.attended, address("outputNorm"), at.normed, 0);
    product(wanted.length, width, vocabulary, at.normed, "embedding", at.logits);
    return wanted.map((_, index) => new Float32Array(memory.buffer, at.logits + index * vocabulary * 4, vocabulary));
  }

  function product(
    rows: number,
    inputs: number,
    outputs: number,
    input: number,
    name: ParameterName,
    output: number,
  ): void {
    if (rows === 1) {
      kernels.multiplyRow(inputs, outputs, input, address(name), output);
      return;
    }
    kernels.packA(rows, inputs, input, inputs, 1, at.packed);
    kernels.multiply(rows, inputs, outputs, at.packed, address(name), output, outputs, false);
  }

  function copyPrefix(from: number, to: number, count: number): void {
    if (from === to || count === 0) return;
    for (let layer = 0; layer < layers; layer++) {
      const start = cacheOf(from, layer) >> 2;
      floats.copyWithin(cacheOf(to, layer) >> 2, start, start + count * 2 * width);
    }
  }

  function probabilities(logits: Float32Array, temperature: number): Float32Array {
    const result = floats.subarray(at.scratch >> 2, (at.scratch >> 2) + vocabulary);
    result.set(logits);
    if (temperature !== 1) for (let i = 0; i < vocabulary; i++) result[i] = (result[i] as number) / temperature;
    kernels.softmax(vocabulary, at.scratch);
    return result;
  }

  function logPartition(logits: Float32Array): number {
    floats.set(logits, at.scratch >> 2);
    return kernels.softmax(vocabulary, at.scratch);
  }

  function cacheOf(slot: number, layer: number): number {
    return caches + (slot * layers + layer) * cacheFloats * 4;
  }

  function address(name: ParameterName): number {
    const found = addressByName.get(name);
    if (found === undefined) throw new Error(`the model has no parameter ${name}`);
    return found;
  }
}
