import { expect, test } from "vitest";
import { createRandom } from "../../model/random.ts";
import { parametersOf } from "../../model/shape.ts";
import type { Batch } from "../../model/training/batch.ts";
import { initialParameters } from "../../model/training/initialise.ts";
import { createSharedMemory, loadTrainingKernels } from "../../model/training/kernels.ts";
import { MAX_ROW_TOKENS, mapMemory } from "../../model/training/memory.ts";
import type { TrainingPlan } from "../../model/training/plan.ts";
import { createShardRunner } from "../../model/training/shard.ts";
import { createUpdate } from "../../model/training/update.ts";

const plan: TrainingPlan = {
  shape: { vocabulary: 16, width: 16, layers: 2, heads: 2, feedForward: 24, context: 64, ropeBase: 10_000 },
  seed: 5,
  steps: 1,
  shards: 1,
  shardTokens: 32,
  warmupSteps: 1,
  peakRate: 1e-3,
  finalRate: 1e-3,
  cosineSteps: 1,
  cooldownFromStep: 1,
  weightDecay: 0,
  beta1: 0.9,
  beta2: 0.99,
  clipNorm: 1,
  judgeWeight: 3,
  mixes: [],
};
const batch: Batch = {
  tokens: [1, 5, 3, 9, 2, 4, 1, 7, 7, 0, 15, 3, 2],
  positions: [0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5, 6],
  targets: [
    { index: 2, token: 9, weight: 1, type: "solve" },
    { index: 4, token: 4, weight: 1, type: "solve" },
    { index: 5, token: 1, weight: 3, type: "verdict" },
    { index: 9, token: 15, weight: 1, type: "solve" },
    { index: 12, token: 8, weight: 3, type: "verdict" },
  ],
};

test("the gradient of every parameter equals finite differences of the loss", () => {
  const map = mapMemory(plan, 1);
  const memory = createSharedMemory(map.pages);
  const kernels = loadTrainingKernels(memory);
  kernels.ropeTable(MAX_ROW_TOKENS, 8, plan.shape.ropeBase, map.ropeTable);
  const update = createUpdate(plan, kernels, memory, map);
  const runShard = createShardRunner(plan, kernels, memory, map, 0);
  const parameters = new Float32Array(memory.buffer, map.parameters, map.parameterCount);
  const gradient = new Float32Array(memory.buffer, map.gradients[0], map.parameterCount);
  const statistics = new Float64Array(memory.buffer, map.statistics, 1);
  // Larger than a real start, so that no part of the gradient is lost in rounding.
  parameters.set(initialParameters(plan.shape, plan.seed).map((value) => value * 4));
  const start = Float32Array.from(parameters);
  const lossAt = (values: Float32Array): number => {
    parameters.set(values);
    for (let matrix = 0; matrix < update.matrices; matrix++) update.pack(matrix);
    runShard(0, batch);
    return statistics[0] as number;
  };
  lossAt(start);
  const analytic = Float32Array.from(gradient);
  const random = createRandom(11);

  for (const { name, rows, columns, offset } of parametersOf(plan.shape)) {
    const isInside = (index: number) => index >= offset && index < offset + rows * columns;
    const direction = start.map((_, index) => (isInside(index) ? random.uniform() - 0.5 : 0));
    const length = 4e-3;
    const ahead = lossAt(start.map((value, index) => value + length * (direction[index] as number)));
    const behind = lossAt(start.map((value, index) => value - length * (direction[index] as number)));
    const slope = analytic.reduce((sum, value, index) => sum + value * (direction[index] as number), 0);
    const norm = Math.hypot(...analytic.subarray(offset, offset + rows * columns));
    expect(norm, name).toBeGreaterThan(0);
    expect(Math.abs((ahead - behind) / (2 * length) - slope) / norm, name).toBeLessThan(5e-3);
  }
});
