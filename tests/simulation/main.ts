import { spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { readArguments } from "./arguments.ts";
import { installMutation, installPlatformModules } from "./hooks.ts";
import { MUTATIONS } from "./mutations.ts";
import type { Outcome } from "./simulate.ts";

/**
 * `npm run simulate`: the whole service under one seeded scheduler (docs/simulation.md). The corpus of seeds that failed once
 * is run first, always. `--seed N` runs one and prints its trace; `--json` ends with one line
 * `{"seeds", "violations", "seedsPerSecond"}`, where `violations` counts seeds.
 */
const { from, seeds, only, jobs, mutation, isJson, stopsAtFirst } = readArguments(
  process.argv.slice(2),
  availableParallelism(),
);
const corpus = JSON.parse(readFileSync(join(import.meta.dirname, "corpus.json"), "utf8")) as { seed: number }[];
const range = Array.from({ length: seeds }, (_unused, at) => from + at);
const wanted = only === null ? [...new Set([...corpus.map(({ seed }) => seed), ...range])].slice(0, seeds) : [only];
/** Lines of a failed seed's trace that are printed. */
const TAIL = 30;
/** Worlds are short-lived: what one has made is gone before the collector would look at it twice. */
const YOUNG = ["--max-semi-space-size=64"];
const stride = process.env.SIMULATION_STRIDE?.split("/").map(Number) ?? null;

if (stride === null && only === null && jobs > 1 && !stopsAtFirst) process.exitCode = await runInProcesses();
else
  process.exitCode = await runHere(
    wanted.filter((_seed, at) => stride === null || at % (stride[1] ?? 1) === stride[0]),
  );

async function runHere(list: readonly number[]): Promise<number> {
  installPlatformModules();
  if (mutation !== null) {
    const found = MUTATIONS.find(({ name }) => name === mutation);
    if (found === undefined) throw new Error(`there is no mutation ${mutation}`);
    installMutation(found);
  }
  const { simulate } = await import("./simulate.ts");
  const startedAtMs = performance.now();
  const outcomes: Outcome[] = [];
  for (const seed of list) {
    const outcome = await simulate(seed);
    const hasFailed = outcome.violations.length > 0;
    const told = { ...outcome, trace: only !== null ? outcome.trace : hasFailed ? outcome.trace.slice(-TAIL) : [] };
    outcomes.push(told);
    if (stride === null) tell(told);
    else console.log(JSON.stringify(told));
    if (stopsAtFirst && hasFailed) break;
  }
  return stride === null ? sumUp(outcomes, (performance.now() - startedAtMs) / 1000) : 0;
}

/** Each seed is a world of its own: what is spread over processes comes to the same. */
async function runInProcesses(): Promise<number> {
  const startedAtMs = performance.now();
  const runs = Array.from({ length: jobs }, (_unused, job) => runProcess(job));
  const outcomes = (await Promise.all(runs)).flat().sort((a, b) => a.seed - b.seed);
  return sumUp(outcomes, (performance.now() - startedAtMs) / 1000);
}

async function runProcess(job: number): Promise<Outcome[]> {
  const child = spawn(
    process.execPath,
    [...process.execArgv, ...YOUNG, import.meta.filename, ...process.argv.slice(2)],
    {
      env: { ...process.env, SIMULATION_STRIDE: `${job}/${jobs}` },
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  const ended = new Promise<number | null>((resolve) => child.on("exit", resolve));
  const outcomes: Outcome[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const outcome = JSON.parse(line) as Outcome;
    outcomes.push(outcome);
    tell(outcome);
  }
  const status = await ended;
  if (status !== 0) throw new Error(`a process of the simulation ended with ${status}`);
  return outcomes;
}

/** The trace, its end, or nothing; then what was violated, and how to see it again. */
function tell({ seed, violations, trace }: Outcome): void {
  if (trace.length > 0) console.log(trace.join("\n"));
  for (const { invariant, message } of violations) console.log(`seed ${seed}: ${invariant}: ${message}`);
  if (violations.length > 0) console.log(`seed ${seed} at ${commit()}: npm run simulate -- --seed ${seed}`);
}

function commit(): string {
  const { stdout } = spawnSync("git", ["describe", "--always", "--dirty"], {
    cwd: import.meta.dirname,
    encoding: "utf8",
  });
  return stdout?.trim() || "an unknown commit";
}

function sumUp(outcomes: readonly Outcome[], seconds: number): number {
  const failed = outcomes.filter(({ violations }) => violations.length > 0);
  const totals = Map.groupBy(
    outcomes.flatMap(({ counts }) => Object.entries(counts)),
    ([name]) => name,
  );
  const sums = [...totals].map(([name, list]) => `${list.reduce((sum, [, count]) => sum + count, 0)} ${name}`);
  console.log(`${outcomes.length} seeds, ${failed.length} with violations; ${sums.join(", ")}`);
  if (isJson) {
    const seedsPerSecond = Math.round((10 * outcomes.length) / seconds) / 10;
    console.log(JSON.stringify({ seeds: outcomes.length, violations: failed.length, seedsPerSecond }));
  }
  return failed.length === 0 ? 0 : 1;
}
