import type { Command } from "commander";
import { askText } from "../connection.ts";
import { type Column, dollars } from "../output.ts";
import type { Desk } from "../program.ts";
import { toSeconds } from "./keys.ts";

interface UsageOptions {
  readonly by: string;
  readonly from?: number;
  readonly to?: number;
  readonly csv?: boolean;
}

const MEASURES: readonly Column[] = [
  ["searches", ({ searches }) => searches],
  ["calls", ({ model_calls }) => model_calls],
  ["prompt", ({ prompt_tokens }) => prompt_tokens],
  ["completion", ({ completion_tokens }) => completion_tokens],
  ["cost", ({ cost_usd }) => dollars(cost_usd)],
  ["charge", ({ charge_usd }) => dollars(charge_usd)],
];

export function addUsage(program: Command, desk: Desk): void {
  program
    .command("usage")
    .description("of ended searches, the last 30 days where nothing is said")
    .option("--by <list>", "some of day, project, key, model, method, with commas", "day")
    .option("--from <date>", "as 2026-11-01", toSeconds)
    .option("--to <date>", "not included", toSeconds)
    .option("--csv", "as comma-separated values, at most a thousand lines")
    .action(async ({ by, from, to, csv }: UsageOptions) => {
      const query = { group_by: by, from: from?.toString(), to: to?.toString() };
      const wanted = { method: "GET", path: "/usage", query } as const;
      if (csv === true) {
        const whole = { ...wanted, query: { ...query, limit: "1000" } };
        return desk.print((await askText(desk.connection(), whole, "text/csv")).trimEnd());
      }
      const groups = by.split(",").map((name): Column => [name, (row) => row[name]]);
      await desk.list(wanted, [...groups, ...MEASURES]);
    });
}
