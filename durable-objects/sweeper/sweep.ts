import { deleteRunningSearches, pageOfRunning, type RunningSearch } from "../../src/db/running-searches.ts";
import { chunk } from "../../src/db/searches.ts";
import type { Env } from "../../src/env.ts";
import { WATCHDOG_PERIOD_MS } from "../search-tree/watchdog.ts";

export interface Swept {
  /** Searches that were looked after. */
  readonly asked: number;
  /** Of those: taken off D1's list, having been told of or forgotten. */
  readonly gone: number;
  /** Of those: could not be reached, and are asked again next time. */
  readonly failed: number;
}

/** A younger search has its first alarm still before it. */
const YOUNGEST_MS = WATCHDOG_PERIOD_MS;
const PAGE_LENGTH = 500;
/** In one sweep; the next begins elsewhere. */
const MOST_PAGES = 20;
const OBJECTS_AT_ONCE = 20;

/**
 * Looks after every search that D1 knows to be running: one whose alarm was lost goes on (I5), one that has ended and could
 * not tell anybody tells it. The search's object decides what there is to do; it costs a call to an object that is awake
 * anyway. To be called once a minute; two at a time do no harm. `from` in [0, 1) says where in the list it begins: a list
 * that is too long for one sweep is swept evenly by several.
 */
export async function sweep(env: Pick<Env, "DB" | "SEARCH_TREE">, nowMs: number, from: number): Promise<Swept> {
  const start = `srch_${ALPHABET[Math.floor(from * ALPHABET.length)] ?? ""}`;
  const total = { asked: 0, gone: 0, failed: 0 };
  let after = start;
  let hasWrapped = false;
  for (let pages = 0; pages < MOST_PAGES; pages++) {
    const page = await pageOfRunning(env.DB, { after, beforeMs: nowMs - YOUNGEST_MS, limit: PAGE_LENGTH });
    const mine = hasWrapped ? page.filter(({ id }) => id <= start) : page;
    for (const some of chunk(mine, OBJECTS_AT_ONCE)) {
      const standings = await Promise.all(some.map((row) => askAfter(env, row)));
      const gone = some.filter((_row, index) => standings[index] === "gone").map(({ id }) => id);
      await deleteRunningSearches(env.DB, gone);
      total.asked += some.length;
      total.gone += gone.length;
      total.failed += standings.filter((standing) => standing === "failed").length;
    }
    after = page.at(-1)?.id ?? after;
    if (page.length === PAGE_LENGTH && mine.length === page.length) continue;
    if (hasWrapped) break;
    hasWrapped = true;
    after = "";
  }
  return total;
}

/** What an id goes on with after its prefix. */
const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

async function askAfter(env: Pick<Env, "SEARCH_TREE">, row: RunningSearch): Promise<"there" | "gone" | "failed"> {
  try {
    const isThere = await env.SEARCH_TREE.getByName(`${row.tenantId}/${row.id}`).revive();
    return isThere ? "there" : "gone";
  } catch (error) {
    console.warn(`sweep: search ${row.id}:`, error instanceof Error ? error.message : error);
    return "failed";
  }
}
