import type { Body } from "./rules.ts";

/** WIRE 0.7 and 5.7: the sum is one, and the answer fits the cap that it was asked under. */
export function usageFaults(request: Body, usage: unknown): string[] {
  const { prompt_tokens, completion_tokens, total_tokens } = (usage ?? {}) as Record<string, number | undefined>;
  if (prompt_tokens === undefined || completion_tokens === undefined) return ["no usage"];
  const faults: string[] = [];
  if (total_tokens !== prompt_tokens + completion_tokens)
    faults.push(`usage does not add up: ${JSON.stringify(usage)}`);
  const cap = Number(request.max_completion_tokens ?? request.max_tokens ?? Number.POSITIVE_INFINITY);
  const isOfAnswer = (request.search as { usage?: string } | null | undefined)?.usage !== "total";
  if (isOfAnswer && completion_tokens > cap * Number(request.n ?? 1)) {
    faults.push(`${completion_tokens} completion tokens under a cap of ${cap}`);
  }
  return faults;
}
