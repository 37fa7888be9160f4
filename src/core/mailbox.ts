/** Where answers of concurrent work wait for the one loop. Many put, one takes. */
export interface Mailbox<T> {
  put(item: T): void;
  /** Wakes the taker without an item: time has passed, or somebody cancelled. */
  wake(): void;
  /** Everything that has arrived, as soon as there is anything or a wake; possibly nothing. */
  take(): Promise<T[]>;
}

/**
 * Answers that became ready at the same instant pass through promise chains of different length (a verification's is
 * longer than a proposal's). So many turns of the microtask queue let all of them in before the taker looks, so that one
 * instant is one batch. Turns are not time: they cost microseconds.
 */
const SETTLING_TURNS = 16;

export function createMailbox<T>(): Mailbox<T> {
  let items: T[] = [];
  let isAwake = false;
  let resume: (() => void) | null = null;
  const signal = (): void => {
    isAwake = true;
    resume?.();
    resume = null;
  };
  return {
    put: (item) => {
      items.push(item);
      signal();
    },
    wake: signal,
    take: async () => {
      if (!isAwake) {
        await new Promise<void>((resolve) => {
          resume = resolve;
        });
      }
      for (let turn = 0; turn < SETTLING_TURNS; turn++) await Promise.resolve();
      isAwake = false;
      const taken = items;
      items = [];
      return taken;
    },
  };
}
