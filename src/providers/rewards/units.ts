import type { RewardInput } from "../../core/reward-model.ts";
import type { Unit } from "./shapes.ts";

/** What has to be sent to score these answers, each unit once. */
export interface Plan {
  /** By key, in order of first need. */
  readonly units: ReadonlyMap<string, Unit>;
  /** Per input the keys whose rows, in order, are its scores. */
  readonly keys: readonly (readonly string[])[];
}

/** `sendsBeginnings`: the server gives one value per text, so the beginnings of an answer are what its steps are scored by. */
export function planUnits(inputs: readonly RewardInput[], kind: "process" | "outcome", sendsBeginnings: boolean): Plan {
  const units = new Map<string, Unit>();
  const keys = inputs.map((input) => {
    const count = input.steps.length;
    if (kind === "outcome") return [add({ input, steps: count, rows: 1 })];
    if (!sendsBeginnings) return [add({ input, steps: count, rows: count })];
    return input.steps.map((_step, index) => add({ input, steps: index + 1, rows: 1 }));
  });
  return { units, keys };

  function add(unit: Unit): string {
    const { input, steps, rows } = unit;
    const key = JSON.stringify([input.question, input.steps.slice(0, steps), rows]);
    if (!units.has(key)) units.set(key, unit);
    return key;
  }
}
