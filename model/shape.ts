/** The dimensions of a llama model: RMSNorm, RoPE, SwiGLU, tied embeddings, no biases, as many key heads as query heads. */
export type ModelShape = {
  /** Rows of the embedding matrix, a multiple of 8. */
  readonly vocabulary: number;
  /** Width of the residual stream, a multiple of 8. */
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  /** Width of the feed-forward block, a multiple of 8. */
  readonly feedForward: number;
  /** Longest sequence, in tokens. */
  readonly context: number;
  readonly ropeBase: number;
};

export type ParameterName =
  | "embedding"
  | "outputNorm"
  | `layer${number}.${"attentionNorm" | "queryKeyValue" | "attentionOutput" | "feedForwardNorm" | "gateUp" | "down"}`;

/** One matrix (rows = outputs) or gain vector (rows = 1). */
export type Parameter = {
  readonly name: ParameterName;
  readonly rows: number;
  readonly columns: number;
  /** Where it starts, in floats. */
  readonly offset: number;
};

/**
 * All parameters in the order in which they lie in one array of floats. Query, key and value matrices lie one after the
 * other and are used as one; so do gate and up.
 */
export function parametersOf(shape: ModelShape): readonly Parameter[] {
  const { vocabulary, width, layers, feedForward } = shape;
  const parameters: Parameter[] = [];
  let offset = 0;
  const add = (name: ParameterName, rows: number, columns: number) => {
    parameters.push({ name, rows, columns, offset });
    offset += rows * columns;
  };
  add("embedding", vocabulary, width);
  for (let layer = 0; layer < layers; layer++) {
    add(`layer${layer}.attentionNorm`, 1, width);
    add(`layer${layer}.queryKeyValue`, 3 * width, width);
    add(`layer${layer}.attentionOutput`, width, width);
    add(`layer${layer}.feedForwardNorm`, 1, width);
    add(`layer${layer}.gateUp`, 2 * feedForward, width);
    add(`layer${layer}.down`, width, feedForward);
  }
  add("outputNorm", 1, width);
  return parameters;
}

/** How many floats all parameters take. */
export function parameterCount(shape: ModelShape): number {
  const last = parametersOf(shape).at(-1);
  return last === undefined ? 0 : last.offset + last.rows * last.columns;
}
