import type { Amounts } from "../../src/core/amounts.ts";
import type { OpenStep } from "../../src/core/tree-view.ts";
import { leaseIdOf } from "../../src/ledger/lease-id.ts";
import { LARGEST_PER_MINUTE } from "../../src/ledger/meter.ts";
import {
  LARGEST_NANODOLLARS,
  microdollarsToNanodollars,
  NANODOLLARS_PER_MICRODOLLAR,
  nanodollarsToMicrodollars,
} from "../../src/ledger/money.ts";
import type { DrawRequest, LeaseView, RenewalRequest, SettlementRequest } from "../tenant/protocol.ts";
import type { HeldLease, Spent } from "./facts.ts";

/** Where a search's money stands: what a tree knows of it. */
export interface Books {
  readonly spent: Amounts;
  readonly reserved: Amounts;
  readonly openSteps: ReadonlyMap<number, Pick<OpenStep, "reserved" | "isWaiting">>;
}

/**
 * Spent, and what is in flight with it: of a run that is over nobody can say what became of those calls, so they are paid
 * in full, as the next run or the end of the search posts them. Steps that wait to be asked again have nothing in flight.
 */
export function paidInFull({ spent, openSteps }: Books): Spent {
  const lost = [...openSteps.values()].filter(({ isWaiting }) => !isWaiting).map(({ reserved }) => reserved);
  const sum = (name: "microdollars" | "tokens") => lost.reduce((total, one) => total + one[name], spent[name]);
  return { microdollars: sum("microdollars"), tokens: sum("tokens") };
}

/** How many microdollars the search may spend in all; undefined where only its own limit counts. */
export function allowanceOf({ before }: Pick<HeldLease, "before">, view: LeaseView | null): number | undefined {
  if (view === null) return before.microdollars;
  return view.isBinding ? before.microdollars + nanodollarsToMicrodollars(view.nanodollars) : undefined;
}

/**
 * With what is in use and `piece` microdollars beside it: a search draws its money piece by piece, so that those that run
 * beside it find some. No more than `own`, the limit that the request itself has set.
 */
export function renewalOf(
  { wish, before, keyId, isCounted }: HeldLease,
  { spent, reserved }: Books,
  { seq, piece, own, tokens }: { seq: number; piece: number; own: number | undefined; tokens: number },
): RenewalRequest {
  const most = Math.min(own ?? Infinity, spent.microdollars + reserved.microdollars + piece);
  const usedTokens = spent.tokens + reserved.tokens - before.tokens;
  return {
    leaseId: wish.leaseId,
    seq,
    spent: nanodollarsOf(spent.microdollars - before.microdollars),
    inFlight: nanodollarsOf(reserved.microdollars),
    wanted: nanodollarsOf(most - before.microdollars),
    tokens: Math.min(LARGEST_PER_MINUTE, Math.max(0, usedTokens - tokens)),
    ttlMs: wish.ttlMs,
    ...(!isCounted && { keyId }),
  };
}

export function settlementOf({ wish, before }: HeldLease, { microdollars, tokens }: Spent): SettlementRequest {
  return {
    leaseId: wish.leaseId,
    spent: nanodollarsOf(microdollars - before.microdollars),
    tokens: Math.min(LARGEST_PER_MINUTE, Math.max(0, tokens - before.tokens)),
  };
}

/** The search's next lease, after one that ran out while nobody worked on it; with what is to be asked for once more. */
export function nextLeaseOf(
  { keyId, wish, ordinal, before }: HeldLease,
  { reserved }: Pick<Books, "reserved">,
  searchId: string,
): DrawRequest {
  const { minimum } = wish.nanodollars;
  const wanted = Math.min(LARGEST_NANODOLLARS, wish.nanodollars.wanted + nanodollarsOf(reserved.microdollars));
  const leaseId = leaseIdOf(searchId, String(ordinal + 1));
  const spentBefore = nanodollarsOf(before.microdollars);
  return { keyId, lease: { ...wish, leaseId, spentBefore, nanodollars: { minimum, wanted } } };
}

/** A total beyond every budget is told as the largest amount there is. */
function nanodollarsOf(microdollars: number): number {
  const most = LARGEST_NANODOLLARS / NANODOLLARS_PER_MICRODOLLAR;
  return microdollarsToNanodollars(Math.min(most, Math.max(0, microdollars)));
}
