import { type Command, InvalidArgumentError } from "commander";
import { dollars } from "../output.ts";
import type { Desk } from "../program.ts";

const LIMITS = [
  ["--requests-per-minute <n>", "requestsPerMinute", "requests_per_minute"],
  ["--tokens-per-minute <n>", "tokensPerMinute", "tokens_per_minute"],
  ["--parallel-searches <n>", "parallelSearches", "parallel_searches"],
  ["--parallel-calls <n>", "parallelCalls", "parallel_calls"],
  ["--max-cost-per-search <usd>", "maxCostPerSearch", "max_cost_per_search_usd"],
] as const;

export function addLimits(program: Command, desk: Desk): void {
  const limits = program.command("limits").description("rates, parallel work, the cost of one search, allow-lists");
  limits.command("list").action(() =>
    desk.list({ method: "GET", path: "/limits" }, [
      ["scope", ({ scope }) => scope],
      ["requests/min", ({ requests_per_minute }) => requests_per_minute],
      ["tokens/min", ({ tokens_per_minute }) => tokens_per_minute],
      ["searches", ({ parallel_searches, in_use }) => inUse(in_use.parallel_searches, parallel_searches)],
      ["calls", ({ parallel_calls, in_use }) => inUse(in_use.parallel_calls, parallel_calls)],
      ["per search", ({ max_cost_per_search_usd }) => dollars(max_cost_per_search_usd)],
      ["allowed", ({ allowed }) => allowed],
    ]),
  );
  limits.command("show <scope>").action(async (scope: string) => {
    desk.show(await desk.ask({ method: "GET", path: at(scope) }));
  });
  const set = limits.command("set <scope>").description("what is not named stays; 'none' takes a limit away");
  for (const [flag] of LIMITS) set.option(flag, "", toLimit);
  set
    .option("--models <list>", "no other models")
    .option("--methods <list>", "no other methods")
    .option("--allow-all", "no allow-lists")
    .action(async (scope: string, options: Readonly<Record<string, unknown>>) => {
      const { models, methods, allowAll } = options;
      const allowed = {
        ...(typeof models === "string" && { models: models.split(",") }),
        ...(typeof methods === "string" && { methods: methods.split(",") }),
      };
      const body = {
        ...Object.fromEntries(
          LIMITS.flatMap(([, from, to]) =>
            options[from] === undefined ? [] : [[to, options[from] === "none" ? null : options[from]]],
          ),
        ),
        ...((allowAll === true || Object.keys(allowed).length > 0) && { allowed }),
      };
      desk.show(await desk.ask({ method: "POST", path: at(scope), body }));
    });
  limits.command("clear <scope>").action(async (scope: string) => {
    desk.show(await desk.ask({ method: "DELETE", path: at(scope) }));
  });
}

function at(scope: string): string {
  return `/limits/${encodeURIComponent(scope)}`;
}

function inUse(used: number, limit: number | null): string {
  return limit === null ? `${used}` : `${used} of ${limit}`;
}

/** "none" as it is: commander takes null for an option without a value. */
function toLimit(text: string): number | "none" {
  if (text === "none") return text;
  const value = Number(text);
  if (text === "" || Number.isNaN(value)) throw new InvalidArgumentError("expected a number, or 'none'");
  return value;
}
