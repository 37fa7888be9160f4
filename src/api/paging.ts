import { fail, type Result, succeed } from "../core/result.ts";
import type { ApiError } from "./errors.ts";

/** OpenAI's cursor pages: `after` is the id of the last thing of the page before, null or "" for the first page. */
export interface PageQuery {
  /** From 1 to 100. */
  readonly limit: number;
  readonly order: "asc" | "desc";
  readonly after: string | null;
}

export interface Page<Item> {
  readonly object: "list";
  readonly data: readonly Item[];
  /** "" on an empty page: OpenAI's document has no null here, and typed clients would break on it. */
  readonly first_id: string;
  readonly last_id: string;
  readonly has_more: boolean;
}

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100;

/** `read` gives a query parameter as the client wrote it. */
export function parsePageQuery(
  read: (name: "limit" | "order" | "after") => string | undefined,
  defaultOrder: PageQuery["order"],
): Result<PageQuery, ApiError> {
  const limit = Number(read("limit") ?? DEFAULT_LIMIT);
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
    return invalid("limit", `expected an integer from 1 to ${MAX_LIMIT}`);
  }
  const order = read("order") ?? defaultOrder;
  if (order !== "asc" && order !== "desc") return invalid("order", "expected 'asc' or 'desc'");
  return succeed({ limit, order, after: read("after") || null });
}

export function unknownCursor(): Result<never, ApiError> {
  return invalid("after", "there is no such item");
}

/** One page of what is all at hand, `items` being in ascending order. */
export function pageOf<Item extends { readonly id: string }>(
  items: readonly Item[],
  { limit, order, after }: PageQuery,
): Result<Page<Item>, ApiError> {
  const ordered = order === "asc" ? items : [...items].reverse();
  const last = after === null ? -1 : ordered.findIndex(({ id }) => id === after);
  if (after !== null && last < 0) return unknownCursor();
  const from = last + 1;
  return succeed(toPage(ordered.slice(from, from + limit), from + limit < ordered.length));
}

export function toPage<Item extends { readonly id: string }>(data: readonly Item[], hasMore: boolean): Page<Item> {
  return {
    object: "list",
    data,
    first_id: data[0]?.id ?? "",
    last_id: data.at(-1)?.id ?? "",
    has_more: hasMore,
  };
}

function invalid(param: string, reason: string): Result<never, ApiError> {
  const message = `Invalid '${param}': ${reason}.`;
  return fail({ type: "invalid-parameter", code: "invalid_value", message, param });
}
