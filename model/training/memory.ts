import { parameterCount, parametersOf } from "../shape.ts";
import type { TrainingPlan } from "./plan.ts";

/** Longest row of the corpus; MAX_ROW_TOKENS of kernels/training.ts. */
export const MAX_ROW_TOKENS = 128;
/** Parameters are reduced and updated in this many slices: a fixed number, whatever the number of workers. */
export const SLICES = 16;
/** Statistics per shard, in f64: sums of loss and weight, then loss, count and hits of the judge's verdicts. */
export const SHARD_STATISTICS = 5;

const PAGE_BYTES = 65_536;

/** Byte addresses in the one memory that all workers share. */
export type MemoryMap = {
  readonly parameters: number;
  readonly parameterCount: number;
  /** One gradient per shard. */
  readonly gradients: readonly number[];
  readonly firstMoments: number;
  readonly secondMoments: number;
  readonly ropeTable: number;
  /** Both packed forms of each matrix, by its offset in the parameters: for the forward and for the backward product. */
  readonly packedForward: number;
  readonly packedBackward: number;
  /** f64: SHARD_STATISTICS per shard, then one squared norm per slice. */
  readonly statistics: number;
  /** One private area per worker. */
  readonly scratch: readonly number[];
  readonly pages: number;
};

export function mapMemory(plan: TrainingPlan, workers: number): MemoryMap {
  const { shape } = plan;
  const count = parameterCount(shape);
  // The first page holds the static tables of the compiled module.
  let next = PAGE_BYTES;
  const take = (bytes: number) => {
    const address = next;
    next += Math.ceil(bytes / 64) * 64;
    return address;
  };
  const map = {
    parameters: take(count * 4),
    parameterCount: count,
    gradients: Array.from({ length: plan.shards }, () => take(count * 4)),
    firstMoments: take(count * 4),
    secondMoments: take(count * 4),
    ropeTable: take(MAX_ROW_TOKENS * (shape.width / shape.heads) * 4),
    packedForward: take(count * 4),
    packedBackward: take(count * 4),
    statistics: take((plan.shards * SHARD_STATISTICS + SLICES) * 8),
    scratch: Array.from({ length: workers }, () => take(mapScratch(plan, 0).bytes)),
  };
  return { ...map, pages: Math.ceil(next / PAGE_BYTES) };
}

export type LayerScratch = {
  readonly input: number;
  readonly attentionNormed: number;
  readonly attentionInverse: number;
  readonly queryKeyValue: number;
  readonly attentionWeights: number;
  readonly attended: number;
  readonly middle: number;
  readonly feedForwardNormed: number;
  readonly feedForwardInverse: number;
  readonly gateUp: number;
  readonly hidden: number;
};

/** What one worker keeps between its forward and its backward pass, for T = shardTokens rows. */
export type Scratch = {
  readonly tokens: number;
  readonly positions: number;
  readonly targetIndices: number;
  readonly layers: readonly LayerScratch[];
  readonly output: number;
  readonly selected: number;
  readonly selectedNormed: number;
  readonly selectedInverse: number;
  readonly logits: number;
  readonly gradient: number;
  readonly gradientWide: number;
  readonly gradientNormed: number;
  readonly gradientHidden: number;
  readonly rowWeights: number;
  readonly packedA: number;
  readonly packedB: number;
  readonly bytes: number;
};

export function mapScratch(plan: TrainingPlan, base: number): Scratch {
  const { width, feedForward, heads, layers, vocabulary } = plan.shape;
  const rows = plan.shardTokens;
  const widest = Math.max(3 * width, 2 * feedForward, vocabulary);
  let next = base;
  const take = (floats: number) => {
    const address = next;
    next += Math.ceil((floats * 4) / 64) * 64;
    return address;
  };
  const scratch = {
    tokens: take(rows),
    positions: take(rows),
    targetIndices: take(rows),
    layers: Array.from({ length: layers }, () => ({
      input: take(rows * width),
      attentionNormed: take(rows * width),
      attentionInverse: take(rows),
      queryKeyValue: take(rows * 3 * width),
      attentionWeights: take(rows * heads * MAX_ROW_TOKENS),
      attended: take(rows * width),
      middle: take(rows * width),
      feedForwardNormed: take(rows * width),
      feedForwardInverse: take(rows),
      gateUp: take(rows * 2 * feedForward),
      hidden: take(rows * feedForward),
    })),
    output: take(rows * width),
    selected: take(rows * width),
    selectedNormed: take(rows * width),
    selectedInverse: take(rows),
    logits: take(rows * vocabulary),
    gradient: take(rows * width),
    gradientWide: take(rows * widest),
    gradientNormed: take(rows * width),
    gradientHidden: take(rows * feedForward),
    rowWeights: take(MAX_ROW_TOKENS),
    packedA: take((rows + 4) * widest),
    packedB: take(rows * widest),
  };
  return { ...scratch, bytes: next - base };
}

/** The matrices that are packed after each update (gain vectors are not). */
export function matricesOf(plan: TrainingPlan) {
  return parametersOf(plan.shape).filter((parameter) => parameter.rows > 1);
}
