import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { handsOfSplit, SPLIT_CAVEAT } from "../../model/corpus/split.ts";
import { createModelServer } from "../../model/server.ts";
import { embeddedProvider } from "../../scripts/local/providers.ts";
import { ROOT } from "../../scripts/run.ts";
import { mean, shareInterval } from "../../src/core/statistics.ts";
import { formatRational } from "../../src/verifiers/rational.ts";
import type { Outcome } from "../scaling/measure.ts";
import { plotMethods } from "./plot.ts";
import { runMethod } from "./run.ts";
import { SETTINGS } from "./settings.ts";

/** Means over problems; accuracies in [0, 1]. */
export interface MethodRow {
  readonly method: string;
  readonly budgetTokens: number;
  readonly served: number;
  /** Wilson's 95 % interval of `served`. */
  readonly servedInterval: readonly [number, number];
  readonly oracle: number;
  /** Prompt and generated tokens a problem, those of judges and of cancelled calls included. */
  readonly tokens: number;
  readonly calls: number;
  /** Calls that had to wait for one another. */
  readonly criticalPathCalls: number;
}

/**
 * Every method at equal budgets of prompt + generated tokens, on hands the model has never seen, answers checked by the
 * exact checker. The loop, the recipe and the provider are the product's; the Worker around them is left out, as it
 * changes no answer.
 */
export async function methods(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: "boolean", default: false },
      problems: { type: "string", default: "200" },
      split: { type: "string", default: "test" },
      seed: { type: "string", default: "1" },
      width: { type: "string", default: "4" },
      budgets: { type: "string", default: "500,1000,2000,4000,8000" },
      methods: { type: "string" },
      // JSON that this bench printed: its rows are kept for methods that are not measured now, and shown beside them.
      rows: { type: "string", multiple: true, default: [] },
      out: { type: "string", default: join(ROOT, "docs", "methods.svg") },
    },
  });
  if (values.split !== "test" && values.split !== "validation") throw new Error("--split is test or validation");
  const hands = handsOfSplit(values.split)
    .slice(0, Number(values.problems))
    .map((hand) => hand.map(formatRational).join(" "));
  const names = values.methods?.split(",").filter((name) => name !== "") ?? Object.keys(SETTINGS);
  const budgets = values.budgets.split(",").map(Number);
  const [seed, width] = [Number(values.seed), Number(values.width)];
  const model = await createModelServer();
  const providers = [embeddedProvider(model.url)];
  try {
    const rows = values.rows.flatMap(keptRows).filter(({ method }) => !names.includes(method));
    console.log(HEADER);
    for (const row of rows) console.log(lineOf(row));
    for (const method of names) {
      const settingOf = SETTINGS[method];
      if (settingOf === undefined) throw new Error(`no settings for ${method}: ${Object.keys(SETTINGS).join(", ")}`);
      for (const budgetTokens of budgets) {
        const setting = settingOf(budgetTokens);
        const outcomes = await runMethod({ method, setting, budgetTokens, width, seed, hands }, providers);
        const row = rowOf(method, budgetTokens, outcomes);
        rows.push(row);
        console.log(lineOf(row));
      }
    }
    console.log(`${hands.length} ${values.split} hands, one run, seed ${seed}, width ${width}. ${SPLIT_CAVEAT}`);
    const title = `Game of 24 at equal tokens, ${hands.length} ${values.split} hands, width ${width}`;
    writeFileSync(values.out, await plotMethods(rows, title));
    console.log(`wrote ${values.out}`);
    if (values.json) {
      console.log(JSON.stringify({ problems: hands.length, split: values.split, seed, width, runs: 1, rows }));
    }
  } finally {
    await model.close();
  }
}

function keptRows(file: string): readonly MethodRow[] {
  const last = readFileSync(file, "utf8").trim().split("\n").at(-1) ?? "";
  return (JSON.parse(last) as { readonly rows: readonly MethodRow[] }).rows;
}

function rowOf(method: string, budgetTokens: number, outcomes: readonly Outcome[]): MethodRow {
  const served = outcomes.filter(({ isServedRight }) => isServedRight).length;
  const average = (measure: (outcome: Outcome) => number): number => round(mean(outcomes.map(measure)));
  return {
    method,
    budgetTokens,
    served: round(served / outcomes.length),
    servedInterval: shareInterval(served, outcomes.length).map(round) as [number, number],
    oracle: average(({ isAnyRight }) => (isAnyRight ? 1 : 0)),
    tokens: average(({ completionTokens, promptTokens }) => completionTokens + promptTokens),
    calls: average(({ calls }) => calls),
    criticalPathCalls: average((outcome) => outcome.criticalPathCalls),
  };
}

function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}

const HEADER = `${"method".padEnd(22)}${["budget", "served", "95 %", "oracle", "tokens", "calls", "path"]
  .map((name) => name.padStart(10))
  .join("")}`;

function lineOf(row: MethodRow): string {
  const cells = [
    String(row.budgetTokens),
    `${(100 * row.served).toFixed(1)}%`,
    row.servedInterval.map((bound) => (100 * bound).toFixed(0)).join("-"),
    `${(100 * row.oracle).toFixed(1)}%`,
    row.tokens.toFixed(0),
    row.calls.toFixed(1),
    row.criticalPathCalls.toFixed(1),
  ];
  return `${row.method.padEnd(22)}${cells.map((cell) => cell.padStart(10)).join("")}`;
}
