import { createRandom } from "../random.ts";
import { type ModelShape, parameterCount, parametersOf } from "../shape.ts";

const EMBEDDING_DEVIATION = 0.05;
const MATRIX_DEVIATION = 0.06;

/**
 * Seeded starting weights: gains are 1, matrices are normal, and those that write into the residual stream are smaller
 * by sqrt(2 layers). The normal deviates are sums of twelve uniform ones: only exact operations, the same bits everywhere.
 */
export function initialParameters(shape: ModelShape, seed: number): Float32Array {
  const values = new Float32Array(parameterCount(shape));
  const random = createRandom(seed, 0x1417);
  for (const { name, rows, columns, offset } of parametersOf(shape)) {
    const isOutput = name.endsWith("attentionOutput") || name.endsWith("down");
    const matrixDeviation = isOutput ? MATRIX_DEVIATION / Math.sqrt(2 * shape.layers) : MATRIX_DEVIATION;
    const deviation = name === "embedding" ? EMBEDDING_DEVIATION : matrixDeviation;
    for (let i = offset; i < offset + rows * columns; i++) {
      let sum = -6;
      for (let k = 0; k < 12; k++) sum += random.uniform();
      values[i] = rows === 1 ? 1 : sum * deviation;
    }
  }
  return values;
}
