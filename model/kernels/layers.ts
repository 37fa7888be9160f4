// What stands between the matrix products, forward only: shared by inference and training.
import { addScaled, dot, exponential, exponentialOf, horizontalSum } from "./math";

const EPSILON: f32 = 1e-5;

/** output[row] = input[row] / rms(input[row]) * gain; the inverse rms goes to `inverse` (one float per row) when it is not 0. */
export function rmsNorm(rows: i32, d: i32, input: usize, gain: usize, output: usize, inverse: usize): void {
  const bytes = (<usize>d) << 2;
  for (let row = 0; row < rows; row++) {
    const x = input + (<usize>row) * bytes;
    const y = output + (<usize>row) * bytes;
    const scale: f32 = <f32>1 / Mathf.sqrt(dot(d, x, x) / <f32>d + EPSILON);
    if (inverse != 0) store<f32>(inverse + ((<usize>row) << 2), scale);
    const s = f32x4.splat(scale);
    for (let i: usize = 0; i < bytes; i += 16) {
      v128.store(y + i, f32x4.mul(f32x4.mul(v128.load(x + i), s), v128.load(gain + i)));
    }
  }
}

/** Cosines and sines of position * base^(-2i/headDim): for each position headDim/2 cosines, then headDim/2 sines. */
export function ropeTable(positions: i32, headDim: i32, base: f64, table: usize): void {
  const half = headDim >> 1;
  for (let position = 0; position < positions; position++) {
    const row = table + ((<usize>(position * headDim)) << 2);
    for (let i = 0; i < half; i++) {
      const angle = <f64>position * NativeMath.pow(base, -2.0 * <f64>i / <f64>headDim);
      store<f32>(row + ((<usize>i) << 2), <f32>NativeMath.cos(angle));
      store<f32>(row + ((<usize>(i + half)) << 2), <f32>NativeMath.sin(angle));
    }
  }
}

/**
 * Rotates the pairs (2i, 2i+1) of each head, llama.cpp's order of a llama model, in place. `direction` is 1, or -1 for
 * the inverse rotation (the gradient). Rows are `stride` floats apart; positions are i32.
 */
export function rope(rows: i32, heads: i32, headDim: i32, x: usize, stride: i32, positions: usize, table: usize, direction: f32): void {
  const half = headDim >> 1;
  for (let row = 0; row < rows; row++) {
    const angles = table + ((<usize>(load<i32>(positions + ((<usize>row) << 2)) * headDim)) << 2);
    let cell = x + ((<usize>(row * stride)) << 2);
    for (let head = 0; head < heads; head++) {
      for (let i = 0; i < half; i++) {
        const cosine = load<f32>(angles + ((<usize>i) << 2));
        const sine = direction * load<f32>(angles + ((<usize>(i + half)) << 2));
        const even = load<f32>(cell);
        const odd = load<f32>(cell, 4);
        store<f32>(cell, even * cosine - odd * sine);
        store<f32>(cell, even * sine + odd * cosine, 4);
        cell += 8;
      }
    }
  }
}

/** h = silu(gate) * up, where each input row holds f gates and then f ups. f is a multiple of 4. */
export function gatedSilu(rows: i32, f: i32, gateUp: usize, h: usize): void {
  const bytes = (<usize>f) << 2;
  const one = f32x4.splat(1);
  for (let row = 0; row < rows; row++) {
    const gate = gateUp + (<usize>row) * 2 * bytes;
    const out = h + (<usize>row) * bytes;
    for (let i: usize = 0; i < bytes; i += 16) {
      const g = v128.load(gate + i);
      const sigmoid = f32x4.div(one, f32x4.add(one, exponential(f32x4.neg(g))));
      v128.store(out + i, f32x4.mul(f32x4.mul(g, sigmoid), v128.load(gate + bytes + i)));
    }
  }
}

/**
 * One query against `count` keys and values of one head: out = softmax(q k / sqrt(headDim)) v.
 * Keys and values are `stride` floats apart; `weights` receives the `count` probabilities.
 */
@inline
export function attend(count: i32, headDim: i32, q: usize, k: usize, v: usize, stride: i32, weights: usize, out: usize): void {
  const bytes = (<usize>stride) << 2;
  const scale: f32 = <f32>1 / Mathf.sqrt(<f32>headDim);
  let largest: f32 = -Infinity;
  for (let i = 0; i < count; i++) {
    const score = dot(headDim, q, k + (<usize>i) * bytes) * scale;
    store<f32>(weights + ((<usize>i) << 2), score);
    largest = max<f32>(largest, score);
  }
  let total: f32 = 0;
  for (let i = 0; i < count; i++) {
    const cell = weights + ((<usize>i) << 2);
    const weight = exponentialOf(load<f32>(cell) - largest);
    store<f32>(cell, weight);
    total += weight;
  }
  const inverse: f32 = <f32>1 / total;
  for (let i: usize = 0; i < <usize>headDim; i += 4) v128.store(out + (i << 2), f32x4.splat(0));
  for (let i = 0; i < count; i++) {
    const cell = weights + ((<usize>i) << 2);
    const weight = load<f32>(cell) * inverse;
    store<f32>(cell, weight);
    addScaled(headDim, weight, v + (<usize>i) * bytes, out);
  }
}

/** out[row] = table[tokens[row]]; tokens are i32. */
export function gatherRows(rows: i32, d: i32, table: usize, tokens: usize, out: usize): void {
  const bytes = (<usize>d) << 2;
  for (let row = 0; row < rows; row++) {
    memory.copy(out + (<usize>row) * bytes, table + (<usize>load<i32>(tokens + ((<usize>row) << 2))) * bytes, bytes);
  }
}

/** y += x; n is a multiple of 4. */
export function addInto(n: i32, x: usize, y: usize): void {
  addScaled(n, 1, x, y);
}

/** Turns n logits into probabilities in place and returns the natural logarithm of the partition sum; n is a multiple of 4. */
export function softmax(n: i32, x: usize): f64 {
  let largest: f32 = -Infinity;
  for (let i: usize = 0, end = (<usize>n) << 2; i < end; i += 4) largest = max<f32>(largest, load<f32>(x + i));
  const shift = f32x4.splat(largest);
  let total = f32x4.splat(0);
  for (let i: usize = 0, end = (<usize>n) << 2; i < end; i += 16) {
    const e = exponential(f32x4.sub(v128.load(x + i), shift));
    v128.store(x + i, e);
    total = f32x4.add(total, e);
  }
  const sum = horizontalSum(total);
  const inverse = f32x4.splat(<f32>1 / sum);
  for (let i: usize = 0, end = (<usize>n) << 2; i < end; i += 16) v128.store(x + i, f32x4.mul(v128.load(x + i), inverse));
  return NativeMath.log(<f64>sum) + <f64>largest;
}
