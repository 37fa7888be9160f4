import type { Clock } from "./clock.ts";
import type { SearchEvent, SearchEventBody } from "./event.ts";
import type { Store } from "./store.ts";
import type { Tree } from "./tree.ts";

/** Writes events: folded into the tree at once, stored together at the next flush. */
export interface LogWriter {
  add(body: SearchEventBody): void;
  /** One transaction. Must run before anything that the events announce is done. */
  flush(): void;
}

export function createLogWriter(
  store: Store,
  tree: Tree,
  clock: Clock,
  onAppend: (events: readonly SearchEvent[]) => void,
): LogWriter {
  let pending: SearchEvent[] = [];
  return {
    add: (body) => {
      const event: SearchEvent = { sequence: tree.nextSequence, atMs: clock.now(), ...body };
      tree.apply(event);
      pending.push(event);
    },
    flush: () => {
      if (pending.length === 0) return;
      const events = pending;
      pending = [];
      store.append(events);
      onAppend(events);
    },
  };
}
