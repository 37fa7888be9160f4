import { parseArgs } from "node:util";

/** What `npm run simulate --` takes. */
export interface SimulationArguments {
  readonly from: number;
  readonly seeds: number;
  /** Only this one, with its whole trace; null for all. */
  readonly only: number | null;
  readonly jobs: number;
  readonly mutation: string | null;
  readonly isJson: boolean;
  readonly stopsAtFirst: boolean;
}

export function readArguments(args: readonly string[], processors: number): SimulationArguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seeds: { type: "string", default: "1000" },
      from: { type: "string", default: "1" },
      seed: { type: "string" },
      jobs: { type: "string", default: String(Math.min(4, processors)) },
      mutation: { type: "string" },
      json: { type: "boolean", default: false },
      "stop-at-first": { type: "boolean", default: false },
    },
  });
  const integer = (name: string, text: string): number => {
    const number = Number(text);
    if (!Number.isSafeInteger(number) || number < 1) throw new Error(`--${name} must be an integer of 1 or more`);
    return number;
  };
  return {
    from: integer("from", values.from),
    seeds: integer("seeds", values.seeds),
    only: values.seed === undefined ? null : integer("seed", values.seed),
    jobs: integer("jobs", values.jobs),
    mutation: values.mutation ?? null,
    isJson: values.json,
    stopsAtFirst: values["stop-at-first"],
  };
}
