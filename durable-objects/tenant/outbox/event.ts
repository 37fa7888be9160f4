import { microdollarsToDollars, nanodollarsToDollars } from "../../../src/ledger/money.ts";
import type { LedgerEvent } from "../../../src/ledger/rows.ts";
import type { WebhookEvent } from "../administration/protocol.ts";
import type { SearchEnd } from "../protocol.ts";

/** What a tenant's webhooks are told of, as their bodies have it. */
export interface TenantEvent {
  /** The receiver's key against hearing of it twice: an event may be delivered more than once. */
  readonly id: string;
  readonly type: WebhookEvent;
  /** Unix seconds. */
  readonly created: number;
  readonly data: object;
}

/** Null for what is nobody else's business. */
export function ledgerEventToEvent(event: LedgerEvent, nowMs: number): TenantEvent | null {
  const created = Math.floor(nowMs / 1000);
  switch (event.type) {
    case "threshold-reached": {
      const { scopeId, budgetId, windowStartMs, percent, posted } = event;
      return {
        // Once per window and percentage, as the ledger tells it.
        id: `evt_${budgetId}_${windowStartMs}_${percent}`,
        type: "budget.threshold_reached",
        created,
        data: {
          budget_id: budgetId,
          scope: scopeId,
          percent,
          posted_usd: nanodollarsToDollars(posted),
          window_start: Math.floor(windowStartMs / 1000),
        },
      };
    }
    case "lease-uncertain": {
      const { leaseId, unknownNanodollars } = event;
      return {
        id: `evt_${leaseId}_uncertain`,
        type: "lease.uncertain",
        created,
        data: { lease_id: leaseId, unknown_usd: nanodollarsToDollars(unknownNanodollars) },
      };
    }
    case "window-started":
    case "lease-overspent":
      return null;
  }
}

/** A search that is settled twice has one event. */
export function searchEndedToEvent(
  { searchId, keyId, state, microdollars, calls }: SearchEnd,
  nowMs: number,
): TenantEvent {
  return {
    id: `evt_${searchId}_ended`,
    type: "search.ended",
    created: Math.floor(nowMs / 1000),
    data: {
      search_id: searchId,
      key_id: keyId,
      state,
      cost_usd: microdollarsToDollars(microdollars),
      model_calls: calls,
    },
  };
}
