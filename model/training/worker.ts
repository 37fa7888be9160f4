/**
 * One training worker. All workers run the same steps on one shared memory and meet at a barrier between the phases:
 * shards, reduction, update, packing. Who takes which shard is left to chance; the result does not depend on it.
 */
import { parentPort, workerData } from "node:worker_threads";
import { createRowSource } from "../corpus/source.ts";
import { createTokenizer } from "../tokenizer.ts";
import { createVocabulary } from "../vocabulary.ts";
import { drawBatch } from "./batch.ts";
import { loadTrainingKernels } from "./kernels.ts";
import { mapMemory, SLICES } from "./memory.ts";
import type { TrainingPlan } from "./plan.ts";
import { createShardRunner } from "./shard.ts";
import { createUpdate, type StepReport } from "./update.ts";

export type WorkerInput = {
  readonly plan: TrainingPlan;
  readonly memory: WebAssembly.Memory;
  readonly worker: number;
  readonly workers: number;
  readonly firstStep: number;
  readonly lastStep: number;
  readonly reportEverySteps: number;
  /** Four words: the next shard, workers waiting at the barrier, the barrier's generation, and reports answered. */
  readonly control: Int32Array;
};

/** Worker 0 sends one after every `reportEverySteps` steps and waits for an answer: the memory is quiet meanwhile. */
export type WorkerReport = { readonly report: StepReport };

const NEXT_SHARD = 0;
const WAITING = 1;
const GENERATION = 2;
const RESUME = 3;

const input = workerData as WorkerInput;
const { plan, memory, worker, workers, control } = input;
const map = mapMemory(plan, workers);
const kernels = loadTrainingKernels(memory);
const update = createUpdate(plan, kernels, memory, map);
const runShard = createShardRunner(plan, kernels, memory, map, worker);
const tokenizer = createTokenizer(createVocabulary());
const source = createRowSource();

each(update.matrices, update.pack);
barrier();
for (let step = input.firstStep; step < input.lastStep; step++) {
  for (;;) {
    const shard = Atomics.add(control, NEXT_SHARD, 1);
    if (shard >= plan.shards) break;
    runShard(shard, drawBatch(plan, tokenizer, source, step, shard));
  }
  barrier();
  if (worker === 0) Atomics.store(control, NEXT_SHARD, 0);
  each(SLICES, update.reduce);
  barrier();
  each(SLICES, (slice) => update.apply(slice, step));
  barrier();
  each(update.matrices, update.pack);
  const isLast = step + 1 === input.lastStep;
  if (worker === 0 && ((step + 1) % input.reportEverySteps === 0 || isLast)) {
    const resume = Atomics.load(control, RESUME);
    parentPort?.postMessage({ report: update.report(step) } satisfies WorkerReport);
    Atomics.wait(control, RESUME, resume);
  }
  barrier();
}

/** This worker's share of `count` independent pieces. */
function each(count: number, act: (index: number) => void): void {
  for (let index = worker; index < count; index += workers) act(index);
}

function barrier(): void {
  const generation = Atomics.load(control, GENERATION);
  if (Atomics.add(control, WAITING, 1) === workers - 1) {
    Atomics.store(control, WAITING, 0);
    Atomics.add(control, GENERATION, 1);
    Atomics.notify(control, GENERATION);
    return;
  }
  while (Atomics.load(control, GENERATION) === generation) Atomics.wait(control, GENERATION, generation);
}
