/**
 * Trains espalier-24 from nothing and writes espalier-24.gguf: `npm run model:train`.
 *
 * The run is seeded and has a fixed number of steps, so it gives the same file whatever the machine's speed and the
 * number of workers (`--workers`, default: the processors). An interrupted run goes on from its last checkpoint;
 * `--export file.gguf` writes the model of the last checkpoint and does not train.
 */
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { modelToGguf } from "./model-file.ts";
import { type TrainingState, train } from "./trainer.ts";
import { readCheckpoint, writeCheckpoint } from "./training/checkpoint.ts";
import { ESPALIER_24_DESCRIPTION, ESPALIER_24_PLAN } from "./training/espalier-24.ts";
import { createVocabulary } from "./vocabulary.ts";

const REPORT_EVERY_STEPS = 100;

const { values: flags } = parseArgs({
  options: {
    workers: { type: "string", default: `${Math.min(ESPALIER_24_PLAN.shards, availableParallelism())}` },
    export: { type: "string" },
    checkpoint: { type: "string", default: fileURLToPath(new URL("./.training/checkpoint.bin", import.meta.url)) },
  },
});
const plan = ESPALIER_24_PLAN;
const resumeFrom = readCheckpoint(flags.checkpoint, plan);

if (flags.export !== undefined) {
  if (resumeFrom === undefined) throw new Error(`there is no checkpoint of this plan at ${flags.checkpoint}`);
  writeModel(flags.export, resumeFrom);
} else {
  writeModel(fileURLToPath(new URL("./espalier-24.gguf", import.meta.url)), await run());
}

async function run(): Promise<TrainingState> {
  const startedMs = performance.now();
  console.log(`training ${plan.steps} steps from step ${resumeFrom?.step ?? 0} with ${flags.workers} workers`);

  return await train(plan, {
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
}

function writeModel(path: string, state: TrainingState): void {
  const bytes = modelToGguf({
    name: "espalier-24",
    description: ESPALIER_24_DESCRIPTION,
    shape: plan.shape,
    parameters: state.parameters,
    vocabulary: createVocabulary(),
  });
  writeFileSync(path, bytes);
  const checksum = createHash("sha256").update(bytes).digest("hex");
  console.log(`${path}: step ${state.step}, ${bytes.byteLength} bytes, sha256 ${checksum}`);
}
