import { createRandom, type Random } from "../../../src/core/random.ts";

/** Something that runs code and may die: an object's incarnation, a Worker's invocation, a client, a server. */
export interface Host {
  readonly name: string;
  /** False after a crash: nothing that was scheduled for it ever runs. */
  isAlive: boolean;
  /** Its wall clock minus true time. */
  readonly clockSkewMs: number;
}

/** Cancels what was scheduled; does nothing afterwards. */
export type Cancel = () => void;

/**
 * Virtual time for all hosts together: one task at a time, the earliest first, ties in an order that the seed decides.
 * Between two tasks every promise that the first has resolved is carried through, so whatever runs then belongs to the
 * task's host: that is how the global clock, timers and `fetch` know who is asking (`globals.ts`).
 */
export interface Scheduler {
  /** True time, milliseconds since 1970. */
  readonly nowMs: number;
  /** Whose code is running. */
  readonly current: Host;
  /** A stream of its own for each purpose: drawing more for one does not change another. */
  random(purpose: string): Random;
  /** `run` is called once, unless the host has died by then. */
  schedule(delayMs: number, host: Host, run: () => void): Cancel;
  /** The rest of this task, and the promises that it resolves, belong to this host. */
  become(host: Host): void;
  note(line: string): void;
  readonly trace: readonly string[];
  /** Runs tasks until `isDone`, asked after each, or until none is due before `untilMs`. Says whether it was done. */
  run(isDone: () => boolean, untilMs: number): Promise<boolean>;
}

/** The simulation itself: it does not die. */
export const WORLD: Host = { name: "world", isAlive: true, clockSkewMs: 0 };

interface Task {
  readonly atMs: number;
  readonly order: number;
  readonly host: Host;
  run: (() => void) | null;
}

/** Kept before anything replaces it. A turn of the event loop: all promises and ticks that are ready have run by then. */
const nextTurn = setImmediate;

export function createScheduler(seed: number, startMs: number): Scheduler {
  const ties = createRandom(seed, "ties");
  const streams = new Map<string, Random>();
  const heap: Task[] = [];
  const trace: string[] = [];
  let nowMs = startMs;
  let current = WORLD;

  const isBefore = (a: Task, b: Task): boolean => (a.atMs === b.atMs ? a.order < b.order : a.atMs < b.atMs);

  const push = (task: Task): void => {
    heap.push(task);
    for (let at = heap.length - 1; at > 0; ) {
      const parent = (at - 1) >> 1;
      if (!swapIfBefore(at, parent)) break;
      at = parent;
    }
  };

  const swapIfBefore = (low: number, high: number): boolean => {
    const [a, b] = [heap[low], heap[high]];
    if (a === undefined || b === undefined || !isBefore(a, b)) return false;
    heap[low] = b;
    heap[high] = a;
    return true;
  };

  const pop = (): Task | undefined => {
    const first = heap[0];
    const last = heap.pop();
    if (last === undefined || first === last) return first;
    heap[0] = last;
    for (let at = 0; ; ) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      const [a, b] = [heap[left], heap[right]];
      const least = a !== undefined && b !== undefined && isBefore(b, a) ? right : left;
      if (!swapIfBefore(least, at)) break;
      at = least;
    }
    return first;
  };

  return {
    get nowMs() {
      return nowMs;
    },
    get current() {
      return current;
    },
    random: (purpose) => {
      const stream = streams.get(purpose) ?? createRandom(seed, purpose);
      streams.set(purpose, stream);
      return stream;
    },
    schedule: (delayMs, host, run) => {
      const task: Task = { atMs: nowMs + Math.max(0, Math.round(delayMs)), order: ties.next(), host, run };
      push(task);
      return () => {
        task.run = null;
      };
    },
    become: (host) => {
      current = host;
    },
    note: (line) => {
      trace.push(`${String(nowMs - startMs).padStart(8)} ${line}`);
    },
    trace,
    run: async (isDone, untilMs) => {
      for (;;) {
        const first = heap[0];
        if (first === undefined || first.atMs > untilMs) return false;
        const task = pop();
        if (task === undefined || task.run === null || !task.host.isAlive) continue;
        nowMs = Math.max(nowMs, task.atMs);
        current = task.host;
        task.run();
        await new Promise<void>((resolve) => nextTurn(resolve));
        current = WORLD;
        if (isDone()) return true;
      }
    },
  };
}
