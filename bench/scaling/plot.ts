import { parse, View } from "vega";
import { compile } from "vega-lite";
import type { ScalingRow } from "./measure.ts";

/** Served (line) and oracle (dashes) accuracy over generated tokens, as an SVG. */
export async function plotScaling(rows: readonly ScalingRow[], title: string): Promise<string> {
  const points = rows.flatMap(({ method, tokens, served, oracle }) => [
    { method, tokens, accuracy: served, measure: "served" },
    { method, tokens, accuracy: oracle, measure: "oracle" },
  ]);
  const { spec } = compile({
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    background: "white",
    title,
    width: 640,
    height: 360,
    data: { values: points },
    mark: { type: "line", point: true },
    encoding: {
      x: { field: "tokens", type: "quantitative", scale: { type: "log" }, title: "generated tokens a problem" },
      y: { field: "accuracy", type: "quantitative", scale: { domain: [0, 1] }, axis: { format: "%" }, title: null },
      color: { field: "method", type: "nominal" },
      strokeDash: { field: "measure", type: "nominal", sort: ["served", "oracle"] },
    },
  });
  return new View(parse(spec), { renderer: "none" }).toSVG();
}
