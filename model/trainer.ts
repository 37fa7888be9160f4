import { Worker } from "node:worker_threads";
import { initialParameters } from "./training/initialise.ts";
import { createSharedMemory, loadTrainingKernels } from "./training/kernels.ts";
import { MAX_ROW_TOKENS, mapMemory } from "./training/memory.ts";
import type { TrainingPlan } from "./training/plan.ts";
import type { StepReport } from "./training/update.ts";
import type { WorkerInput, WorkerReport } from "./training/worker.ts";

/** All that is needed to go on after `step` steps. */
export type TrainingState = {
  readonly step: number;
  readonly parameters: Float32Array;
  readonly firstMoments: Float32Array;
  readonly secondMoments: Float32Array;
};

export type TrainOptions = {
  /** Threads; the weights do not depend on it. */
  readonly workers: number;
  readonly reportEverySteps: number;
  /** Called between two steps with a copy of the state. */
  onReport?(report: StepReport, state: TrainingState): void;
  readonly resumeFrom?: TrainingState;
  /** Stop before this step, as an interruption would; the schedule stays that of the plan. */
  readonly stopAtStep?: number;
};

/** Trains from nothing, or goes on from a state, to the last step of the plan. */
export async function train(plan: TrainingPlan, options: TrainOptions): Promise<TrainingState> {
  const map = mapMemory(plan, options.workers);
  const memory = createSharedMemory(map.pages);
  const view = (address: number) => new Float32Array(memory.buffer, address, map.parameterCount);
  const start = options.resumeFrom;
  view(map.parameters).set(start?.parameters ?? initialParameters(plan.shape, plan.seed));
  if (start !== undefined) {
    view(map.firstMoments).set(start.firstMoments);
    view(map.secondMoments).set(start.secondMoments);
  }
  loadTrainingKernels(memory).ropeTable(
    MAX_ROW_TOKENS,
    plan.shape.width / plan.shape.heads,
    plan.shape.ropeBase,
    map.ropeTable,
  );
  const control = new Int32Array(new SharedArrayBuffer(16));
  const lastStep = options.stopAtStep ?? plan.steps;
  const stateAfter = (step: number): TrainingState => ({
    step,
    parameters: new Float32Array(view(map.parameters)),
    firstMoments: new Float32Array(view(map.firstMoments)),
    secondMoments: new Float32Array(view(map.secondMoments)),
  });

  await Promise.all(
    Array.from({ length: options.workers }, (_, worker) => {
      const input: WorkerInput = {
        plan,
        memory,
        worker,
        workers: options.workers,
        firstStep: start?.step ?? 0,
        lastStep,
        reportEverySteps: options.reportEverySteps,
        control,
      };
      return new Promise<void>((resolve, reject) => {
        const thread = new Worker(new URL("./training/worker.ts", import.meta.url), { workerData: input });
        thread.on("message", ({ report }: WorkerReport) => {
          options.onReport?.(report, stateAfter(report.step + 1));
          Atomics.add(control, 3, 1);
          Atomics.notify(control, 3);
        });
        thread.on("error", reject);
        thread.on("exit", (code) => (code === 0 ? resolve() : reject(new Error(`training worker exit code ${code}`))));
      });
    }),
  );
  return stateAfter(lastStep);
}
