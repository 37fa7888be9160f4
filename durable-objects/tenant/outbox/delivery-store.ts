import type { TenantEvent } from "./event.ts";

/** One event on its way to one webhook. */
export interface Delivery {
  readonly webhookId: string;
  readonly eventId: string;
  /** The event as JSON: signed and sent as it is, however often. */
  readonly body: string;
  readonly failures: number;
}

export interface DeliveryStore {
  /** The same event to the same webhook again is the same delivery. */
  add(webhookId: string, event: TenantEvent, dueMs: number): void;
  /** Those due at `nowMs`, the oldest first. */
  due(nowMs: number, limit: number): readonly Delivery[];
  firstDueMs(): number | null;
  postpone(delivery: Delivery, dueMs: number): void;
  delete(delivery: Delivery): void;
}

export function createDeliveryStore(sql: SqlStorage): DeliveryStore {
  sql.exec(`CREATE TABLE IF NOT EXISTS delivery (
    webhook_id TEXT NOT NULL, event_id TEXT NOT NULL, body TEXT NOT NULL, failures INTEGER NOT NULL, due_ms INTEGER NOT NULL,
    PRIMARY KEY (webhook_id, event_id)
  ) WITHOUT ROWID`);
  return {
    add: (webhookId, event, dueMs) =>
      void sql.exec(
        "INSERT INTO delivery VALUES (?, ?, ?, 0, ?) ON CONFLICT DO NOTHING",
        webhookId,
        event.id,
        JSON.stringify(event),
        dueMs,
      ),
    due: (nowMs, limit) =>
      sql
        .exec<{ webhook_id: string; event_id: string; body: string; failures: number }>(
          "SELECT * FROM delivery WHERE due_ms <= ? ORDER BY due_ms LIMIT ?",
          nowMs,
          limit,
        )
        .toArray()
        .map(({ webhook_id, event_id, body, failures }) => {
          return { webhookId: webhook_id, eventId: event_id, body, failures };
        }),
    firstDueMs: () => sql.exec<{ due: number | null }>("SELECT min(due_ms) AS due FROM delivery").one().due,
    postpone: ({ webhookId, eventId, failures }, dueMs) =>
      void sql.exec(
        "UPDATE delivery SET due_ms = ?, failures = ? WHERE webhook_id = ? AND event_id = ?",
        dueMs,
        failures + 1,
        webhookId,
        eventId,
      ),
    delete: ({ webhookId, eventId }) =>
      void sql.exec("DELETE FROM delivery WHERE webhook_id = ? AND event_id = ?", webhookId, eventId),
  };
}
