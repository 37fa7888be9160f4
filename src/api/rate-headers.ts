import type { Rate, Rates } from "../ledger/rates.ts";

/** `x-ratelimit-*` as OpenAI sends them (WIRE.md 1.6): none for a rate that nobody limits. */
export function rateHeaders(rates: Rates): Readonly<Record<string, string>> {
  return { ...headersOf("requests", rates.requests), ...headersOf("tokens", rates.tokens) };
}

function headersOf(of: "requests" | "tokens", rate: Rate | null): Readonly<Record<string, string>> {
  if (rate === null) return {};
  return {
    [`x-ratelimit-limit-${of}`]: String(rate.limit),
    [`x-ratelimit-remaining-${of}`]: String(rate.remaining),
    [`x-ratelimit-reset-${of}`]: goDuration(rate.resetMs),
  };
}

/** As Go writes a duration: "0s", "12ms", "1.5s", "6m0s". */
export function goDuration(milliseconds: number): string {
  if (milliseconds === 0) return "0s";
  if (milliseconds < 1000) return `${milliseconds}ms`;
  const hours = Math.floor(milliseconds / 3_600_000);
  const minutes = Math.floor(milliseconds / 60_000) % 60;
  const seconds = `${(milliseconds % 60_000) / 1000}s`;
  if (hours > 0) return `${hours}h${minutes}m${seconds}`;
  return minutes > 0 ? `${minutes}m${seconds}` : seconds;
}
