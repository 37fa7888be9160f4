import type { SearchSummary } from "../../../durable-objects/search-tree/protocol.ts";
import { fail, type Result, succeed } from "../../core/result.ts";
import { listRunning } from "../../db/running-searches.ts";
import { chunk, findSearchPlace, listSearches, type SearchPlace } from "../../db/searches.ts";
import { microdollarsToDollars } from "../../ledger/money.ts";
import { failureOf, stopReasonToWire } from "../chat-completions/outcome.ts";
import type { AppContext } from "../context.ts";
import type { ApiError } from "../errors.ts";
import { type Page, parsePageQuery, toPage, unknownCursor } from "../paging.ts";
import { searchStub } from "./search-stub.ts";
import { type ListedSearch, rowToWire } from "./view.ts";

const STATES = ["running", "ended", "completed", "failed", "cancelled"] as const;
type State = (typeof STATES)[number];

interface Listed extends SearchPlace {
  readonly wire: ListedSearch;
}

/** A tenant's searches, the newest first: those that run and those that have ended, or only those of one state. */
export async function listPage(
  context: AppContext,
  read: (name: "limit" | "order" | "after" | "state") => string | undefined,
): Promise<Result<Page<ListedSearch>, ApiError>> {
  const page = parsePageQuery(read, "desc");
  if (!page.ok) return page;
  if (page.value.order !== "desc") return invalid("order", "expected 'desc': the newest come first");
  const state = read("state") ?? null;
  if (state !== null && !isState(state)) return invalid("state", `expected one of ${STATES.join(", ")}`);
  const { limit, after } = page.value;
  const tenantId = context.get("tenant").id;
  const place = after === null ? null : await findSearchPlace(context.env.DB, tenantId, after);
  if (after !== null && place === null) return unknownCursor();
  // One more than the page holds tells whether there is another page.
  const query = { limit: limit + 1, ...(place !== null && { after: place }) };
  const [ended, running] = await Promise.all([
    state === "running" ? [] : endedOnes(context, { ...query, ...stateOf(state) }),
    state === null || state === "running" ? runningOnes(context, query, state === "running") : [],
  ]);
  const known = new Set(ended.map(({ id }) => id));
  const listed = [...ended, ...running.filter(({ id }) => !known.has(id))].sort(byAge);
  return succeed(
    toPage(
      listed.slice(0, limit).map(({ wire }) => wire),
      listed.length > limit,
    ),
  );
}

function isState(text: string): text is State {
  return (STATES as readonly string[]).includes(text);
}

function stateOf(state: State | null) {
  return state === null || state === "ended" || state === "running" ? {} : { state };
}

interface PlaceQuery {
  readonly limit: number;
  readonly after?: SearchPlace;
}

async function endedOnes(context: AppContext, query: PlaceQuery & ReturnType<typeof stateOf>): Promise<Listed[]> {
  const rows = await listSearches(context.env.DB, context.get("tenant").id, query);
  return rows.map((row) => ({ id: row.id, createdAtMs: row.createdAtMs, wire: rowToWire(row) }));
}

/** Objects asked at the same time: memory is bounded (I17). */
const OBJECTS_AT_ONCE = 10;

/** D1 says which, each search's object how it stands: D1 may lag behind, and still nothing that has ended runs here. */
async function runningOnes(context: AppContext, { limit, after }: PlaceQuery, onlyRunning: boolean): Promise<Listed[]> {
  const tenantId = context.get("tenant").id;
  const rows = await listRunning(context.env.DB, tenantId, limit, after);
  const listed: Listed[] = [];
  for (const some of chunk(rows, OBJECTS_AT_ONCE)) {
    const found = await Promise.all(some.map(({ id }) => searchStub(context.env, tenantId, id).summary()));
    for (const summary of found) {
      if (summary === null || (onlyRunning && summary.state !== "running")) continue;
      listed.push({ id: summary.id, createdAtMs: summary.createdAtMs, wire: summaryToWire(summary) });
    }
  }
  return listed;
}

/** As `rowToWire`, of one that D1 knows nothing else of. */
function summaryToWire(summary: SearchSummary): ListedSearch {
  const answer = summary.state === "running" || failureOf(summary) !== null ? undefined : summary.answers[0];
  return {
    id: summary.id,
    object: "search",
    state: summary.state,
    model: summary.model,
    method: summary.method,
    seed: summary.seed,
    created: Math.floor(summary.createdAtMs / 1000),
    ended: summary.endedAtMs === null ? null : Math.floor(summary.endedAtMs / 1000),
    stop_reason: summary.stopReason === null ? null : stopReasonToWire(summary.stopReason),
    answer: answer?.text ?? null,
    score: answer?.score?.value ?? null,
    rollouts: summary.rollouts,
    model_calls: summary.spent.calls,
    cost: microdollarsToDollars(summary.spent.microdollars),
  };
}

function byAge(a: SearchPlace, b: SearchPlace): number {
  return b.createdAtMs - a.createdAtMs || (a.id < b.id ? 1 : -1);
}

function invalid(param: string, reason: string): Result<never, ApiError> {
  return fail({ type: "invalid-parameter", code: "invalid_value", message: `Invalid '${param}': ${reason}.`, param });
}
