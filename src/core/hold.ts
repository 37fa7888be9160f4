import type { Amounts } from "./amounts.ts";
import type { CancelSignal } from "./cancellation.ts";

/** What the further call is for: the same asked elsewhere after a failure, or asked once more beside a slow call. */
export type HoldReason = "fallback" | "hedge";

/** What a step has set aside for its calls: its worst case, and what is added to it while it is carried out. */
export interface Hold {
  /**
   * Sets `extra` aside on top. False where a limit would be passed, the retry budget is used up, or the step is over: the
   * call that would need it must then not be made. Once true, it has been recorded.
   */
  raise(extra: Amounts, reason: HoldReason): boolean;
}

/**
 * The signal that a step is carried out under. The hold travels with it, because whoever passes the one on, a verifier to the
 * model that it asks, has to pass on the other.
 */
export interface StepSignal extends CancelSignal {
  readonly hold: Hold;
}

/** Nothing beyond the worst case. */
const FIXED: Hold = { raise: () => false };

/** The hold behind a signal; one that grants nothing where a call is made outside a step. */
export function holdOf(signal: CancelSignal | StepSignal): Hold {
  return "hold" in signal ? signal.hold : FIXED;
}

export function withHold(signal: CancelSignal, hold: Hold): StepSignal {
  return {
    get aborted() {
      return signal.aborted;
    },
    addEventListener: (type, listener) => signal.addEventListener(type, listener),
    removeEventListener: (type, listener) => signal.removeEventListener(type, listener),
    hold,
  };
}
