/**
 * Cancellation without the web platform's classes (the core is compiled against the ES library alone). Structurally a
 * subset of `AbortSignal`, so a real one can be passed in; the provider turns ours into a real one at the edge.
 */
export interface CancelSignal {
  readonly aborted: boolean;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

export interface Canceller {
  readonly signal: CancelSignal;
  /** May be called twice; listeners are told once. */
  cancel(): void;
}

export function createCanceller(): Canceller {
  let aborted = false;
  const listeners = new Set<() => void>();
  return {
    signal: {
      get aborted() {
        return aborted;
      },
      addEventListener: (_type, listener) => {
        if (aborted) listener();
        else listeners.add(listener);
      },
      removeEventListener: (_type, listener) => {
        listeners.delete(listener);
      },
    },
    cancel: () => {
      if (aborted) return;
      aborted = true;
      for (const listener of listeners) listener();
      listeners.clear();
    },
  };
}
