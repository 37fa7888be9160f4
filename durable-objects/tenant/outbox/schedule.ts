const S = 1000;
const MINUTE = 60 * S;
const HOUR = 60 * MINUTE;

/** Pauses between deliveries of one event to one webhook, as Standard Webhooks proposes: three days in all. */
const PAUSES_MS = [5 * S, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR];

/** When a delivery that has failed `failures` times is tried again; null: no more. */
export function nextTryAtMs(failures: number, nowMs: number): number | null {
  const pauseMs = PAUSES_MS[failures - 1];
  return pauseMs === undefined ? null : nowMs + pauseMs;
}
