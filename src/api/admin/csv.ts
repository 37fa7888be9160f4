import type { UsageDimension } from "../../db/usage.ts";
import type { WireUsage } from "./usage.ts";

const MEASURES = ["searches", "model_calls", "prompt_tokens", "completion_tokens", "cost_usd", "charge_usd"] as const;

/** RFC 4180: a header, then a line per row, lines ended by CRLF. */
export function usageToCsv(groupBy: readonly UsageDimension[], rows: readonly WireUsage[]): string {
  const columns = [...groupBy, ...MEASURES];
  const lines = [columns, ...rows.map((row) => columns.map((column) => row[column] ?? ""))];
  return lines.map((line) => `${line.map((value) => toField(String(value))).join(",")}\r\n`).join("");
}

/**
 * Quoted where a comma, a quote or a line's end demands it. What a spreadsheet would take for a formula is marked as text.
 */
function toField(value: string): string {
  const inert = /^[=+@\t\r]|^-(?![\d.])/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}
