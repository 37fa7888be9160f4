import type { CancelSignal } from "../core/cancellation.ts";
import type { Clock } from "../core/clock.ts";
import type { CompletionOutcome, CompletionRequest, ModelError } from "../core/model.ts";
import type { Random } from "../core/random.ts";
import { fail, type Result, succeed } from "../core/result.ts";
import { ask, type CallReport, type Circuit, CLOSED, settle } from "./breaker/circuit.ts";
import { createLatencyWindow, type LatencyWindow } from "./latency.ts";
import type { Target } from "./target.ts";

/** What is known of the targets that one object calls: whether they may be asked, and how fast they are. */
export interface Health {
  of(target: Target): TargetHealth;
}

export interface TargetHealth {
  /** Asks to make a call. What is admitted has to be settled, once. */
  admit(): Result<Ticket, Refusal>;
  /** The last thing it did was to fail, or to say that it is busy: whoever has a choice asks somebody else first. */
  readonly isSuspect: boolean;
  /** Of all its calls. */
  readonly latencies: LatencyWindow;
  /** Of calls like this one. */
  latenciesLike(request: CompletionRequest): LatencyWindow;
  /** Resolves when no probe is out any more, or on cancellation. */
  probed(signal: CancelSignal): Promise<void>;
}

export interface Ticket {
  settle(outcome: CompletionOutcome): void;
  /** The call is not made after all. */
  drop(): void;
}

export interface Refusal {
  readonly error: ModelError;
  /** Somebody else's call is just finding out. */
  readonly isProbing: boolean;
}

/** One per Durable Object instance. `random` spreads the cooldowns of objects that failed together. */
export function createHealth(clock: Clock, random: Random): Health {
  const known = new Map<string, TargetHealth>();
  return {
    of: (target) => {
      const found = known.get(target.key) ?? createTargetHealth(target.provider.name, clock, random);
      known.set(target.key, found);
      return found;
    },
  };
}

function createTargetHealth(name: string, clock: Clock, random: Random): TargetHealth {
  const latencies = createLatencyWindow();
  const latenciesByKind = new Map<string, LatencyWindow>();
  const waiting = new Set<() => void>();
  let circuit: Circuit = CLOSED;
  let isSuspect = false;
  /** The provider has asked to be left alone (`Retry-After`). */
  let held: { readonly error: ModelError; readonly untilMs: number } | null = null;
  /** It has said that it will never serve us: a wrong key, a model that it does not have. */
  let refusedFor: ModelError | null = null;

  const change = (next: Circuit): void => {
    circuit = next;
    if (circuit.type === "half-open" && circuit.hasProbe) return;
    for (const wake of waiting) wake();
    waiting.clear();
  };

  const report = (isProbe: boolean, said: CallReport): void => {
    if (said !== "nothing") isSuspect = said === "failure";
    change(settle(circuit, isProbe, said, clock.now(), random.next()));
  };

  const ticket = (isProbe: boolean): Ticket => ({
    drop: () => report(isProbe, "nothing"),
    settle: ({ result, attempts }) => {
      report(isProbe, attempts.length === 0 && !result.ok ? "nothing" : reportOf(result));
      if (result.ok) return;
      const { error } = result;
      if (error.type === "unauthorized" || error.type === "model-not-found") refusedFor = error;
      if (error.type !== "rate-limited") return;
      isSuspect = true;
      if (error.retryAfterMs !== null) held = { error, untilMs: clock.now() + error.retryAfterMs };
    },
  });

  const admit = (): Result<Ticket, Refusal> => {
    const nowMs = clock.now();
    if (refusedFor !== null) return fail({ error: refusedFor, isProbing: false });
    if (held !== null && nowMs < held.untilMs) {
      const { message } = held.error;
      return fail({
        error: { type: "rate-limited", message, retryAfterMs: held.untilMs - nowMs },
        isProbing: false,
      });
    }
    const { circuit: next, admission } = ask(circuit, nowMs);
    circuit = next;
    if (admission.type !== "refused") return succeed(ticket(admission.type === "probe"));
    const retryAfterMs = admission.untilMs === null ? null : admission.untilMs - nowMs;
    const message = `${name} has failed repeatedly and is not asked for a while`;
    return fail({ error: { type: "unavailable", message, retryAfterMs }, isProbing: admission.untilMs === null });
  };

  return {
    admit,
    get isSuspect() {
      return isSuspect;
    },
    latencies,
    latenciesLike: ({ maxTokens, count }) => {
      // By order of magnitude: a judgement of one word is no measure for an answer.
      const kind = `${Math.ceil(Math.log2(maxTokens))}/${count}`;
      const found = latenciesByKind.get(kind) ?? createLatencyWindow();
      latenciesByKind.set(kind, found);
      return found;
    },
    probed: (signal) =>
      new Promise((resolve) => {
        const isOut = circuit.type === "half-open" && circuit.hasProbe;
        if (!isOut || signal.aborted) return resolve();
        const wake = () => {
          signal.removeEventListener("abort", wake);
          waiting.delete(wake);
          resolve();
        };
        waiting.add(wake);
        signal.addEventListener("abort", wake);
      }),
  };
}

/** A refusal shows that somebody is there. A 429 is answered by leaving it alone, not by taking it for broken. */
function reportOf(result: CompletionOutcome["result"]): CallReport {
  if (result.ok) return "success";
  switch (result.error.type) {
    case "unavailable":
    case "timeout":
    case "malformed":
      return "failure";
    case "cancelled":
      return "nothing";
    case "rate-limited":
    case "unparsed":
    case "context-length":
    case "invalid-request":
    case "unauthorized":
    case "model-not-found":
      return "success";
  }
}
