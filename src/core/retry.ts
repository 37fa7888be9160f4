import { isRetryable, type ModelError } from "./model.ts";
import type { Random } from "./random.ts";

/** Attempts at one step, the first included: the OpenAI SDKs' own figure (WIRE.md 1.7). */
const MAX_ATTEMPTS = 3;
const FIRST_DELAY_MS = 500;
/** A provider that asks for more than this is treated as down: the request's time is better spent on another answer. */
const LONGEST_DELAY_MS = 20_000;

/** How long to wait before attempt `attempt + 1`; null when there should be none. Full jitter (Brooker 2015). */
export function retryDelayMs(error: ModelError, attempt: number, random: Random): number | null {
  if (!isRetryable(error) || attempt >= MAX_ATTEMPTS) return null;
  // Not the provider's fault: asked once more, at once.
  if (error.type === "unparsed") return attempt === 1 ? 0 : null;
  const askedMs = error.type === "rate-limited" || error.type === "unavailable" ? error.retryAfterMs : null;
  if (typeof askedMs === "number") return askedMs <= LONGEST_DELAY_MS ? askedMs : null;
  return Math.round(FIRST_DELAY_MS * 2 ** (attempt - 1) * (0.5 + random.next() / 2));
}

/** Repeats of a whole search in proportion to its steps: with this, an outage costs a fifth more calls at most (I15). */
const REPEATS_PER_STEP = 0.2;
/** However few steps there are: what the OpenAI SDKs allow themselves for one call. */
const LEAST_REPEATS = MAX_ATTEMPTS - 1;

/**
 * The retry budget: may one more call be made for something that has failed? Counted since the last answer, so that it binds
 * where nothing is answered at all, and one answer ends it. A reply that could not be read is no failure in this sense.
 */
export function mayRepeat(tree: { readonly callingSteps: number; readonly repeatsInARow: number }): boolean {
  return tree.repeatsInARow < Math.max(LEAST_REPEATS, Math.floor(REPEATS_PER_STEP * tree.callingSteps));
}

/**
 * Should the search give up after a proposal that failed for good? (A scorer's failure is never a reason.) With no
 * candidate at all, an error that asking again cannot mend is final (the first upstream 400 must not be bought N times);
 * otherwise after several in a row.
 */
export function shouldGiveUp(error: ModelError, failuresInARow: number, hasCandidates: boolean): boolean {
  if (error.type === "cancelled" || error.type === "unparsed" || failuresInARow === 0) return false;
  if (!hasCandidates && !isRetryable(error)) return true;
  return failuresInARow >= MAX_FAILURES_IN_A_ROW;
}

/** Each of these already stands for MAX_ATTEMPTS calls. */
const MAX_FAILURES_IN_A_ROW = 3;
