import { fail, type Result, succeed } from "../core/result.ts";
import { LARGEST_NANODOLLARS } from "./money.ts";

/**
 * What a model's tokens cost, from a moment on. Per class of tokens, in microdollars per million tokens: an integer,
 * negative for a discount, which is the same number as picodollars per token. `reasoning` and `cacheWrite` are the
 * dearer kinds that some providers bill; where they do not, the price is that of output and of input.
 */
export interface Price {
  readonly model: string;
  /** Null: the service's own table. Else one tenant's, which goes before it. */
  readonly tenantId: string | null;
  /** Milliseconds since 1970. */
  readonly effectiveFromMs: number;
  readonly perMillionTokens: Readonly<Record<TokenClass, number>>;
}

export type TokenClass = "input" | "cachedInput" | "cacheWrite" | "output" | "reasoning";

/** Tokens of one call, each counted in one class: `input` is what was neither read from a cache nor written to one. */
export type Usage = Readonly<Record<TokenClass, number>>;

const INPUT: readonly TokenClass[] = ["input", "cachedInput", "cacheWrite"];
const OUTPUT: readonly TokenClass[] = ["output", "reasoning"];
export const TOKEN_CLASSES: readonly TokenClass[] = [...INPUT, ...OUTPUT];

const PICODOLLARS_PER_NANODOLLAR = 1000n;

/** The price in force at `atMs`: the tenant's own before the service's, the latest before older ones; null for none. */
export function priceAt(prices: readonly Price[], model: string, tenantId: string, atMs: number): Price | null {
  const inForce = prices.filter((price) => price.model === model && price.effectiveFromMs <= atMs);
  return latestOf(inForce, tenantId) ?? latestOf(inForce, null);
}

function latestOf(prices: readonly Price[], tenantId: string | null): Price | null {
  return prices.reduce<Price | null>((latest, price) => {
    if (price.tenantId !== tenantId) return latest;
    return latest === null || price.effectiveFromMs > latest.effectiveFromMs ? price : latest;
  }, null);
}

/** What one call cost, in nanodollars: the total and its lines, which add up to it (I21). */
export interface Cost {
  readonly nanodollars: number;
  readonly lines: Readonly<Record<TokenClass, number>>;
}

/**
 * Exact, and rounded up once, to a nanodollar. A line is what its class adds to the rounded total, so it may be a
 * nanodollar off its own product and the lines always add up. Discounts bring a total down to nothing, never below.
 */
export function costOf(price: Price, usage: Usage): Cost {
  const lines: Record<TokenClass, number> = { input: 0, cachedInput: 0, cacheWrite: 0, output: 0, reasoning: 0 };
  let picodollars = 0n;
  let nanodollars = 0;
  for (const one of TOKEN_CLASSES) {
    picodollars += BigInt(usage[one]) * BigInt(price.perMillionTokens[one]);
    const total = roundedUp(picodollars);
    lines[one] = total - nanodollars;
    nanodollars = total;
  }
  return { nanodollars, lines };
}

/**
 * The most that `count` calls can cost: every input token at the dearest price of input, every output token at the
 * dearest of output, so no way of counting them in classes costs more.
 */
export function worstCostOf(price: Price, inputTokens: number, outputTokens: number, count: number): number {
  const dearest = (classes: readonly TokenClass[]) =>
    BigInt(Math.max(0, ...classes.map((one) => price.perMillionTokens[one])));
  const one = roundedUp(BigInt(inputTokens) * dearest(INPUT) + BigInt(outputTokens) * dearest(OUTPUT));
  return Math.min(one * count, LARGEST_NANODOLLARS);
}

/** Above the largest amount, which no budget has, it makes no difference how far. */
function roundedUp(picodollars: bigint): number {
  if (picodollars <= 0n) return 0;
  const nanodollars = (picodollars + PICODOLLARS_PER_NANODOLLAR - 1n) / PICODOLLARS_PER_NANODOLLAR;
  return Math.min(Number(nanodollars), LARGEST_NANODOLLARS);
}

/** What a provider reports: classes within classes, as in OpenAI's `usage`, or absent. */
export interface ReportedUsage {
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly cachedTokens: number;
  readonly cacheWriteTokens: number;
  readonly reasoningTokens: number;
}

/** Each token in one class. Details that do not fit into their whole are cut to it: the whole is what was billed. */
export function usageOf(reported: ReportedUsage): Usage {
  const cachedInput = Math.min(reported.cachedTokens, reported.promptTokens);
  const cacheWrite = Math.min(reported.cacheWriteTokens, reported.promptTokens - cachedInput);
  const reasoning = Math.min(reported.reasoningTokens, reported.completionTokens);
  return {
    input: reported.promptTokens - cachedInput - cacheWrite,
    cachedInput,
    cacheWrite,
    output: reported.completionTokens - reasoning,
    reasoning,
  };
}

/** What prices and tokens may be, so that every product is exact and every sum is told. */
export interface PriceError {
  readonly type: "invalid";
  readonly param: `perMillionTokens.${TokenClass}` | "effectiveFromMs";
  readonly reason: string;
}

/** A million dollars per million tokens, in microdollars. */
const DEAREST = 1_000_000_000_000;

export function checkPrice(price: Price): Result<Price, PriceError> {
  if (!Number.isSafeInteger(price.effectiveFromMs) || price.effectiveFromMs < 0) {
    return fail({ type: "invalid", param: "effectiveFromMs", reason: "It must be an integer of 0 or more." });
  }
  for (const one of TOKEN_CLASSES) {
    const value = price.perMillionTokens[one];
    if (Number.isInteger(value) && Math.abs(value) <= DEAREST) continue;
    const reason = `It must be an integer of microdollars in -${DEAREST}..${DEAREST}.`;
    return fail({ type: "invalid", param: `perMillionTokens.${one}`, reason });
  }
  return succeed(price);
}
