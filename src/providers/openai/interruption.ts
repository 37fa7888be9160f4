import type { CancelSignal } from "../../core/cancellation.ts";
import type { Clock } from "../../core/clock.ts";
import { type CallFailure, failureOf } from "./errors.ts";

/**
 * Everything that may end a call before its stream does: the caller, the two timeouts, a bound passed. After an abort
 * a stream may end silently, as if the answer were whole (`event-stream.ts`): whoever reads one must look at `failure`
 * afterwards.
 */
export interface Interruption {
  /** Aborted with the first `end`. */
  readonly signal: AbortSignal;
  readonly failure: CallFailure | null;
  /** Aborts the upstream at once. May be called again; the first failure stands. */
  end(failure: CallFailure): void;
  /** Exchanges the header timeout for the idle timeout. */
  headersArrived(): void;
  /** Something of the body came: the silence starts anew. */
  bytesArrived(): void;
  /** Drops timers and listeners. Aborts nothing. */
  close(): void;
}

/** The OpenAI SDKs' own. A body of one byte a second is never silent, and would go on for days. */
const DEFAULT_CALL_TIMEOUT_MS = 600_000;

/** Create it when the header slot is granted, not before: the header timeout and the whole call's start here. */
export function createInterruption(
  clock: Clock,
  cancel: CancelSignal,
  headerTimeoutMs: number,
  idleTimeoutMs: number,
  callTimeoutMs: number = DEFAULT_CALL_TIMEOUT_MS,
): Interruption {
  const controller = new AbortController();
  let failure: CallFailure | null = null;
  let lastBytesAtMs = 0;
  const stopCallTimer = clock.schedule(callTimeoutMs, () => {
    end(failureOf({ type: "timeout", message: `the upstream did not end its answer within ${callTimeoutMs} ms` }));
  });

  const end = (reason: CallFailure) => {
    if (failure !== null) return;
    failure = reason;
    stopTimer();
    stopCallTimer();
    controller.abort();
  };
  const endAfter = (what: string, timeoutMs: number) =>
    end(failureOf({ type: "timeout", message: `the upstream sent ${what} for ${timeoutMs} ms` }));
  const onCancel = () => end(failureOf({ type: "cancelled", message: "cancelled" }));

  // One timer that looks at the last arrival, instead of a new one per chunk: streams bring thousands a second.
  const watchSilence = () => {
    const leftMs = lastBytesAtMs + idleTimeoutMs - clock.now();
    if (leftMs <= 0) endAfter("nothing more of its answer", idleTimeoutMs);
    else stopTimer = clock.schedule(leftMs, watchSilence);
  };
  let stopTimer = clock.schedule(headerTimeoutMs, () => endAfter("no response headers", headerTimeoutMs));
  cancel.addEventListener("abort", onCancel);
  if (cancel.aborted) onCancel();

  return {
    signal: controller.signal,
    get failure() {
      return failure;
    },
    end,
    headersArrived: () => {
      if (failure !== null) return;
      stopTimer();
      lastBytesAtMs = clock.now();
      watchSilence();
    },
    bytesArrived: () => {
      lastBytesAtMs = clock.now();
    },
    close: () => {
      stopTimer();
      stopCallTimer();
      cancel.removeEventListener("abort", onCancel);
    },
  };
}
