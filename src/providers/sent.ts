import type { CancelSignal } from "../core/cancellation.ts";

/** A call's signal whose giver wants to know when the call has left the queue for a header slot. */
export interface WatchedSignal extends CancelSignal {
  /** Once per HTTP call that is made. */
  onSent(): void;
}

/** For whoever makes the call, right before it does. */
export function tellSent(signal: CancelSignal | WatchedSignal): void {
  if ("onSent" in signal) signal.onSent();
}

export function watchSent(signal: CancelSignal, onSent: () => void): WatchedSignal {
  return {
    get aborted() {
      return signal.aborted;
    },
    addEventListener: (type, listener) => signal.addEventListener(type, listener),
    removeEventListener: (type, listener) => signal.removeEventListener(type, listener),
    onSent,
  };
}
