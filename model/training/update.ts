import type { TrainingKernels } from "./kernels.ts";
import { type MemoryMap, matricesOf, SHARD_STATISTICS, SLICES } from "./memory.ts";
import { learningRate, type TrainingPlan } from "./plan.ts";

/** What the log shows of one step. */
export type StepReport = {
  readonly step: number;
  /** Weighted mean loss of all supervised tokens, in nats. */
  readonly loss: number;
  /** Mean loss of the judge's verdicts, in nats, and the share that was right. */
  readonly judgeLoss: number;
  readonly judgeAccuracy: number;
  readonly gradientNorm: number;
  readonly rate: number;
};

/** The three phases after the shards. Each works on slices that can be divided among workers in any way. */
export type Update = {
  /** Adds the shards' gradients of one slice, in shard order, into the first one. */
  reduce(slice: number): void;
  /** One AdamW step on one slice. */
  apply(slice: number, step: number): void;
  /** Packs one matrix for the products of the next step. */
  pack(matrix: number): void;
  report(step: number): StepReport;
  readonly matrices: number;
};

export function createUpdate(
  plan: TrainingPlan,
  kernels: TrainingKernels,
  memory: WebAssembly.Memory,
  map: MemoryMap,
): Update {
  const statistics = new Float64Array(memory.buffer, map.statistics, plan.shards * SHARD_STATISTICS + SLICES);
  const normsStart = plan.shards * SHARD_STATISTICS;
  const sliceFloats = Math.ceil(map.parameterCount / SLICES / 4) * 4;
  const target = map.gradients[0] ?? 0;
  const matrices = matricesOf(plan);

  return { reduce, apply, pack, report, matrices: matrices.length };

  function bounds(slice: number) {
    const start = slice * sliceFloats;
    return { offset: start * 4, count: Math.min(map.parameterCount, start + sliceFloats) - start };
  }

  function reduce(slice: number): void {
    const { offset, count } = bounds(slice);
    for (const gradient of map.gradients.slice(1)) kernels.addInto(count, gradient + offset, target + offset);
    statistics[normsStart + slice] = kernels.squaredNorm(count, target + offset);
  }

  function apply(slice: number, step: number): void {
    const { offset, count } = bounds(slice);
    const { weight, norm } = totals();
    const scale = Math.min(1, plan.clipNorm / (norm + 1e-12)) / weight;
    kernels.adamw(
      count,
      map.parameters + offset,
      target + offset,
      map.firstMoments + offset,
      map.secondMoments + offset,
      learningRate(plan, step, kernels.cosinePi),
      plan.beta1,
      plan.beta2,
      1 / (1 - power(plan.beta1, step + 1)),
      1 / (1 - power(plan.beta2, step + 1)),
      plan.weightDecay,
      scale,
    );
  }

  function pack(matrix: number): void {
    const parameter = matrices[matrix];
    if (parameter === undefined) return;
    const { rows, columns, offset } = parameter;
    const source = map.parameters + offset * 4;
    kernels.packB(columns, rows, source, 1, columns, map.packedForward + offset * 4);
    kernels.packB(rows, columns, source, columns, 1, map.packedBackward + offset * 4);
  }

  function totals() {
    let loss = 0;
    let weight = 0;
    let judgeLoss = 0;
    let verdicts = 0;
    let hits = 0;
    let squared = 0;
    for (let shard = 0; shard < plan.shards; shard++) {
      const at = shard * SHARD_STATISTICS;
      loss += statistics[at] as number;
      weight += statistics[at + 1] as number;
      judgeLoss += statistics[at + 2] as number;
      verdicts += statistics[at + 3] as number;
      hits += statistics[at + 4] as number;
    }
    for (let slice = 0; slice < SLICES; slice++) squared += statistics[normsStart + slice] as number;
    return { loss, weight, judgeLoss, verdicts, hits, norm: Math.sqrt(squared) / weight };
  }

  function report(step: number): StepReport {
    const { loss, weight, judgeLoss, verdicts, hits, norm } = totals();
    return {
      step,
      loss: loss / weight,
      judgeLoss: judgeLoss / verdicts,
      judgeAccuracy: hits / verdicts,
      gradientNorm: norm,
      rate: learningRate(plan, step, kernels.cosinePi),
    };
  }
}

/** base^exponent by repeated multiplication: exact operations only, unlike Math.pow. */
function power(base: number, exponent: number): number {
  let result = 1;
  for (let factor = base, rest = exponent; rest > 0; rest = Math.floor(rest / 2), factor *= factor) {
    if (rest % 2 === 1) result *= factor;
  }
  return result;
}
