/**
 * Money is counted in nanodollars (1e-9 of a US dollar), as integers in [0, LARGEST_NANODOLLARS].
 *
 * Why this unit: prices are integers of microdollars per million tokens, that is picodollars per token, so one token
 * costs a fraction of a microdollar and rounding each call to microdollars (as the search's own budget does) may
 * overstate a small one many times. Picodollars would need no rounding, but 2^53 of them are 9,007 dollars; 2^53
 * nanodollars are nine million, in every single number that SQLite and JSON carry for us. So an attempt is rounded
 * once, up, to a nanodollar (`prices.ts`), and from there on everything is addition: sums over attempts, searches,
 * keys and tenants agree to the nanodollar (I6, I21).
 */
export const LARGEST_NANODOLLARS = 9_000_000_000_000_000;

export const NANODOLLARS_PER_MICRODOLLAR = 1000;

export function isNanodollars(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= LARGEST_NANODOLLARS;
}

const NANODOLLARS_PER_DOLLAR = 1_000_000_000;

const MICRODOLLARS_PER_DOLLAR = 1_000_000;

/** For whoever reads dollars: the nearest number to the exact amount, which written back is the same amount. */
export function nanodollarsToDollars(nanodollars: number): number {
  return nanodollars / NANODOLLARS_PER_DOLLAR;
}

/** As `nanodollarsToDollars`, of microdollars; also of prices, which may be negative. */
export function microdollarsToDollars(microdollars: number): number {
  return microdollars / MICRODOLLARS_PER_DOLLAR;
}

/** What is finer is rounded to a nanodollar. */
export function dollarsToNanodollars(dollars: number): number {
  return Math.round(dollars * NANODOLLARS_PER_DOLLAR);
}

/** What is finer is rounded to a microdollar: a price. */
export function dollarsToMicrodollars(dollars: number): number {
  return Math.round(dollars * MICRODOLLARS_PER_DOLLAR);
}

/** No more than the dollars: a cap. */
export function microdollarsWithin(dollars: number): number {
  return Math.floor(dollars * MICRODOLLARS_PER_DOLLAR);
}

/** Exact. `microdollars` is an integer of at most LARGEST_NANODOLLARS / 1000. */
export function microdollarsToNanodollars(microdollars: number): number {
  return microdollars * NANODOLLARS_PER_MICRODOLLAR;
}

/** Rounded down: what a lease of so many nanodollars lets a search spend, which counts in microdollars. */
export function nanodollarsToMicrodollars(nanodollars: number): number {
  return Math.floor(nanodollars / NANODOLLARS_PER_MICRODOLLAR);
}

/**
 * a + b, held at the largest safe integer. Only what providers bill beyond every reservation can get there, and a sum
 * that is held there is above every budget: it refuses, it never wraps or drifts.
 */
export function addNanodollars(a: number, b: number): number {
  return Math.min(a + b, Number.MAX_SAFE_INTEGER);
}

/** The least amount that is `percent` of `whole`; exact where whole * percent is beyond the safe integers. */
export function percentOf(whole: number, percent: number): number {
  const hundredths = Math.floor(whole / 100);
  return hundredths * percent + Math.ceil(((whole - hundredths * 100) * percent) / 100);
}
