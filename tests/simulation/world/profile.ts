import type { Random } from "../../../src/core/random.ts";

/**
 * What goes wrong in one run, and how often: drawn anew for each seed, most faults left out of most runs (swarm testing,
 * Groce et al. 2012), since some bugs only show where something else works well.
 */
export interface Profile {
  /** Of messages, each way. */
  readonly lossRate: number;
  /** Mean of an exponential, one way. */
  readonly networkMs: number;
  /** Of the tenant's commands: carried out twice. */
  readonly duplicateRate: number;
  /** Mean time between crashes of objects, one at a time; null: none. */
  readonly crashEveryMs: number | null;
  /** Of the alarms of searches that the sweeper knows. */
  readonly alarmLossRate: number;
  /** Of requests: the Worker that serves it goes away in between. */
  readonly workerCrashRate: number;
  /** Mean time until a write is durable. */
  readonly durableMs: number;
  /** Of writes. */
  readonly diskFailureRate: number;
  /** Parts of the time of the run. */
  readonly databaseOutage: Span | null;
  readonly providerOutage: Span | null;
  /** Clocks are off by up to so much, and are set now and then. */
  readonly clockSkewMs: number;
  /** Of calls. */
  readonly providerFaultRate: number;
  /** Which of them, by number. */
  readonly providerFaults: readonly number[];
  /** Mean of an exponential. */
  readonly answerMs: number;
  /** Of requests: the client goes away before its answer. */
  readonly impatience: number;
}

export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Everything works. */
export const HEALTHY: Profile = {
  lossRate: 0,
  networkMs: 2,
  duplicateRate: 0,
  crashEveryMs: null,
  alarmLossRate: 0,
  workerCrashRate: 0,
  durableMs: 3,
  diskFailureRate: 0,
  databaseOutage: null,
  providerOutage: null,
  clockSkewMs: 0,
  providerFaultRate: 0,
  providerFaults: [],
  answerMs: 400,
  impatience: 0,
};

/** How long things go wrong. */
export const CHAOS_MS = 90_000;

export function drawProfile(random: Random, faultKinds: number): Profile {
  const some = <T>(share: number, value: () => T, otherwise: T): T => (random.next() < share ? value() : otherwise);
  const span = (): Span => {
    const fromMs = random.next() * CHAOS_MS;
    return { fromMs, toMs: fromMs + random.next() * CHAOS_MS };
  };
  return {
    lossRate: some(0.4, () => 0.1 * random.next(), 0),
    networkMs: some(0.3, () => 300 * random.next(), 2),
    duplicateRate: some(0.5, () => 0.3 * random.next(), 0),
    alarmLossRate: some(0.3, () => random.next(), 0),
    crashEveryMs: some(0.7, () => 300 + 8000 * random.next(), null),
    workerCrashRate: some(0.3, () => 0.5 * random.next(), 0),
    durableMs: some(0.4, () => 200 * random.next(), 3),
    diskFailureRate: some(0.15, () => 0.02 * random.next(), 0),
    databaseOutage: some(0.3, span, null),
    providerOutage: some(0.2, span, null),
    clockSkewMs: some(0.3, () => 600_000 * random.next(), 0),
    providerFaultRate: some(0.5, () => 0.5 * random.next(), 0),
    providerFaults: Array.from({ length: faultKinds }, (_unused, kind) => kind).filter(() => random.next() < 0.4),
    answerMs: some(0.5, () => 6000 * random.next(), 400),
    impatience: some(0.3, () => 0.6 * random.next(), 0),
  };
}

/** An exponential with this mean, at most twenty times as long: most are short, some are very long. */
export function drawMs(random: Random, meanMs: number): number {
  return Math.min(20, -Math.log(1 - random.next())) * meanMs;
}

export function isWithin(span: Span | null, sinceMs: number): boolean {
  return span !== null && sinceMs >= span.fromMs && sinceMs < span.toMs;
}
