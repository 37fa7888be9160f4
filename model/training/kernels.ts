import { readFileSync } from "node:fs";

/** Exports of training.wasm; addresses are bytes, sizes are floats. See kernels/*.ts for what each one promises. */
export type TrainingKernels = {
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
    accumulate: boolean | number,
  ): void;
  rmsNorm(rows: number, d: number, input: number, gain: number, output: number, inverse: number): void;
  rmsNormGradient(
    rows: number,
    d: number,
    x: number,
    gain: number,
    inverse: number,
    dy: number,
    dx: number,
    dgain: number,
  ): void;
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
  attention(
    rows: number,
    heads: number,
    headDim: number,
    qkv: number,
    positions: number,
    weights: number,
    out: number,
  ): void;
  attentionGradient(
    rows: number,
    heads: number,
    headDim: number,
    qkv: number,
    positions: number,
    weights: number,
    dout: number,
    dqkv: number,
    scratch: number,
  ): void;
  gatedSilu(rows: number, f: number, gateUp: number, h: number): void;
  gatedSiluGradient(rows: number, f: number, gateUp: number, dh: number, dgateUp: number): void;
  gatherRows(rows: number, d: number, table: number, tokens: number, out: number): void;
  scatterAddRows(rows: number, d: number, table: number, tokens: number, x: number): void;
  addInto(n: number, x: number, y: number): void;
  softmax(n: number, x: number): number;
  squaredNorm(n: number, x: number): number;
  adamw(
    n: number,
    parameters: number,
    gradients: number,
    first: number,
    second: number,
    rate: number,
    beta1: number,
    beta2: number,
    correction1: number,
    correction2: number,
    decay: number,
    gradientScale: number,
  ): void;
  cosinePi(x: number): number;
};

/** A new instance of the compiled module on the given memory. */
export function loadTrainingKernels(memory: WebAssembly.Memory): TrainingKernels {
  const bytes = readFileSync(new URL("../kernels/training.wasm", import.meta.url));
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  // The one cast at the border to WebAssembly: the module is compiled from kernels/training.ts, and a test rebuilds it.
  return instance.exports as unknown as TrainingKernels;
}

export function createSharedMemory(pages: number): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: pages, maximum: 16_384, shared: true });
}
