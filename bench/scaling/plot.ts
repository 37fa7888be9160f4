import { parse, View } from "vega";
import { compile } from "vega-lite";
import type { ScalingRow } from "./measure.ts";

/** Share of problems solved within so many generated tokens, one call at a time. */
export interface AnytimeCurve {
  readonly method: string;
  readonly generatedTokens: readonly { readonly tokens: number; readonly solved: number }[];
}

const METHOD_COLOURS = { field: "method", type: "nominal" } as const;
const ACCURACY = {
  field: "accuracy",
  type: "quantitative" as const,
  scale: { domain: [0, 1] },
  axis: { format: "%" },
  title: null,
};

/** Two panels as one SVG: accuracy over the mean cost of each budget, and what a budget of tokens would have solved. */
export async function plotScaling(
  rows: readonly ScalingRow[],
  curves: readonly AnytimeCurve[],
  title: string,
): Promise<string> {
  const byBudget = rows.flatMap(({ method, tokens, served, oracle }) => [
    { method, tokens, accuracy: served, measure: "served" },
    { method, tokens, accuracy: oracle, measure: "oracle" },
  ]);
  const anytime = curves.flatMap(({ method, generatedTokens }) =>
    generatedTokens.map(({ tokens, solved }) => ({ method, tokens, accuracy: solved })),
  );
  const { spec } = compile({
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    background: "white",
    title,
    hconcat: [
      {
        title: "budgets of 1 to 64 rollouts",
        width: 420,
        height: 320,
        data: { values: byBudget },
        mark: { type: "line", point: true },
        encoding: {
          x: {
            field: "tokens",
            type: "quantitative",
            scale: { type: "log" },
            title: "generated tokens a problem (mean)",
          },
          y: ACCURACY,
          color: METHOD_COLOURS,
          strokeDash: { field: "measure", type: "nominal", sort: ["served", "oracle"] },
        },
      },
      {
        title: "solved within a budget of tokens, width 1",
        width: 420,
        height: 320,
        data: { values: anytime },
        mark: { type: "line", point: true },
        encoding: {
          x: { field: "tokens", type: "quantitative", title: "generated tokens" },
          y: ACCURACY,
          color: METHOD_COLOURS,
        },
      },
    ],
  });
  return new View(parse(spec), { renderer: "none" }).toSVG();
}
