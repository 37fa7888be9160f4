import { type Result, succeed } from "../../../core/result.ts";
import { chunk } from "../../../db/searches.ts";
import { findListPlace, type ListPlace, listStoredCompletions } from "../../../db/stored-completions.ts";
import type { AppContext } from "../../context.ts";
import type { ApiError } from "../../errors.ts";
import { type PageQuery, parsePageQuery, unknownCursor } from "../../paging.ts";
import { searchIdOfCompletion } from "../../searches/search-id.ts";
import { findBySearch, findStored, type StoredCompletion, storedToWire } from "./find.ts";
import { parseMetadata } from "./metadata.ts";

export interface CompletionListQuery extends PageQuery {
  readonly model: string | null;
  /** All of these must be there; one name with two values is nowhere. */
  readonly metadata: readonly (readonly [key: string, value: string])[];
}

/** `after`, `limit`, `order`, `model` and any number of `metadata[key]=value`. */
export function parseListQuery(query: URLSearchParams): Result<CompletionListQuery, ApiError> {
  const page = parsePageQuery((name) => query.get(name) ?? undefined, "asc");
  if (!page.ok) return page;
  const metadata = [...query].flatMap(([name, value]): [string, string][] => {
    const [, key] = /^metadata\[(.*)\]$/s.exec(name) ?? [];
    return key === undefined ? [] : [[key, value]];
  });
  const bounded = parseMetadata(Object.fromEntries(metadata));
  return bounded.ok ? succeed({ ...page.value, model: query.get("model"), metadata }) : bounded;
}

type WireCompletion = ReturnType<typeof storedToWire>;

export interface CompletionList {
  readonly completions: readonly WireCompletion[];
  readonly hasMore: boolean;
}

/** What D1 lists and its object does not know is made up for with what comes next; after so many rounds no more. */
const MAX_ROUNDS = 5;

/**
 * D1 says which and in what order, each search's object what it is: D1 may lag behind, and still nothing is shown that
 * was deleted or says something else by now.
 */
export async function listCompletions(
  context: AppContext,
  query: CompletionListQuery,
): Promise<Result<CompletionList, ApiError>> {
  const start = query.after === null ? succeed(null) : await placeOf(context, query.after);
  if (!start.ok) return start;
  const found: WireCompletion[] = [];
  let after = start.value;
  let hasMoreRows = true;
  for (let round = 0; round < MAX_ROUNDS && hasMoreRows && found.length <= query.limit; round++) {
    // One more than the page holds tells whether there is another page.
    const limit = query.limit + 1 - found.length;
    const rows = await listStoredCompletions(context.env.DB, context.get("tenant").id, { ...query, after, limit });
    found.push(...(await completionsOf(context, rows, query)));
    after = rows.at(-1) ?? after;
    hasMoreRows = rows.length === limit;
  }
  return succeed({ completions: found.slice(0, query.limit), hasMore: hasMoreRows });
}

/** Objects asked at the same time: an answer comes with all of its search's candidates, and memory is bounded (I17). */
const OBJECTS_AT_ONCE = 10;

async function completionsOf(
  context: AppContext,
  places: readonly ListPlace[],
  query: CompletionListQuery,
): Promise<WireCompletion[]> {
  const completions: WireCompletion[] = [];
  for (const some of chunk(places, OBJECTS_AT_ONCE)) {
    const stored = await Promise.all(some.map(({ searchId }) => findBySearch(context, searchId)));
    for (const one of stored) if (one !== null && isWanted(one, query)) completions.push(storedToWire(one));
  }
  return completions;
}

function isWanted({ listing }: StoredCompletion, { metadata }: CompletionListQuery): boolean {
  return metadata.every(([key, value]) => listing.metadata[key] === value);
}

/** By D1 first, which also knows where the deleted ones stood; the object knows what D1 does not know yet. */
async function placeOf(context: AppContext, completionId: string): Promise<Result<ListPlace, ApiError>> {
  const searchId = searchIdOfCompletion(completionId);
  if (searchId === null) return unknownCursor();
  const listed = await findListPlace(context.env.DB, context.get("tenant").id, searchId);
  if (listed !== null) return succeed(listed);
  const stored = await findStored(context, completionId);
  return stored === null ? unknownCursor() : succeed({ searchId, createdAtMs: stored.summary.createdAtMs });
}
