import { upsertKey } from "../../../src/db/keys.ts";
import { type Env, scorersOf } from "../../../src/env.ts";
import { egress, platformFetch } from "../../../src/providers/egress.ts";
import { derivedSecret, signingKeyOf } from "../../../src/providers/webhooks/derived-secret.ts";
import { signedHeaders } from "../../../src/providers/webhooks/signature.ts";
import type { Webhook } from "../administration/protocol.ts";
import { keyToRow } from "../imported-key.ts";
import type { KeyStore } from "../key-store.ts";
import type { Table } from "../table.ts";
import type { Delivery, DeliveryStore } from "./delivery-store.ts";
import type { TenantEvent } from "./event.ts";
import { nextTryAtMs } from "./schedule.ts";

/**
 * What others have to hear of: D1 of keys, webhooks of events. It is stored in the transaction that it tells of, and
 * delivered at least once, by whoever calls `deliver`: at once after a change, and by the alarm until it has worked.
 */
export interface Outbox {
  /** To all webhooks that want such events. Synchronous. */
  post(event: TenantEvent, nowMs: number): void;
  /** When there is something to deliver; null for nothing. */
  dueAtMs(nowMs: number): number | null;
  /** One at a time, so that D1 hears of a key's states in their order. Never rejects. */
  deliver(): Promise<void>;
}

interface Shelves {
  readonly keys: KeyStore;
  readonly webhooks: Table<Webhook>;
  readonly deliveries: DeliveryStore;
  readonly tenantId: () => string;
}

export function createOutbox(env: Env, { keys, webhooks, deliveries, tenantId }: Shelves): Outbox {
  let delivering: Promise<void> | null = null;
  const deliver = async (): Promise<void> => {
    const due = deliveries.due(Date.now(), AT_ONCE);
    // Nobody waits for another, which may be down. What is not delivered stays, and the alarm tries again.
    const outcomes = await Promise.allSettled([
      tellKeys(env.DB, keys, tenantId()),
      ...due.map((one) => send(env, webhooks.get(one.webhookId), one, tenantId(), deliveries)),
    ]);
    for (const outcome of outcomes) {
      if (outcome.status === "rejected") console.warn(`tenant ${tenantId()}: not told: ${outcome.reason}`);
    }
  };
  return {
    post: (event, nowMs) => {
      for (const { webhookId, events, isDisabled } of webhooks.all()) {
        if (!isDisabled && events.includes(event.type)) deliveries.add(webhookId, event, nowMs);
      }
    },
    dueAtMs: (nowMs) => {
      const first = deliveries.firstDueMs();
      if (keys.untold().length === 0) return first;
      return Math.min(nowMs + D1_RETRY_MS, first ?? Number.POSITIVE_INFINITY);
    },
    deliver: async () => {
      const before = delivering;
      const own = (async () => {
        await before;
        await deliver();
      })();
      delivering = own;
      await own;
      if (delivering === own) delivering = null;
    },
  };
}

const AT_ONCE = 20;
const D1_RETRY_MS = 10_000;
/** A receiver should take an event and work on it afterwards. */
const TIMEOUT_MS = 10_000;

async function tellKeys(database: D1Database, keys: KeyStore, tenantId: string): Promise<void> {
  for (const stored of keys.untold()) {
    await upsertKey(database, keyToRow(tenantId, stored));
    keys.markTold(stored);
  }
}

/** Whatever is not a success is a failure: the receiver gets it again, signed anew, under the same id. */
async function send(
  env: Env,
  webhook: Webhook | null,
  delivery: Delivery,
  tenantId: string,
  deliveries: DeliveryStore,
): Promise<void> {
  const signingKey = signingKeyOf(env);
  if (webhook === null || webhook.isDisabled || signingKey === null) return deliveries.delete(delivery);
  const isTaken = await isTakenBy(env, webhook, delivery, secretsOf(webhook, signingKey, tenantId)).catch(() => false);
  const nextMs = isTaken ? null : nextTryAtMs(delivery.failures + 1, Date.now());
  if (nextMs === null) deliveries.delete(delivery);
  else deliveries.postpone(delivery, nextMs);
}

/** The current one, and for a while after a rotation the one before. */
function secretsOf({ webhookId, revision, overlapEndsAtMs }: Webhook, signingKey: string, tenantId: string): string[] {
  const overlaps = overlapEndsAtMs !== null && Date.now() < overlapEndsAtMs;
  const revisions = overlaps ? [revision, revision - 1] : [revision];
  return revisions.map((one) => derivedSecret(signingKey, tenantId, webhookId, one));
}

async function isTakenBy(
  env: Env,
  { url }: Webhook,
  { eventId, body }: Delivery,
  secrets: readonly string[],
): Promise<boolean> {
  const init = {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "user-agent": "Espalier-Webhook/1",
      ...signedHeaders(eventId, Date.now(), body, secrets),
    },
    body,
    signal: AbortSignal.timeout(TIMEOUT_MS),
  };
  const left = await egress(platformFetch, url, init, { rules: scorersOf(env) });
  if (!left.ok) return false;
  await left.value.body?.cancel();
  return left.value.ok;
}
