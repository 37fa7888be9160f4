import type { SearchEvent } from "./event.ts";

/**
 * Where a search's log is kept. Synchronous and transactional, so that the same loop runs in a Durable Object (whose
 * SQLite is synchronous) and in plain Node; the idea is tldraw's sync core.
 */
export interface Store {
  /** Events with `sequence >= from`, in order. */
  read(from: number): SearchEvent[];
  /** All or nothing. `sequence` must go on without a gap where the log ends; throws otherwise. */
  append(events: readonly SearchEvent[]): void;
}

export function createMemoryStore(initial: readonly SearchEvent[] = []): Store {
  const log: SearchEvent[] = [...initial];
  return {
    read: (from) => log.slice(from),
    append: (events) => {
      checkContinues(log.length, events);
      log.push(...events);
    },
  };
}

/** Throws unless the events' sequence numbers are `next`, `next + 1`, ... A gap is a bug, never an input. */
export function checkContinues(next: number, events: readonly SearchEvent[]): void {
  for (const [index, event] of events.entries()) {
    if (event.sequence !== next + index) {
      throw new Error(`event log: sequence ${event.sequence} appended where ${next + index} is next`);
    }
  }
}
