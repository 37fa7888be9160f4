import { spawn } from "node:child_process";
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
const wanted =
  only !== null
    ? [only]
    : [...corpus.map(({ seed }) => seed), ...Array.from({ length: seeds }, (_un, at) => from + at)];
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
    outcomes.push(only === null ? { ...outcome, trace: [] } : outcome);
    if (stopsAtFirst && outcome.violations.length > 0) break;
  }
  const seconds = (performance.now() - startedAtMs) / 1000;
  if (stride === null) return report(outcomes, seconds);
  for (const { seed, violations, counts } of outcomes)
    console.log(JSON.stringify({ seed, violations, counts, trace: [] }));
  return 0;
}

/** Each seed is a world of its own: what is spread over processes comes to the same. */
async function runInProcesses(): Promise<number> {
  const startedAtMs = performance.now();
  const runs = Array.from({ length: jobs }, (_unused, job) => runProcess(job));
  const outcomes = (await Promise.all(runs)).flat().sort((a, b) => a.seed - b.seed);
  return report(outcomes, (performance.now() - startedAtMs) / 1000);
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
  for await (const line of createInterface({ input: child.stdout })) outcomes.push(JSON.parse(line) as Outcome);
  const status = await ended;
  if (status !== 0) throw new Error(`a process of the simulation ended with ${status}`);
  return outcomes;
}

function report(outcomes: readonly Outcome[], seconds: number): number {
  const failed = outcomes.filter(({ violations }) => violations.length > 0);
  if (only !== null) console.log(outcomes.flatMap(({ trace }) => trace).join("\n"));
  for (const { seed, violations } of failed) {
    for (const { invariant, message } of violations) console.log(`seed ${seed}: ${invariant}: ${message}`);
    console.log(`seed ${seed}: its trace: npm run simulate -- --seed ${seed}`);
  }
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
