import { fail, type Result, succeed } from "../../core/result.ts";
import type { ApiError } from "../errors.ts";

/**
 * What a request's headers say of whether it was sent before. OpenAI's SDKs repeat a request up to twice by themselves
 * and count it in a header, 0 the first time, but send no idempotency key (WIRE.md 1.7).
 */
export type Arrival =
  /** Says nothing: it is never taken for another. */
  | { readonly type: "unmarked" }
  | { readonly type: "first" }
  | { readonly type: "retry"; readonly attempt: number }
  | { readonly type: "keyed"; readonly key: string };

const MAX_KEY_LENGTH = 255;

export function arrivalOf(headers: Pick<Headers, "get">): Result<Arrival, ApiError> {
  const key = headers.get("idempotency-key") ?? "";
  if (key.length > MAX_KEY_LENGTH) {
    const param = "Idempotency-Key";
    const message = `Invalid '${param}': expected at most ${MAX_KEY_LENGTH} characters.`;
    return fail({ type: "invalid-parameter", code: "string_above_max_length", message, param });
  }
  if (key !== "") return succeed({ type: "keyed", key });
  const count = headers.get("x-stainless-retry-count") ?? "";
  if (!/^\d{1,3}$/.test(count)) return succeed({ type: "unmarked" });
  const attempt = Number(count);
  return succeed(attempt === 0 ? { type: "first" } : { type: "retry", attempt });
}

/** A retry may come this long after the request before it: the SDKs wait 10 minutes for an answer. */
const WINDOW_MS = 20 * 60_000;
/** Identical requests at the same time that a retry can find; twins beyond these run as well and are not found. */
const TWINS = 2;
/** Searches of one idempotency key: the next is begun only where the one before failed. */
const MAX_TRIES_PER_KEY = 8;

export interface MeetingPlaces {
  /** Where a search may be joined. */
  readonly join: readonly string[];
  /** Where one may be started, in this order. */
  readonly start: readonly string[];
}

/**
 * Names that the repetition of a request derives as well, from what it asks and when: the search's own object is where
 * they meet, and nothing has to be looked up or kept elsewhere. The tenant is added where they become ids.
 */
export function meetingPlaces(arrival: Arrival, requestHash: string, nowMs: number): MeetingPlaces {
  const window = Math.floor(nowMs / WINDOW_MS);
  const placesIn = (one: number): string[] =>
    Array.from({ length: TWINS }, (_unused, twin) => JSON.stringify(["retry", requestHash, one, twin]));
  switch (arrival.type) {
    case "unmarked":
      return { join: [], start: [] };
    case "first":
      return { join: [], start: placesIn(window) };
    case "retry":
      return { join: [...placesIn(window), ...placesIn(window - 1)], start: placesIn(window) };
    case "keyed": {
      const tries = Array.from({ length: MAX_TRIES_PER_KEY }, (_unused, index) => index);
      return { join: [], start: tries.map((index) => JSON.stringify(["key", arrival.key, index])) };
    }
  }
}

/** Part of the client's own timeout that a search may use: its answer has to travel as well (WIRE.md 1.7). */
const SHARE_OF_TIMEOUT = 0.9;

/** Null where the client sets none, or needs none: a stream's headers and a background response come at once. */
export function timeoutMsOf(headers: Pick<Headers, "get">, body: Readonly<Record<string, unknown>>): number | null {
  const seconds = Number(headers.get("x-stainless-timeout") ?? "");
  if (!(seconds > 0) || seconds === Infinity || body.stream === true || body.background === true) return null;
  return Math.max(1, Math.floor(seconds * 1000 * SHARE_OF_TIMEOUT));
}
