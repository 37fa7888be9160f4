/** Those who wait for the log to grow. They hold no copy of it, so a slow or a vanished one costs nothing. */
export interface Audience {
  /** Resolves at the next `wake`. */
  nextWake(): Promise<void>;
  wake(): void;
}

export function createAudience(): Audience {
  let waiting: (() => void)[] = [];
  return {
    nextWake: () => new Promise((resolve) => waiting.push(resolve)),
    wake: () => {
      const woken = waiting;
      waiting = [];
      for (const resolve of woken) resolve();
    },
  };
}
