import type { LeaseRequest } from "../../src/ledger/lease.ts";
import type { Period } from "../../src/ledger/period.ts";
import type { Budget, Scope } from "../../src/ledger/rows.ts";
import { GRACE_MS, type Renewal } from "../../src/ledger/settle.ts";

/**
 * A second ledger, which keeps no sums: only who was granted what and when, what of it was spent, and in which window
 * or top-up each part lies. Everything else is added up from that, from scratch, each time it is asked for. Days are
 * told by `Intl` here and by Temporal there. What it says must be what the ledger says.
 */
export interface AuditedLease {
  readonly leaseId: string;
  readonly keyId: string;
  readonly scopeIds: readonly string[];
  readonly calls: number;
  readonly spentBefore: number;
  state: "open" | "settled" | "voided" | "uncertain";
  seq: number;
  nanodollars: number;
  spent: number;
  expiresAtElapsedMs: number;
  /** By budget, in the order of spending. */
  readonly parts: Map<string, Part[]>;
}

interface Part {
  /** A day, week, month, slice or top-up. */
  readonly place: string;
  amount: number;
}

interface AuditedTopUp {
  readonly place: string;
  readonly budgetId: string;
  readonly nanodollars: number;
  readonly expiresAtMs: number | null;
}

export interface Expected {
  readonly type: "granted" | "too-large" | "busy" | "key-not-live";
  readonly limit: string | null;
  readonly nanodollars: number;
  readonly calls: number;
}

export class Auditor {
  readonly budgets = new Map<string, Budget>();
  readonly scopes = new Map<string, Scope>();
  readonly leases = new Map<string, AuditedLease>();
  readonly topUps: AuditedTopUp[] = [];
  readonly liveKeys = new Set<string>();
  nowMs = 0;
  readonly #readings: number[] = [];

  read(nowMs: number): void {
    this.nowMs = nowMs;
    this.#readings.push(nowMs);
  }

  elapsedMs(): number {
    return this.#readings.reduce((sum, at, index) => sum + Math.max(0, at - (this.#readings[index - 1] ?? at)), 0);
  }

  /** What is posted and reserved in one place, by adding up all leases. */
  inPlace(budgetId: string, place: string): { posted: number; reserved: number } {
    let [posted, reserved] = [0, 0];
    for (const lease of this.leases.values()) {
      let rest = lease.spent;
      for (const [index, part] of (lease.parts.get(budgetId) ?? []).entries()) {
        const spent = Math.min(rest, part.amount);
        rest -= spent;
        if (part.place === place) {
          posted += spent;
          if (lease.state === "open") reserved += part.amount - spent;
        }
        // What no reservation covers lies where the lease was admitted.
        if (index === 0 && part.place === place) posted += Math.max(0, lease.spent - this.#covered(lease, budgetId));
      }
    }
    return { posted, reserved };
  }

  #covered(lease: AuditedLease, budgetId: string): number {
    return (lease.parts.get(budgetId) ?? []).reduce((sum, part) => sum + part.amount, 0);
  }

  /** Of a budget in the window of now. */
  inWindow(budget: Budget): { posted: number; reserved: number } {
    const places = new Set(
      [...this.leases.values()].flatMap((one) => (one.parts.get(budget.budgetId) ?? []).map((part) => part.place)),
    );
    let [posted, reserved] = [0, 0];
    for (const place of places) {
      if (!counts(budget.period, place, this.nowMs)) continue;
      const sums = this.inPlace(budget.budgetId, place);
      posted += sums.posted;
      reserved += sums.reserved;
    }
    return { posted, reserved };
  }

  #liveTopUps(budgetId: string): AuditedTopUp[] {
    return this.topUps
      .filter((one) => one.budgetId === budgetId && (one.expiresAtMs ?? Number.MAX_VALUE) > this.nowMs)
      .sort((a, b) => (a.expiresAtMs ?? Number.MAX_VALUE) - (b.expiresAtMs ?? Number.MAX_VALUE));
  }

  room(budget: Budget): { inWindow: number; free: number; atBest: number } {
    const { posted, reserved } = this.inWindow(budget);
    let free = Math.max(0, budget.nanodollars - posted - reserved);
    let atBest = Math.max(0, budget.nanodollars - posted);
    for (const topUp of this.#liveTopUps(budget.budgetId)) {
      const sums = this.inPlace(budget.budgetId, topUp.place);
      free += topUp.nanodollars - sums.posted - sums.reserved;
      atBest += topUp.nanodollars - sums.posted;
    }
    return { inWindow: budget.nanodollars - posted - reserved, free, atBest };
  }

  budgetsOf(scopeId: string): Budget[] {
    return [...this.budgets.values()].filter((one) => one.scopeId === scopeId);
  }

  openLeases(scopeId: string): AuditedLease[] {
    return [...this.leases.values()].filter((one) => one.state === "open" && one.scopeIds.includes(scopeId));
  }

  /** What the ledger must answer to this request, unless the lease is known already. */
  expectLease(request: LeaseRequest): Expected {
    if (!this.liveKeys.has(request.keyId)) return { type: "key-not-live", limit: null, nanodollars: 0, calls: 0 };
    let [nanodollars, calls] = [request.nanodollars.wanted, request.calls.wanted];
    const busy: string[] = [];
    const tooLarge: string[] = [];
    for (const scopeId of request.scopeIds) {
      const scope = this.scopes.get(scopeId);
      const open = this.openLeases(scopeId);
      if (scope?.parallelSearches != null) {
        if (scope.parallelSearches < 1) tooLarge.push("parallel-searches");
        if (open.length >= scope.parallelSearches) busy.push("parallel-searches");
      }
      if (scope?.parallelCalls != null) {
        const free = Math.max(0, scope.parallelCalls - open.reduce((sum, one) => sum + one.calls, 0));
        calls = Math.min(calls, free);
        if (scope.parallelCalls < request.calls.minimum) tooLarge.push("parallel-calls");
        if (free < request.calls.minimum) busy.push("parallel-calls");
      }
      if (scope?.nanodollarsPerSearch != null) {
        const free = Math.max(0, scope.nanodollarsPerSearch - (request.spentBefore ?? 0));
        nanodollars = Math.min(nanodollars, free);
        if (free < request.nanodollars.minimum) tooLarge.push("cost-per-search");
      }
      for (const budget of this.budgetsOf(scopeId)) {
        const room = this.room(budget);
        nanodollars = Math.min(nanodollars, room.free);
        if (room.atBest < request.nanodollars.minimum) tooLarge.push("budget");
        if (room.free < request.nanodollars.minimum) busy.push("budget");
      }
    }
    if (tooLarge[0] !== undefined) return { type: "too-large", limit: tooLarge[0], nanodollars: 0, calls: 0 };
    if (busy[0] !== undefined) return { type: "busy", limit: busy[0], nanodollars: 0, calls: 0 };
    return { type: "granted", limit: null, nanodollars, calls };
  }

  grant(request: LeaseRequest, nanodollars: number, calls: number): void {
    const parts = new Map<string, Part[]>();
    for (const scopeId of request.scopeIds) {
      for (const budget of this.budgetsOf(scopeId)) parts.set(budget.budgetId, this.#partsOf(budget, nanodollars));
    }
    this.leases.set(request.leaseId, {
      leaseId: request.leaseId,
      keyId: request.keyId,
      scopeIds: request.scopeIds,
      calls,
      spentBefore: request.spentBefore ?? 0,
      state: "open",
      seq: 0,
      nanodollars,
      spent: 0,
      expiresAtElapsedMs: this.elapsedMs() + request.ttlMs,
      parts,
    });
  }

  #partsOf(budget: Budget, nanodollars: number): Part[] {
    const first = Math.min(nanodollars, Math.max(0, this.room(budget).inWindow));
    const parts: Part[] = [{ place: placeAt(budget.period, this.nowMs), amount: first }];
    let rest = nanodollars - first;
    for (const topUp of this.#liveTopUps(budget.budgetId)) {
      const { posted, reserved } = this.inPlace(budget.budgetId, topUp.place);
      const amount = Math.min(rest, topUp.nanodollars - posted - reserved);
      if (amount > 0) parts.push({ place: topUp.place, amount });
      rest -= amount;
    }
    return parts;
  }

  /** The amount that a renewal must come to. */
  expectRenewal(lease: AuditedLease, renewal: Renewal): number {
    let most = Number.MAX_SAFE_INTEGER;
    for (const budgetId of lease.parts.keys()) {
      const budget = this.budgets.get(budgetId);
      if (budget === undefined) continue;
      const { inWindow, free } = this.room(budget);
      most = Math.min(most, lease.nanodollars + (free > 0 ? free : Math.min(0, inWindow)));
    }
    for (const scopeId of lease.scopeIds) {
      const cap = this.scopes.get(scopeId)?.nanodollarsPerSearch;
      if (cap != null) most = Math.min(most, cap - lease.spentBefore);
    }
    const inUse = Math.min(renewal.spent + renewal.inFlight, lease.nanodollars);
    return Math.max(inUse, Math.min(renewal.wanted, most));
  }

  renew(lease: AuditedLease, renewal: Renewal, nanodollars: number): void {
    for (const [budgetId, parts] of lease.parts) {
      const budget = this.budgets.get(budgetId);
      if (budget !== undefined && nanodollars > lease.nanodollars) {
        for (const more of this.#partsOf(budget, nanodollars - lease.nanodollars)) {
          const same = parts.find((one) => one.place === more.place);
          if (same === undefined) parts.push(more);
          else same.amount += more.amount;
        }
      }
      let rest = nanodollars;
      for (const part of parts) {
        part.amount = Math.min(rest, part.amount);
        rest -= part.amount;
      }
    }
    lease.nanodollars = nanodollars;
    lease.spent = renewal.spent;
    lease.seq = renewal.seq;
    lease.expiresAtElapsedMs = this.elapsedMs() + renewal.ttlMs;
  }

  isDue(lease: AuditedLease): boolean {
    return lease.state === "open" && this.elapsedMs() >= lease.expiresAtElapsedMs + GRACE_MS;
  }
}

/** Where money admitted at `nowMs` lies: the name of a day, week, month or slice. */
export function placeAt(period: Period, nowMs: number): string {
  switch (period.type) {
    case "lifetime":
      return "for ever";
    case "rolling":
      return String(Math.floor(nowMs / Math.ceil(period.lengthMs / 60)));
    case "calendar": {
      const day = localDay(period.timeZone, nowMs);
      if (period.unit === "day") return day;
      if (period.unit === "month") return day.slice(0, 7);
      const midnight = new Date(`${day}T00:00:00Z`);
      return new Date(midnight.getTime() - ((midnight.getUTCDay() + 6) % 7) * 86_400_000).toISOString().slice(0, 10);
    }
  }
}

/** Does what lies there count against the budget at `nowMs`? */
function counts(period: Period, place: string, nowMs: number): boolean {
  if (period.type !== "rolling") return place === placeAt(period, nowMs);
  return !place.startsWith("top-up") && Number(place) >= Number(placeAt(period, nowMs)) - 60;
}

const formats = new Map<string, Intl.DateTimeFormat>();
const days = new Map<string, string>();

/** YYYY-MM-DD of the wall clock there. */
export function localDay(timeZone: string, nowMs: number): string {
  const name = `${timeZone} ${nowMs}`;
  const day = days.get(name) ?? formatOf(timeZone).format(nowMs);
  days.set(name, day);
  return day;
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat("sv-SE", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" });
  formats.set(timeZone, format);
  return format;
}
