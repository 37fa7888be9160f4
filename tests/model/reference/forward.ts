import type { Model } from "../../../model/model-file.ts";
import { type ParameterName, parametersOf } from "../../../model/shape.ts";

/**
 * The same model in plain JavaScript, double precision, one sequence, without a cache: slow and obvious. The compiled
 * kernels must agree with it. Returns the logits after each token.
 */
export function referenceLogits(model: Model, tokens: readonly number[]): readonly Float64Array[] {
  const { width, heads, layers, feedForward, vocabulary, ropeBase } = model.shape;
  const headDim = width / heads;
  const parameterByName = new Map(parametersOf(model.shape).map((parameter) => [parameter.name, parameter]));
  const values = (name: ParameterName) => {
    const parameter = parameterByName.get(name);
    if (parameter === undefined) throw new Error(name);
    return model.parameters.subarray(parameter.offset, parameter.offset + parameter.rows * parameter.columns);
  };
  const x = tokens.map((token) => Float64Array.from(values("embedding").subarray(token * width, (token + 1) * width)));
  for (let layer = 0; layer < layers; layer++) {
    const name = `layer${layer}` as const;
    const qkv = x.map((row, position) => {
      const product = times(values(`${name}.queryKeyValue`), normed(row, values(`${name}.attentionNorm`)), 3 * width);
      for (let pair = 0; pair < width; pair++) {
        const angle = position * ropeBase ** ((-2 * (pair % (headDim / 2))) / headDim);
        const even = product[2 * pair] as number;
        const odd = product[2 * pair + 1] as number;
        product[2 * pair] = even * Math.cos(angle) - odd * Math.sin(angle);
        product[2 * pair + 1] = even * Math.sin(angle) + odd * Math.cos(angle);
      }
      return product;
    });
    for (const [position, row] of x.entries()) {
      const attended = new Float64Array(width);
      for (let head = 0; head < heads; head++) {
        const part = (at: number, which: number) => {
          const start = which * width + head * headDim;
          return (qkv[at] ?? new Float64Array()).subarray(start, start + headDim);
        };
        const weights = Array.from({ length: position + 1 }, (_, at) =>
          Math.exp(dot(part(position, 0), part(at, 1)) / Math.sqrt(headDim)),
        );
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        for (const [at, weight] of weights.entries())
          for (let i = 0; i < headDim; i++)
            attended[head * headDim + i] =
              (attended[head * headDim + i] as number) + (weight / total) * (part(at, 2)[i] as number);
      }
      add(row, times(values(`${name}.attentionOutput`), attended, width));
      const gateUp = times(values(`${name}.gateUp`), normed(row, values(`${name}.feedForwardNorm`)), 2 * feedForward);
      const hidden = Float64Array.from({ length: feedForward }, (_, i) => {
        const gate = gateUp[i] as number;
        return (gate / (1 + Math.exp(-gate))) * (gateUp[feedForward + i] as number);
      });
      add(row, times(values(`${name}.down`), hidden, width));
    }
  }
  return x.map((row) => times(values("embedding"), normed(row, values("outputNorm")), vocabulary));
}

function times(matrix: Float32Array, vector: Float64Array, rows: number): Float64Array {
  return Float64Array.from({ length: rows }, (_, row) =>
    dot(matrix.subarray(row * vector.length, (row + 1) * vector.length), vector),
  );
}

function normed(row: Float64Array, gain: Float32Array): Float64Array {
  const scale = 1 / Math.sqrt(dot(row, row) / row.length + 1e-5);
  return row.map((value, index) => value * scale * (gain[index] as number));
}

function dot(left: Float32Array | Float64Array, right: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < right.length; i++) sum += (left[i] as number) * (right[i] as number);
  return sum;
}

function add(target: Float64Array, values: Float64Array): void {
  for (let i = 0; i < target.length; i++) target[i] = (target[i] as number) + (values[i] as number);
}
