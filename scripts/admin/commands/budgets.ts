import { type Command, InvalidArgumentError } from "commander";
import type { Json } from "../connection.ts";
import { type Column, date, dollars } from "../output.ts";
import type { Desk } from "../program.ts";
import { toSeconds } from "./keys.ts";

const COLUMNS: readonly Column[] = [
  ["id", ({ id }) => id],
  ["scope", ({ scope }) => scope],
  ["period", ({ period }) => periodToText(period)],
  ["amount", ({ amount_usd }) => dollars(amount_usd)],
  ["posted", ({ posted_usd }) => dollars(posted_usd)],
  ["reserved", ({ reserved_usd }) => dollars(reserved_usd)],
  ["free", ({ free_usd }) => dollars(free_usd)],
  ["window ends", ({ period, window_end }) => (period.type === "lifetime" ? "-" : date(window_end))],
];

interface SetOptions {
  readonly usd: number;
  readonly per: string;
  readonly timeZone?: string;
  readonly thresholds?: string;
}

export function addBudgets(program: Command, desk: Desk): void {
  const budgets = program
    .command("budgets")
    .description("money that stops; a scope is tenant, project:ID, key:ID, user:NAME");
  budgets
    .command("list [scope]")
    .action((scope?: string) => desk.list({ method: "GET", path: "/budgets", query: { scope } }, COLUMNS));
  budgets.command("show <id>").action(async (id: string) => {
    desk.show(await desk.ask({ method: "GET", path: at(id) }));
  });
  budgets
    .command("set <scope>")
    .description("makes a budget, or raises or lowers the one of that scope and period")
    .requiredOption("--usd <amount>", "per window", toDollars)
    .option("--per <period>", "day, week, month, lifetime, or a number of seconds that roll", "month")
    .option("--time-zone <name>", "of days, weeks and months (UTC)")
    .option("--thresholds <percents>", "that webhooks hear of, as 50,80,100")
    .action(async (scope: string, { usd, per, timeZone, thresholds }: SetOptions) => {
      const period = toPeriod(per, timeZone);
      const { data } = await desk.ask({ method: "GET", path: "/budgets", query: { scope, limit: "100" } });
      const known = data.find((one: Json) => JSON.stringify(sorted(one.period)) === JSON.stringify(sorted(period)));
      const change = {
        amount_usd: usd,
        ...(thresholds !== undefined && { thresholds: thresholds.split(",").map(Number) }),
      };
      const path = known === undefined ? "/budgets" : at(known.id);
      const body = known === undefined ? { scope, period, ...change } : change;
      desk.show(await desk.ask({ method: "POST", path, body }));
    });
  budgets
    .command("top-up <id>")
    .description("money that is spent once, after the window's own")
    .requiredOption("--usd <amount>", "to add", toDollars)
    .option("--expires <date>", "as 2027-01-31", toSeconds)
    .action(async (id: string, { usd, expires }: { usd: number; expires?: number }) => {
      const body = { amount_usd: usd, ...(expires !== undefined && { expires_at: expires }) };
      desk.show(await desk.ask({ method: "POST", path: `${at(id)}/top_ups`, body }));
    });
  budgets.command("delete <id>").action(async (id: string) => {
    desk.show(await desk.ask({ method: "DELETE", path: at(id) }));
  });
}

function at(id: string): string {
  return `/budgets/${encodeURIComponent(id)}`;
}

function toPeriod(per: string, timeZone = "UTC"): object {
  if (["day", "week", "month"].includes(per)) return { type: "calendar", unit: per, time_zone: timeZone };
  if (per === "lifetime") return { type: "lifetime" };
  return { type: "rolling", seconds: Number(per) };
}

function periodToText(period: Json): string {
  if (period.type === "calendar") return `${period.unit} (${period.time_zone})`;
  return period.type === "rolling" ? `rolling ${period.seconds} s` : "lifetime";
}

function sorted(period: object): unknown[] {
  return Object.entries(period).sort(([a], [b]) => (a < b ? -1 : 1));
}

export function toDollars(text: string): number {
  const value = Number(text.replace(/^\$/, ""));
  if (text === "" || Number.isNaN(value)) throw new InvalidArgumentError("expected US dollars, as 12.50");
  return value;
}
