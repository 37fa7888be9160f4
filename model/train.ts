/**
 * Trains espalier-24 from nothing and writes espalier-24.gguf: `npm run model:train`.
 *
 * The run is seeded and has a fixed number of steps, so it gives the same file whatever the machine's speed and the
 * number of workers (`--workers`, default: the processors). An interrupted run goes on from its last checkpoint.
 */
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { train } from "./trainer.ts";
import { readCheckpoint, writeCheckpoint } from "./training/checkpoint.ts";
import { ESPALIER_24_PLAN } from "./training/espalier-24.ts";

const REPORT_EVERY_STEPS = 100;

const { values: flags } = parseArgs({
  options: {
    workers: { type: "string", default: `${Math.min(ESPALIER_24_PLAN.shards, availableParallelism())}` },
    checkpoint: { type: "string", default: fileURLToPath(new URL("./.training/checkpoint.bin", import.meta.url)) },
  },
});
const plan = ESPALIER_24_PLAN;
const resumeFrom = readCheckpoint(flags.checkpoint, plan);
const startedMs = performance.now();
console.log(`training ${plan.steps} steps from step ${resumeFrom?.step ?? 0} with ${flags.workers} workers`);

await train(plan, {
  workers: Number(flags.workers),
  reportEverySteps: REPORT_EVERY_STEPS,
  ...(resumeFrom === undefined ? {} : { resumeFrom }),
  onReport(report, state) {
    const minutes = ((performance.now() - startedMs) / 60_000).toFixed(1);
    writeCheckpoint(flags.checkpoint, plan, state);
    console.log(
      `step ${report.step + 1}  ${minutes} min  loss ${report.loss.toFixed(4)}  ` +
        `judge ${report.judgeLoss.toFixed(4)} ${(report.judgeAccuracy * 100).toFixed(1)} %  ` +
        `gradient ${report.gradientNorm.toFixed(3)}  rate ${report.rate.toExponential(2)}`,
    );
  },
});
