// Entry point of inference.wasm: what engine.ts calls. No threads: it also loads where there is no shared memory.
import { attend } from "./layers";
export { multiply, multiplyRow, packA, packB } from "./matmul";
export { addInto, gatedSilu, gatherRows, rmsNorm, rope, ropeTable, softmax } from "./layers";

/**
 * Attention of one token per row over its own sequence's cache. qkv rows hold q, k and v of d floats each. The row's own
 * key and value are written to the cache first by `storeKeysValues`. A cache holds, for each position, d floats of keys
 * and d floats of values; caches and positions are given per row (u32 address, i32).
 */
export function attendCached(rows: i32, heads: i32, headDim: i32, qkv: usize, caches: usize, positions: usize, weights: usize, out: usize): void {
  const d = heads * headDim;
  for (let row = 0; row < rows; row++) {
    const cache = <usize>load<u32>(caches + ((<usize>row) << 2));
    const count = load<i32>(positions + ((<usize>row) << 2)) + 1;
    for (let head = 0; head < heads; head++) {
      const offset = (<usize>(head * headDim)) << 2;
      const q = qkv + ((<usize>(row * 3 * d)) << 2) + offset;
      const o = out + ((<usize>(row * d)) << 2) + offset;
      attend(count, headDim, q, cache + offset, cache + ((<usize>d) << 2) + offset, 2 * d, weights, o);
    }
  }
}

/** Copies the k and v parts of each qkv row to its position in its cache. */
export function storeKeysValues(rows: i32, d: i32, qkv: usize, caches: usize, positions: usize): void {
  const bytes = (<usize>(2 * d)) << 2;
  for (let row = 0; row < rows; row++) {
    const cache = <usize>load<u32>(caches + ((<usize>row) << 2));
    const position = <usize>load<i32>(positions + ((<usize>row) << 2));
    memory.copy(cache + position * bytes, qkv + ((<usize>(row * 3 * d + d)) << 2), bytes);
  }
}
