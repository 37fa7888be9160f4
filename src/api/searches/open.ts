import type { GrantedLease, StartInput, StartOutcome } from "../../../durable-objects/search-tree/protocol.ts";
import { fail, type Result, succeed } from "../../core/result.ts";
import { nanodollarsToMicrodollars } from "../../ledger/money.ts";
import type { Location } from "../../providers/config.ts";
import type { Recipe } from "../../recipe.ts";
import { lowest, underCeilings } from "../../search-request/ceilings.ts";
import type { AppContext } from "../context.ts";
import type { ApiError } from "../errors.ts";
import type { Tenant } from "../keys/authenticate.ts";
import { digestOf } from "../keys/format.ts";
import { proveFor } from "../middleware/authentication.ts";
import { drawLease, returnLease, type Want } from "./admission.ts";
import { type Arrival, meetingPlaces } from "./arrival.ts";
import { createSearchId, searchIdAt } from "./search-id.ts";
import { searchStub } from "./search-stub.ts";

export interface OpenedSearch {
  readonly searchId: string;
  readonly createdAtMs: number;
}

type Opened = Result<OpenedSearch, ApiError>;

/**
 * A new search, or the one that this very request has begun before: nobody pays twice for a lost connection. A new one
 * draws its lease first, and lives at `location`, near the provider that it will ask.
 */
export async function openSearch(
  context: AppContext,
  input: Omit<StartInput, "searchId" | "tenantId" | "arrival" | "lease">,
  want: Want,
  arrival: Arrival,
  requestHash: string,
  location?: Location,
): Promise<Opened> {
  const { tenantCode } = context.get("credential");
  const attempt = arrival.type === "retry" ? arrival.attempt : 0;
  const places = meetingPlaces(arrival, requestHash, input.createdAtMs);
  for (const place of places.join) {
    // It spends nothing more: the search that it joins has its lease.
    const tenant = await proveFor(context, "searches:create");
    if (!tenant.ok) return tenant;
    const searchId = await searchIdAt(tenantCode, place);
    const joined = await searchStub(context.env, tenant.value.id, searchId).join(attempt);
    if (joined !== null) return succeed({ searchId, createdAtMs: joined.createdAtMs });
  }
  const type = arrival.type === "keyed" ? "keyed" : "first";
  for (const place of [...places.start, null]) {
    const searchId = place === null ? createSearchId() : await searchIdAt(tenantCode, place);
    const meeting = place === null ? {} : { arrival: { type, attempt, requestHash } as const };
    const drawn = await drawLease(context, want, searchId, input.ownRevision ?? 0);
    if (!drawn.ok) {
      // The same request may be running, and hold just what is missing.
      const known = type === "keyed" && place !== null ? await startedBefore(context, searchId, requestHash) : null;
      const opened = known === null ? drawn : outcomeOf(known, { searchId, createdAtMs: input.createdAtMs });
      if (opened !== null) return opened;
      continue;
    }
    const recipe = underCap(input.recipe, drawn.value);
    if (!recipe.ok) {
      returnLease(context, drawn.value);
      return recipe;
    }
    const tenantId = context.get("tenant").id;
    const started = await searchStub(context.env, tenantId, searchId, location).start({
      ...input,
      ...meeting,
      tenantId,
      searchId,
      recipe: recipe.value,
      lease: drawn.value,
    });
    if (!started.ok || started.createdAtMs !== undefined) returnLease(context, drawn.value);
    const opened = outcomeOf(started, { searchId, createdAtMs: input.createdAtMs });
    if (opened !== null) return opened;
  }
  throw new Error("a search id drawn at random was taken");
}

/** Null where nothing was, or where nobody knows who asks. */
function startedBefore(context: AppContext, searchId: string, requestHash: string): Promise<StartOutcome | null> {
  const tenant = context.get("tenant") as Tenant | undefined;
  if (tenant === undefined) return Promise.resolve(null);
  return searchStub(context.env, tenant.id, searchId).startedAs(requestHash);
}

/** Null: the id is another search's, and the next place is to be tried. */
function outcomeOf(started: StartOutcome, { searchId, createdAtMs }: OpenedSearch): Opened | null {
  if (started.ok) return succeed({ searchId, createdAtMs: started.createdAtMs ?? createdAtMs });
  if (started.conflict === "taken") return null;
  if (started.conflict === "other-request") return fail({ type: "idempotency-key-reused" });
  const { message, param } = started;
  return fail({ type: "invalid-parameter", code: "invalid_value", message, param });
}

/** With no more money than the scopes of the key allow for one search; what was asked for beyond that is reported. */
function underCap(recipe: Recipe, { view }: GrantedLease): Result<Recipe, ApiError> {
  if (view.mostPerSearch === null) return succeed(recipe);
  const cap = { microdollars: nanodollarsToMicrodollars(view.mostPerSearch) };
  const { limits, width, clamped, onBudget = "best" } = recipe;
  const allowed = underCeilings({ limits, width }, { limits: cap, width }, onBudget);
  if (!allowed.ok) return fail({ type: "invalid-parameter", ...allowed.error });
  return succeed({
    ...recipe,
    limits: lowest(limits, cap),
    clamped: [...new Set([...clamped, ...allowed.value.clamped])],
  });
}

/** Of what the request asks for, by whatever channel: equal requests, equal hashes. */
export async function requestHashOf(request: object, problemJson: Uint8Array): Promise<string> {
  // The problem as bytes: once more as text, 30 MB of it would come near the memory of an isolate.
  const problem = await crypto.subtle.digest("SHA-256", problemJson as Uint8Array<ArrayBuffer>);
  return digestOf(JSON.stringify([request, [...new Uint8Array(problem)]]));
}
