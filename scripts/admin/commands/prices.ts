import type { Command } from "commander";
import { date, dollars } from "../output.ts";
import type { Desk } from "../program.ts";
import { toDollars } from "./budgets.ts";
import { toSeconds } from "./keys.ts";

interface PriceOptions {
  readonly input: number;
  readonly output: number;
  readonly cachedInput?: number;
  readonly from: number;
}

export function addPrices(program: Command, desk: Desk): void {
  const prices = program.command("prices").description("by which usage says what was charged, per million tokens");
  prices.command("list").action(() =>
    desk.list({ method: "GET", path: "/prices" }, [
      ["id", ({ id }) => id],
      ["model", ({ model }) => model],
      ["from", ({ effective_from }) => date(effective_from)],
      ["input", ({ input_usd }) => dollars(input_usd)],
      ["cached input", ({ cached_input_usd }) => dollars(cached_input_usd)],
      ["output", ({ output_usd }) => dollars(output_usd)],
    ]),
  );
  prices
    .command("add <model>")
    .requiredOption("--input <usd>", "per million tokens", toDollars)
    .requiredOption("--output <usd>", "per million tokens", toDollars)
    .option("--cached-input <usd>", "per million tokens", toDollars)
    .requiredOption("--from <date>", "in the past only for a model's first price", toSeconds)
    .action(async (model: string, { input, output, cachedInput, from }: PriceOptions) => {
      const body = {
        model,
        effective_from: from,
        input_usd: input,
        output_usd: output,
        ...(cachedInput !== undefined && { cached_input_usd: cachedInput }),
      };
      desk.show(await desk.ask({ method: "POST", path: "/prices", body }));
    });
  prices.command("delete <id>").action(async (id: string) => {
    desk.show(await desk.ask({ method: "DELETE", path: `/prices/${encodeURIComponent(id)}` }));
  });
}
