import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { TrainingState } from "../trainer.ts";
import type { TrainingPlan } from "./plan.ts";

/**
 * A checkpoint file: one line of JSON (step and plan), then the parameters and both moments as little-endian floats.
 * Written beside and renamed, so an interruption leaves the previous one.
 */
export function writeCheckpoint(path: string, plan: TrainingPlan, state: TrainingState): void {
  const header = Buffer.from(`${JSON.stringify({ step: state.step, plan })}\n`);
  const arrays = [state.parameters, state.firstMoments, state.secondMoments];
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.part`, Buffer.concat([header, ...arrays.map((array) => Buffer.from(array.buffer))]));
  renameSync(`${path}.part`, path);
}

/** The state of a run of exactly this plan, or undefined when there is none. */
export function readCheckpoint(path: string, plan: TrainingPlan): TrainingState | undefined {
  if (!existsSync(path)) return undefined;
  const bytes = readFileSync(path);
  const headerEnd = bytes.indexOf(10);
  const header: { step: number; plan: TrainingPlan } = JSON.parse(bytes.subarray(0, headerEnd).toString());
  if (JSON.stringify(header.plan) !== JSON.stringify(plan)) return undefined;
  const body = bytes.subarray(headerEnd + 1);
  const floats = new Float32Array(body.buffer.slice(body.byteOffset, body.byteOffset + body.byteLength));
  const count = floats.length / 3;
  return {
    step: header.step,
    parameters: floats.slice(0, count),
    firstMoments: floats.slice(count, 2 * count),
    secondMoments: floats.slice(2 * count),
  };
}
