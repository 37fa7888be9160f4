import Table from "cli-table3";
import type { Json } from "./connection.ts";

export type Print = (text: string) => void;

/** A column: its heading and what of a row it shows. */
export type Column = readonly [heading: string, show: (row: Json) => unknown];

export function printTable(print: Print, columns: readonly Column[], rows: readonly Json[]): void {
  if (rows.length === 0) {
    print("(none)");
    return;
  }
  const table = new Table({ head: columns.map(([heading]) => heading), style: { head: [], border: [] } });
  for (const row of rows) table.push(columns.map(([, show]) => toCell(show(row))));
  print(table.toString());
}

/** One thing, a line per field. */
export function printFields(print: Print, thing: Json): void {
  const table = new Table({ style: { head: [], border: [] } });
  for (const [name, value] of Object.entries(thing)) if (name !== "object") table.push([name, toCell(value)]);
  print(table.toString());
}

function toCell(value: unknown): string {
  if (value === null || value === undefined) return "-";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

export function date(seconds: number | null): string {
  return seconds === null ? "-" : new Date(seconds * 1000).toISOString().slice(0, 16).replace("T", " ");
}

export function dollars(amount: number | null): string {
  return amount === null ? "-" : `$${amount}`;
}
