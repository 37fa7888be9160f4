import type { StartInput } from "../../../durable-objects/search-tree/protocol.ts";
import { fail, type Result, succeed } from "../../core/result.ts";
import type { Env } from "../../env.ts";
import type { Location } from "../../providers/config.ts";
import type { ApiError } from "../errors.ts";
import { digestOf } from "../keys/format.ts";
import { type Arrival, meetingPlaces } from "./arrival.ts";
import { createSearchId, searchIdAt } from "./search-id.ts";
import { searchStub } from "./search-stub.ts";

export interface OpenedSearch {
  readonly searchId: string;
  readonly createdAtMs: number;
}

/**
 * A new search, or the one that this very request has begun before: nobody pays twice for a lost connection. A new one
 * lives at `location`, near the provider that it will ask.
 */
export async function openSearch(
  env: Env,
  input: Omit<StartInput, "searchId" | "arrival">,
  arrival: Arrival,
  requestHash: string,
  location?: Location,
): Promise<Result<OpenedSearch, ApiError>> {
  const { tenantId } = input;
  const attempt = arrival.type === "retry" ? arrival.attempt : 0;
  const places = meetingPlaces(arrival, requestHash, input.createdAtMs);
  for (const place of places.join) {
    const searchId = await searchIdAt(tenantId, place);
    const joined = await searchStub(env, tenantId, searchId).join(attempt);
    if (joined !== null) return succeed({ searchId, createdAtMs: joined.createdAtMs });
  }
  const type = arrival.type === "keyed" ? "keyed" : "first";
  for (const place of [...places.start, null]) {
    const searchId = place === null ? createSearchId() : await searchIdAt(tenantId, place);
    const wanted = { ...input, searchId, ...(place !== null && { arrival: { type, attempt, requestHash } as const }) };
    const started = await searchStub(env, tenantId, searchId, location).start(wanted);
    if (started.ok) return succeed({ searchId, createdAtMs: started.createdAtMs ?? input.createdAtMs });
    if (started.conflict === "taken") continue;
    if (started.conflict === "other-request") return fail({ type: "idempotency-key-reused" });
    const { message, param } = started;
    return fail({ type: "invalid-parameter", code: "invalid_value", message, param });
  }
  throw new Error("a search id drawn at random was taken");
}

/** Of what the request asks for, by whatever channel: equal requests, equal hashes. */
export async function requestHashOf(request: object, problemJson: Uint8Array): Promise<string> {
  // The problem as bytes: once more as text, 30 MB of it would come near the memory of an isolate.
  const problem = await crypto.subtle.digest("SHA-256", problemJson as Uint8Array<ArrayBuffer>);
  return digestOf(JSON.stringify([request, [...new Uint8Array(problem)]]));
}
