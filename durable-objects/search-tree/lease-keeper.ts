import type { Limits } from "../../src/core/budget.ts";
import type { Clock } from "../../src/core/clock.ts";
import type { Funds } from "../../src/core/funds.ts";
import type { Tree } from "../../src/core/tree.ts";
import { stateOf } from "../../src/db/state.ts";
import { nanodollarsToMicrodollars } from "../../src/ledger/money.ts";
import type { LeaseView } from "../tenant/protocol.ts";
import type { Tenant } from "../tenant/tenant.ts";
import type { FactsStore, HeldLease, Spent } from "./facts.ts";
import { allowanceOf, type Books, nextLeaseOf, paidInFull, renewalOf, settlementOf } from "./lease-plan.ts";
import type { License } from "./licensed-gate.ts";
import type { GrantedLease } from "./protocol.ts";

/**
 * Keeps the lease that a search spends under: renews it while it runs, asks for more, settles it at the end. Where a renewal
 * does not arrive in time, no call leaves until one does (`License`); where the tenant says no, the search ends.
 */
export interface LeaseKeeper extends Funds, License {
  /** Takes over the lease that the search was started with. Synchronous, hence stored with what is written beside it. */
  accept(lease: GrantedLease): void;
  /**
   * Before a search is taken up again: the lease is renewed, or the next one is drawn. `later`: nobody can say now. The
   * last two: nothing may be spent any more. `own` are the limits of the search itself, as below.
   */
  resume(own: Limits): Promise<"run" | "later" | "revoked" | "out-of-money">;
  /** Renews from now on. */
  watch(own: Limits): void;
  /** As `own`, with money as far as the lease has it now. */
  limits(own: Limits): Limits;
  /** Calls that may be in flight at once; null where nobody says. */
  calls(): number | null;
  unwatch(): void;
  isSettled(): boolean;
  /** Idempotent. Throws where the tenant's object cannot be reached. */
  settle(): Promise<void>;
}

export interface LeaseKeeperDeps {
  readonly tenantOf: (code: string) => Pick<Tenant, "renew" | "draw" | "settle">;
  readonly facts: FactsStore;
  readonly clock: Clock;
  readonly books: () => Books & Pick<Tree, "end">;
  /** The search's own id. */
  readonly searchId: () => string;
  /** The tenant has ended the lease: nothing may be sent from now on. */
  readonly onLost: () => void;
}

/** It counts as run out so long before its end: what is sent in the last moment arrives before it. */
const MARGIN_MS = 500;
/** After a renewal that did not arrive, and after one that brought too little. */
const PAUSE_MS = 1000;
/** Renewals of a later run count from a higher number: the ledger takes none that is not above the last. */
const RENEWALS_PER_RUN = 1_000_000;

export function createLeaseKeeper(deps: LeaseKeeperDeps): LeaseKeeper {
  const { facts, clock, books, onLost } = deps;
  let view: LeaseView | null = null;
  let expiresAtMs = 0;
  let own: Limits = {};
  let renewals = 0;
  let piece = 0;
  let shortUntilMs = 0;
  let isWatching = false;
  let cancelTimer = (): void => {};
  const waiting = new Set<() => void>();
  /** One renewal at a time: they are numbered. */
  let turn: Promise<unknown> = Promise.resolve();

  const held = (): HeldLease | null => facts.read().lease;

  const begin = ({ wish }: HeldLease, limits: Limits): void => {
    own = limits;
    piece = Math.max(piece, nanodollarsToMicrodollars(wish.nanodollars.wanted));
  };

  const set = (next: LeaseView, atMs: number): void => {
    view = next;
    expiresAtMs = atMs + next.expiresInMs;
    if (isHeld()) for (const wake of waiting) wake();
  };

  const isHeld = (): boolean => held() === null || clock.now() < expiresAtMs - MARGIN_MS;

  /** Null: it did not arrive. */
  const renewOnce = async (lease: HeldLease, extra = 0): Promise<"held" | "lost" | null> => {
    const sentAtMs = clock.now();
    const request = renewalOf(lease, books(), {
      seq: facts.read().runs * RENEWALS_PER_RUN + ++renewals,
      piece: piece + extra,
      own: own.microdollars,
      tokens: view?.tokens ?? 0,
    });
    try {
      const answer = await deps.tenantOf(lease.tenantCode).renew(request);
      if (answer.ok) set(answer.lease, sentAtMs);
      else console.warn(`lease ${lease.wish.leaseId}: not renewed: ${answer.message}`);
      return answer.ok ? "held" : "lost";
    } catch (error) {
      console.warn(`lease ${lease.wish.leaseId}: ${error instanceof Error ? error.message : error}`);
      return null;
    }
  };

  const renew = (): Promise<void> => {
    const next = turn.then(async () => {
      const lease = held();
      if (lease === null || !isWatching) return;
      const outcome = await renewOnce(lease);
      if (!isWatching) return;
      if (outcome === "lost") return lose();
      planNext(lease, outcome === null);
    });
    turn = next;
    return next;
  };

  const planNext = ({ wish }: HeldLease, isLate: boolean): void => {
    cancelTimer();
    const delayMs = isLate ? PAUSE_MS : expiresAtMs - wish.ttlMs / 2 - clock.now();
    cancelTimer = clock.schedule(Math.max(0, delayMs), renew);
  };

  const unwatch = (): void => {
    isWatching = false;
    cancelTimer();
  };

  const lose = (): void => {
    unwatch();
    onLost();
  };

  const settleWith = async (lease: HeldLease): Promise<HeldLease> => {
    const total = paidInFull(books());
    if (lease.isCounted) await tellSpent(lease, total);
    const settled = { ...lease, before: total, isSettled: true };
    facts.change({ lease: settled });
    return settled;
  };

  const tellSpent = async (lease: HeldLease, total: Spent): Promise<void> => {
    const { end, spent } = books();
    const ended = end && {
      searchId: deps.searchId(),
      keyId: lease.keyId,
      state: stateOf(end),
      microdollars: total.microdollars,
      calls: spent.calls,
    };
    const settlement = { ...settlementOf(lease, total), ...(ended !== null && { ended }) };
    const answer = await deps.tenantOf(lease.tenantCode).settle(settlement);
    // What the ledger refuses now, it refuses for good: it is there to be read, and the lease is posted in full.
    if (!answer.ok) console.error(`lease ${lease.wish.leaseId}: not settled: ${answer.message}`);
  };

  const draw = async (lease: HeldLease): ReturnType<LeaseKeeper["resume"]> => {
    const sentAtMs = clock.now();
    const request = nextLeaseOf(lease, books(), deps.searchId());
    const drawn = await deps.tenantOf(lease.tenantCode).draw(request);
    if (drawn.ok) {
      const wish = { ...request.lease, nanodollars: lease.wish.nanodollars };
      const { isCounted } = drawn.lease;
      const next = { ...lease, wish, ordinal: lease.ordinal + 1, isCounted, isSettled: false };
      facts.change({ lease: next });
      set(drawn.lease, sentAtMs);
      // Granted to a run that was killed before it knew, and over since: nothing was spent under it.
      return drawn.lease.state === "open" ? "run" : draw(await settleWith(next));
    }
    if (drawn.refusal.type === "busy") return "later";
    return drawn.refusal.type === "too-large" ? "out-of-money" : "revoked";
  };

  const allowance = (): number | undefined => {
    const lease = held();
    return lease === null ? undefined : allowanceOf(lease, view);
  };

  return {
    accept: ({ tenantCode, keyId, wish, view: granted, expiresAtMs: atMs }) => {
      const before = { microdollars: 0, tokens: 0 };
      const { isCounted } = granted;
      facts.change({ lease: { tenantCode, keyId, wish, ordinal: 1, before, isCounted, isSettled: false } });
      view = granted;
      expiresAtMs = atMs;
    },
    resume: async (limits) => {
      const lease = held();
      if (lease === null) return "run";
      begin(lease, limits);
      try {
        if (!lease.isSettled) {
          // What was in flight is paid for, and asked for once more.
          const outcome = await renewOnce(lease, books().reserved.microdollars);
          if (outcome !== "lost") return outcome === null ? "later" : "run";
        }
        return await draw(lease.isSettled ? lease : await settleWith(lease));
      } catch (error) {
        console.warn(`lease ${lease.wish.leaseId}: ${error instanceof Error ? error.message : error}`);
        return "later";
      }
    },
    isHeld,
    whenHeld: (signal) => {
      if (signal.aborted || isHeld()) return Promise.resolve();
      return new Promise((resolve) => {
        const wake = (): void => {
          waiting.delete(wake);
          signal.removeEventListener("abort", wake);
          resolve();
        };
        waiting.add(wake);
        signal.addEventListener("abort", wake);
      });
    },
    watch: (limits) => {
      const lease = held();
      if (lease === null) return;
      begin(lease, limits);
      isWatching = true;
      planNext(lease, false);
    },
    limits: (limits) => {
      if (held() === null) return limits;
      const { microdollars, ...others } = limits;
      return {
        ...others,
        // Above every sum where neither limits.
        get microdollars() {
          return Math.min(microdollars ?? Number.MAX_SAFE_INTEGER, allowance() ?? Number.MAX_SAFE_INTEGER);
        },
      };
    },
    calls: () => (held() === null || view === null ? null : Math.max(1, view.calls)),
    ask: (lacking) => {
      const given = allowance();
      if (!isWatching || given === undefined || clock.now() < shortUntilMs) return null;
      const { spent, reserved } = books();
      const needed = spent.microdollars + reserved.microdollars + lacking;
      if (needed > (own.microdollars ?? Infinity)) return null;
      piece = Math.max(2 * piece, lacking);
      return renew().then(() => {
        if ((allowance() ?? Infinity) < needed) shortUntilMs = clock.now() + PAUSE_MS;
      });
    },
    unwatch,
    isSettled: () => held()?.isSettled ?? true,
    settle: async () => {
      const lease = held();
      if (lease !== null && !lease.isSettled) await settleWith(lease);
    },
  };
}
