import type { SearchEvent } from "../../src/core/event.ts";
import type { Store } from "../../src/core/store.ts";
import { foldTree, type Tree } from "../../src/core/tree.ts";
import { answersOfRecipe, backupOfRecipe } from "../../src/setup.ts";
import type { Audience } from "./audience.ts";
import { createSqliteStore } from "./sqlite-store.ts";

export type SearchStart = Extract<SearchEvent, { type: "search-start" }>;

/** The stored log with its fold kept up to date beside it, for everybody who asks while the search is running. */
export interface LiveLog {
  /** Appending also folds and wakes all audiences. */
  readonly store: Store;
  readonly tree: Tree;
  /** The first event; null while the log is empty. */
  start(): SearchStart | null;
  lastEventAtMs(): number;
}

export function openLog(
  storage: Pick<DurableObjectStorage, "sql" | "transactionSync">,
  audiences: readonly Pick<Audience, "wake">[],
): LiveLog {
  const stored = createSqliteStore(storage);
  const events = stored.read(0);
  const tree = foldTree(events, answersOfRecipe, backupOfRecipe);
  let start = startOf(events[0]);
  let lastEventAtMs = events.at(-1)?.atMs ?? 0;
  return {
    tree,
    start: () => start,
    lastEventAtMs: () => lastEventAtMs,
    store: {
      read: stored.read,
      append: (batch) => {
        stored.append(batch);
        for (const event of batch) tree.apply(event);
        start ??= startOf(batch[0]);
        lastEventAtMs = batch.at(-1)?.atMs ?? lastEventAtMs;
        for (const audience of audiences) audience.wake();
      },
    },
  };
}

function startOf(event: SearchEvent | undefined): SearchStart | null {
  return event?.type === "search-start" ? event : null;
}
