/** Connections that wait for headers: `slots` at once, the others in the order of their arrival. */
export interface Slots {
  /** Resolves when it is this connection's turn; at once where nothing is capped. */
  enter(): Promise<void>;
  /** Its headers are out, or it is gone. */
  leave(): void;
}

export function createSlots(slots: () => number | null): Slots {
  let taken = 0;
  const queue: (() => void)[] = [];
  return {
    enter: () => {
      const most = slots();
      if (most === null || taken < most) {
        taken++;
        return Promise.resolve();
      }
      return new Promise((resolve) => queue.push(resolve));
    },
    leave: () => {
      const next = queue.shift();
      // The slot passes on without becoming free.
      if (next === undefined) taken--;
      else next();
    },
  };
}
