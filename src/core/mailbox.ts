/** Where answers of concurrent work wait for the one loop. Many put, one takes. */
export interface Mailbox<T> {
  put(item: T): void;
  /** Wakes the taker without an item: time has passed, or somebody cancelled. */
  wake(): void;
  /** Everything that has arrived, as soon as there is anything or a wake; possibly nothing. */
  take(): Promise<T[]>;
}

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
      isAwake = false;
      const taken = items;
      items = [];
      return taken;
    },
  };
}
