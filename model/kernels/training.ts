// Entry point of training.wasm: forward pieces, their gradients, and the optimiser, on a memory shared by all workers.
import { attend } from "./layers";
import { addScaled, dot, exponential, horizontalSum } from "./math";
export { multiply, packA, packB } from "./matmul";
export { addInto, gatedSilu, gatherRows, rmsNorm, rope, ropeTable, softmax } from "./layers";

/** Probabilities kept per (row, head) for the backward pass: the longest row of the corpus. */
const MAX_ROW_TOKENS: i32 = 128;

/**
 * Causal attention over concatenated sequences. positions[row] counts from the start of the row's own sequence, so the
 * keys of a row are the positions[row] + 1 rows that end with it. weights: rows x heads x MAX_ROW_TOKENS.
 */
export function attention(rows: i32, heads: i32, headDim: i32, qkv: usize, positions: usize, weights: usize, out: usize): void {
  const d = heads * headDim;
  for (let row = 0; row < rows; row++) {
    const position = load<i32>(positions + ((<usize>row) << 2));
    const first = row - position;
    for (let head = 0; head < heads; head++) {
      const offset = (<usize>(head * headDim)) << 2;
      const q = qkv + ((<usize>(row * 3 * d)) << 2) + offset;
      const k = qkv + ((<usize>(first * 3 * d + d)) << 2) + offset;
      const v = k + ((<usize>d) << 2);
      const w = weights + ((<usize>((row * heads + head) * MAX_ROW_TOKENS)) << 2);
      attend(position + 1, headDim, q, k, v, 3 * d, w, out + ((<usize>(row * d)) << 2) + offset);
    }
  }
}

/** dqkv (zeroed by this function) from dout, with the probabilities that `attention` kept. scratch: MAX_ROW_TOKENS floats. */
export function attentionGradient(rows: i32, heads: i32, headDim: i32, qkv: usize, positions: usize, weights: usize, dout: usize, dqkv: usize, scratch: usize): void {
  const d = heads * headDim;
  const bytes = (<usize>(3 * d)) << 2;
  const scale: f32 = <f32>1 / Mathf.sqrt(<f32>headDim);
  memory.fill(dqkv, 0, (<usize>rows) * bytes);
  for (let row = 0; row < rows; row++) {
    const position = load<i32>(positions + ((<usize>row) << 2));
    const first = row - position;
    for (let head = 0; head < heads; head++) {
      const offset = (<usize>(head * headDim)) << 2;
      const w = weights + ((<usize>((row * heads + head) * MAX_ROW_TOKENS)) << 2);
      const go = dout + ((<usize>(row * d)) << 2) + offset;
      const kOffset = (<usize>first) * bytes + ((<usize>d) << 2) + offset;
      const vOffset = kOffset + ((<usize>d) << 2);
      const qOffset = (<usize>row) * bytes + offset;
      let mean: f32 = 0;
      for (let i = 0; i <= position; i++) {
        const p = load<f32>(w + ((<usize>i) << 2));
        const step = (<usize>i) * bytes;
        const g = dot(headDim, go, qkv + vOffset + step);
        store<f32>(scratch + ((<usize>i) << 2), g);
        mean += p * g;
        addScaled(headDim, p, go, dqkv + vOffset + step);
      }
      for (let i = 0; i <= position; i++) {
        const p = load<f32>(w + ((<usize>i) << 2));
        const step = (<usize>i) * bytes;
        const g = p * (load<f32>(scratch + ((<usize>i) << 2)) - mean) * scale;
        addScaled(headDim, g, qkv + kOffset + step, dqkv + qOffset);
        addScaled(headDim, g, qkv + qOffset, dqkv + kOffset + step);
      }
    }
  }
}

/** dx += gradient of rmsNorm; dgain += as well. */
export function rmsNormGradient(rows: i32, d: i32, x: usize, gain: usize, inverse: usize, dy: usize, dx: usize, dgain: usize): void {
  const bytes = (<usize>d) << 2;
  for (let row = 0; row < rows; row++) {
    const xr = x + (<usize>row) * bytes;
    const gr = dy + (<usize>row) * bytes;
    const out = dx + (<usize>row) * bytes;
    const s = load<f32>(inverse + ((<usize>row) << 2));
    const sv = f32x4.splat(s);
    let sum = f32x4.splat(0);
    for (let i: usize = 0; i < bytes; i += 16) {
      const xhat = f32x4.mul(v128.load(xr + i), sv);
      const g = v128.load(gr + i);
      v128.store(dgain + i, f32x4.add(v128.load(dgain + i), f32x4.mul(g, xhat)));
      sum = f32x4.add(sum, f32x4.mul(f32x4.mul(g, v128.load(gain + i)), xhat));
    }
    const mean = f32x4.splat(horizontalSum(sum) / <f32>d);
    for (let i: usize = 0; i < bytes; i += 16) {
      const xhat = f32x4.mul(v128.load(xr + i), sv);
      const g = f32x4.mul(v128.load(gr + i), v128.load(gain + i));
      v128.store(out + i, f32x4.add(v128.load(out + i), f32x4.mul(sv, f32x4.sub(g, f32x4.mul(xhat, mean)))));
    }
  }
}

/** Gradient of gatedSilu: dgateUp from dh. */
export function gatedSiluGradient(rows: i32, f: i32, gateUp: usize, dh: usize, dgateUp: usize): void {
  const bytes = (<usize>f) << 2;
  const one = f32x4.splat(1);
  for (let row = 0; row < rows; row++) {
    const gate = gateUp + (<usize>row) * 2 * bytes;
    const out = dgateUp + (<usize>row) * 2 * bytes;
    const g = dh + (<usize>row) * bytes;
    for (let i: usize = 0; i < bytes; i += 16) {
      const x = v128.load(gate + i);
      const up = v128.load(gate + bytes + i);
      const dy = v128.load(g + i);
      const sigmoid = f32x4.div(one, f32x4.add(one, exponential(f32x4.neg(x))));
      const silu = f32x4.mul(x, sigmoid);
      const slope = f32x4.add(sigmoid, f32x4.mul(silu, f32x4.sub(one, sigmoid)));
      v128.store(out + i, f32x4.mul(f32x4.mul(dy, up), slope));
      v128.store(out + bytes + i, f32x4.mul(dy, silu));
    }
  }
}

/** table[tokens[row]] += x[row]. */
export function scatterAddRows(rows: i32, d: i32, table: usize, tokens: usize, x: usize): void {
  for (let row = 0; row < rows; row++) {
    const target = table + ((<usize>(load<i32>(tokens + ((<usize>row) << 2)) * d)) << 2);
    addScaled(d, 1, x + ((<usize>(row * d)) << 2), target);
  }
}

/** The sum over i of x[i]^2, in f64; n is a multiple of 4. */
export function squaredNorm(n: i32, x: usize): f64 {
  let total: f64 = 0;
  for (let i: usize = 0, end = (<usize>n) << 2; i < end; i += 4) {
    const value = <f64>load<f32>(x + i);
    total += value * value;
  }
  return total;
}

/** AdamW (Loshchilov and Hutter 2019) on n floats; n is a multiple of 4. correction1/2 are 1 / (1 - beta^t). */
export function adamw(n: i32, parameters: usize, gradients: usize, first: usize, second: usize, rate: f32, beta1: f32, beta2: f32, correction1: f32, correction2: f32, decay: f32, gradientScale: f32): void {
  const b1 = f32x4.splat(beta1);
  const b2 = f32x4.splat(beta2);
  const a1 = f32x4.splat(<f32>1 - beta1);
  const a2 = f32x4.splat(<f32>1 - beta2);
  const c1 = f32x4.splat(correction1);
  const c2 = f32x4.splat(correction2);
  const step = f32x4.splat(rate);
  const keep = f32x4.splat(<f32>1 - rate * decay);
  const tiny = f32x4.splat(<f32>1e-8);
  const scale = f32x4.splat(gradientScale);
  for (let i: usize = 0, end = (<usize>n) << 2; i < end; i += 16) {
    const g = f32x4.mul(v128.load(gradients + i), scale);
    const m = f32x4.add(f32x4.mul(b1, v128.load(first + i)), f32x4.mul(a1, g));
    const v = f32x4.add(f32x4.mul(b2, v128.load(second + i)), f32x4.mul(a2, f32x4.mul(g, g)));
    v128.store(first + i, m);
    v128.store(second + i, v);
    const update = f32x4.div(f32x4.mul(m, c1), f32x4.add(f32x4.sqrt(f32x4.mul(v, c2)), tiny));
    v128.store(parameters + i, f32x4.sub(f32x4.mul(v128.load(parameters + i), keep), f32x4.mul(step, update)));
  }
}

/** cos(pi x), for the learning-rate schedule. */
export function cosinePi(x: f64): f64 {
  return NativeMath.cos(NativeMath.PI * x);
}
