/** Connections that wait for headers, counted for each invocation: `slots` at once, the others in the order of arrival. */
export interface Slots {
  /** Resolves when it is this connection's turn; at once where nothing is capped. */
  enter(invocation: string): Promise<void>;
  /** Its headers are out, or it is gone. */
  leave(invocation: string): void;
}

export function createSlots(slots: () => number | null): Slots {
  const invocations = new Map<string, { taken: number; readonly queue: (() => void)[] }>();
  return {
    enter: (invocation) => {
      const one = invocations.get(invocation) ?? { taken: 0, queue: [] };
      invocations.set(invocation, one);
      const most = slots();
      if (most === null || one.taken < most) {
        one.taken++;
        return Promise.resolve();
      }
      return new Promise((resolve) => one.queue.push(resolve));
    },
    leave: (invocation) => {
      const one = invocations.get(invocation);
      if (one === undefined) return;
      const next = one.queue.shift();
      // The slot passes on without becoming free.
      if (next !== undefined) next();
      else if (--one.taken === 0) invocations.delete(invocation);
    },
  };
}
