import { parse, View } from "vega";
import { compile } from "vega-lite";
import type { MethodRow } from "./methods.ts";

/** Served accuracy over the budget of tokens, a line a method, with 95 % intervals in the tooltip's place: as error bars. */
export async function plotMethods(rows: readonly MethodRow[], title: string): Promise<string> {
  const values = rows.map(({ method, budgetTokens, served, servedInterval: [low, high] }) => ({
    method,
    budgetTokens,
    served,
    low,
    high,
  }));
  const x = {
    field: "budgetTokens",
    type: "quantitative",
    scale: { type: "log", base: 2 },
    title: "budget, prompt + generated tokens a problem",
  } as const;
  const colour = { field: "method", type: "nominal", scale: { scheme: "tableau20" } } as const;
  const { spec } = compile({
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    background: "white",
    title,
    width: 640,
    height: 420,
    data: { values },
    layer: [
      {
        mark: { type: "errorbar", opacity: 0.25 },
        encoding: { x, y: { field: "low", type: "quantitative", title: null }, y2: { field: "high" }, color: colour },
      },
      {
        mark: { type: "line", point: true },
        encoding: {
          x,
          y: {
            field: "served",
            type: "quantitative",
            scale: { domain: [0, 1] },
            axis: { format: "%" },
            title: "served",
          },
          color: colour,
        },
      },
    ],
  });
  return new View(parse(spec), { renderer: "none" }).toSVG();
}
