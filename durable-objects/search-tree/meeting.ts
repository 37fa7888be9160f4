import type { StartInput, StartOutcome } from "./protocol.ts";

/** How a search stands when another request comes to it. */
export interface Standing {
  readonly createdAtMs: number;
  readonly isCancelled: boolean;
  readonly requestHash: string | null;
  readonly attempt: number;
  readonly isServed: boolean;
  /** It was deleted, or its time is over: its id is taken, and nobody is shown it any more. */
  readonly isGone: boolean;
  /** It has ended without a candidate. */
  readonly hasFailed: boolean;
}

/** What becomes of a start where a search has been started already. */
export function startAgain(standing: Standing, { arrival }: Pick<StartInput, "arrival">): StartOutcome {
  if (arrival === undefined) return { ok: true };
  const refuse = (conflict: "taken" | "other-request"): StartOutcome => ({
    ok: false,
    message: "",
    param: "",
    conflict,
  });
  if (arrival.type === "first") return refuse("taken");
  if (arrival.requestHash !== standing.requestHash) return refuse("other-request");
  // A failure is not what the client wanted to have only once, and what it has deleted it may want again.
  return standing.hasFailed || standing.isGone ? refuse("taken") : { ok: true, createdAtMs: standing.createdAtMs };
}

/**
 * May the request's `attempt`-th repetition have this search's answer? Not where somebody already got it: that was a
 * twin, asked for a sample of its own. And one search is joined once per attempt, so that twins do not share one either.
 */
export function mayJoin(standing: Standing, attempt: number): boolean {
  return (
    !standing.isServed && !standing.hasFailed && !standing.isGone && !standing.isCancelled && attempt > standing.attempt
  );
}

/** Was its lease given back before it came? Like an id that is taken: whoever starts draws anew, under another one. */
export function isBarred({ barredLease }: { readonly barredLease: string | null }, { lease }: StartInput): boolean {
  return barredLease !== null && lease?.wish.leaseId === barredLease;
}

export const BARRED: StartOutcome = { ok: false, message: "", param: "", conflict: "taken" };
