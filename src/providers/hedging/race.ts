import { type Canceller, type CancelSignal, createCanceller } from "../../core/cancellation.ts";
import type { Clock } from "../../core/clock.ts";
import type { Attempt, CompletionOutcome } from "../../core/model.ts";
import { type WatchedSignal, watchSent } from "../sent.ts";

/** One call, to be made under the signal that it is given. */
export type Runner = (signal: WatchedSignal) => Promise<CompletionOutcome>;

export interface RaceOptions {
  readonly clock: Clock;
  readonly signal: CancelSignal;
  /** How long after it was sent a call is slow; null while nobody knows. Asked again whenever `watch` tells. */
  readonly delayMs: (isOfHedge: boolean) => number | null;
  readonly watch: (onChange: () => void) => () => void;
  /** A further call for the same; null where none may be made. */
  readonly hedge: () => Runner | null;
}

/** A hedge may straggle like any call: so often one is replaced by the next. */
const MAX_HEDGES = 2;

/**
 * Makes a call, and while it is slow another beside it. The first success is the outcome, failing that the first failure;
 * the others are cancelled, and everybody's attempts are in the outcome: it comes when the last has told what it cost.
 */
export function race(first: Runner, options: RaceOptions): Promise<CompletionOutcome> {
  const { clock, signal, delayMs, watch, hedge } = options;
  return new Promise((resolve, reject) => {
    const entries: { readonly canceller: Canceller; outcome: CompletionOutcome | null }[] = [];
    let winner: CompletionOutcome | null = null;
    let sentAtMs: number | null = null;
    let stopTimer = () => {};

    const cancelAll = () => {
      for (const { canceller, outcome } of entries) if (outcome === null) canceller.cancel();
    };

    /** The newest call is watched: an older one is known to be slow. */
    const consider = () => {
      stopTimer();
      const delay = delayMs(entries.length > 1);
      if (winner !== null || sentAtMs === null || delay === null || entries.length > MAX_HEDGES) return;
      stopTimer = clock.schedule(Math.max(0, sentAtMs + delay - clock.now()), () => {
        if (winner !== null || signal.aborted) return;
        const next = hedge();
        if (next === null) return;
        sentAtMs = null;
        launch(next);
      });
    };

    const launch = (run: Runner) => {
      const entry = { canceller: createCanceller(), outcome: null as CompletionOutcome | null };
      entries.push(entry);
      const isNewest = () => entries.at(-1) === entry;
      const onSent = () => {
        if (!isNewest()) return;
        sentAtMs = clock.now();
        consider();
      };
      run(watchSent(entry.canceller.signal, onSent)).then((outcome) => {
        entry.outcome = outcome;
        finish();
      }, reject);
    };

    const finish = () => {
      const outcomes = entries.flatMap(({ outcome }) => outcome ?? []);
      const isOver = outcomes.length === entries.length;
      winner ??= outcomes.find(({ result }) => result.ok) ?? (isOver ? (outcomes[0] ?? null) : null);
      if (winner === null) return;
      stopTimer();
      if (!isOver) return cancelAll();
      stopWatching();
      signal.removeEventListener("abort", cancelAll);
      resolve({ result: winner.result, attempts: attemptsOf(outcomes) });
    };

    const stopWatching = watch(consider);
    signal.addEventListener("abort", cancelAll);
    launch(first);
  });
}

function attemptsOf([first, ...hedges]: readonly CompletionOutcome[]): readonly Attempt[] {
  const ofHedges = hedges.flatMap(({ attempts }) =>
    attempts.map((attempt) => ({ ...attempt, isHedge: true as const })),
  );
  return [...(first?.attempts ?? []), ...ofHedges];
}
