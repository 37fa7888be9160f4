import type { Exchange } from "./proxy.ts";
import { against } from "./schema.ts";

/** WIRE 1.5: a status of its own, JSON by name and by nature, and all four keys. */
export function errorFaults({ headers, text }: Exchange): string[] {
  const faults = jsonTypeFaults(headers);
  const body = json(text);
  faults.push(...against("ErrorResponse", body));
  const error = (body as { error?: object } | null)?.error ?? {};
  const keys = Object.keys(error).sort().join();
  if (keys !== "code,message,param,type") faults.push(`an error has the keys ${keys}`);
  return faults;
}

export function jsonTypeFaults(headers: Exchange["headers"]): string[] {
  const type = String(headers["content-type"]);
  return type.startsWith("application/json") ? [] : [`content-type ${type}`];
}

/** Null where it is none: every schema refuses that. */
export function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
