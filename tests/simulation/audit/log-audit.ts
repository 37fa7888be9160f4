import type { SearchEvent } from "../../../src/core/event.ts";
import type { Attempt } from "../../../src/core/model.ts";
import type { Report } from "./violations.ts";

/**
 * What a search's durable log says, counted by other code than the tree's: no sums are kept that the log does not force.
 * Events are read once they are durable, in order; none may ever change after that.
 */
export interface AuditedLog {
  readonly attempts: readonly Attempt[];
  readonly events: number;
  readonly end: Extract<SearchEvent, { type: "search-end" }> | null;
  readonly microdollars: number;
  /** Calls that may be out now: those that open steps hold. */
  readonly heldCalls: number;
  read(events: readonly SearchEvent[], life: Life): void;
}

/** What its object has been through. */
export interface Life {
  /** Lives that ended, and writes that its disk did not take: each ends a run, and what was in flight is asked again. */
  readonly interruptions: number;
  /** Its clock was never set. */
  readonly isTimely: boolean;
}

interface OpenStep {
  attempt: number;
  calls: number;
  tokens: number;
  microdollars: number;
  rollouts: number;
  isWaiting: boolean;
}

/** core/retry.ts */
const MAX_ATTEMPTS = 3;
const UNITS = ["calls", "tokens", "microdollars"] as const;

interface StoredLimits {
  readonly rollouts?: number;
  readonly calls?: number;
  readonly tokens?: number;
  readonly microdollars?: number;
  readonly milliseconds?: number;
}

/** I14: the deadline and one grace. */
const DEADLINE_GRACE_MS = 2000;
/** I15: repeats for each step while nothing is answered at all; two in any case (core/retry.ts). */
const REPEATS_PER_STEP = 0.2;
const LEAST_REPEATS = 2;

export function createLogAudit(name: string, report: Report): AuditedLog {
  const open = new Map<number, OpenStep>();
  const ended = new Set<number>();
  const nodes = new Set<string>();
  const attempts: Attempt[] = [];
  const spent = { calls: 0, tokens: 0, microdollars: 0 };
  let limits: StoredLimits = {};
  let lastStep = 0;
  let startedAtMs = 0;
  let callingSteps = 0;
  let next = 0;
  let end: AuditedLog["end"] = null;

  const post = (posted: readonly Attempt[]): void => {
    for (const attempt of posted) {
      attempts.push(attempt);
      spent.calls++;
      spent.tokens += attempt.promptTokens + attempt.completionTokens;
      spent.microdollars += attempt.microdollars;
    }
  };

  const openStep = (event: Extract<SearchEvent, { stepId: number }>): OpenStep | null => {
    const step = open.get(event.stepId) ?? null;
    if (step === null) report("I7", `${name}: ${event.type} of step ${event.stepId}, which is not open`);
    return step;
  };

  const apply = (event: SearchEvent, life: Life): void => {
    const { interruptions } = life;
    if (event.sequence !== next) report("I4", `${name}: event ${event.sequence} where ${next} is next`);
    next = event.sequence + 1;
    if (end !== null) report("I4", `${name}: ${event.type} after the end`);
    switch (event.type) {
      case "search-start":
        limits = (event.recipe as { limits?: StoredLimits }).limits ?? {};
        startedAtMs = event.atMs;
        if (event.sequence !== 0) report("I4", `${name}: it begins twice`);
        return;
      case "step-start": {
        const known = open.get(event.stepId);
        if (ended.has(event.stepId)) report("I7", `${name}: step ${event.stepId} is asked again after its answer`);
        if (known === undefined && event.stepId !== lastStep + 1) {
          report("I7", `${name}: step ${event.stepId} follows ${lastStep}`);
        }
        if (event.attempt !== (known?.attempt ?? 0) + 1) {
          report("I7", `${name}: attempt ${event.attempt} at step ${event.stepId} follows ${known?.attempt ?? 0}`);
        }
        if (event.attempt > MAX_ATTEMPTS + interruptions) {
          report(
            "I7",
            `${name}: attempt ${event.attempt} at step ${event.stepId} after ${interruptions} interruptions`,
          );
        }
        lastStep = Math.max(lastStep, event.stepId);
        if (event.attempt === 1 && event.reserved.calls > 0) callingSteps++;
        open.set(event.stepId, { attempt: event.attempt, ...event.reserved, isWaiting: false });
        return;
      }
      case "step-hold": {
        const step = openStep(event);
        if (step === null) return;
        for (const unit of UNITS) step[unit] += event.extra[unit];
        return;
      }
      case "thought-add":
        openStep(event);
        if (nodes.has(event.nodeId)) report("I7", `${name}: node ${event.nodeId} is added twice`);
        nodes.add(event.nodeId);
        return;
      case "thought-repeat":
      case "score-add":
      case "comparison-add":
        openStep(event);
        return;
      case "step-end":
        openStep(event);
        post(event.attempts);
        open.delete(event.stepId);
        ended.add(event.stepId);
        return;
      case "step-fail": {
        const step = openStep(event);
        post(event.attempts);
        if (step === null) return;
        step.isWaiting = true;
        if (event.willRetry) return;
        open.delete(event.stepId);
        ended.add(event.stepId);
        return;
      }
      case "search-end":
        end = event;
        if (interruptions === 0) checkEnd(event.atMs, life);
        if (open.size > 0) report("I4", `${name}: it ends with ${open.size} steps open`);
    }
  };

  const checkEnd = (endedAtMs: number, { isTimely }: Life): void => {
    const lateMs = endedAtMs - startedAtMs - (limits.milliseconds ?? Infinity);
    if (lateMs > DEADLINE_GRACE_MS && isTimely) report("I14", `${name}: it ends ${lateMs} ms after its deadline`);
    const most = callingSteps + Math.max(LEAST_REPEATS, Math.floor(REPEATS_PER_STEP * callingSteps));
    const isOutage = attempts.every(({ outcome }) => outcome === "unavailable" || outcome === "cancelled");
    if (isOutage && attempts.length > most)
      report("I15", `${name}: ${attempts.length} calls for ${callingSteps} steps`);
  };

  const checkLimits = (): void => {
    for (const unit of UNITS) {
      const limit = limits[unit];
      const reserved = [...open.values()].reduce((sum, step) => sum + step[unit], 0);
      if (limit !== undefined && spent[unit] + reserved > limit) {
        report("I1", `${name}: ${spent[unit]} spent and ${reserved} reserved of ${limit} ${unit}`);
      }
    }
  };

  return {
    attempts,
    get events() {
      return next;
    },
    get end() {
      return end;
    },
    get microdollars() {
      return spent.microdollars;
    },
    get heldCalls() {
      return [...open.values()].reduce((sum, { calls, isWaiting }) => sum + (isWaiting ? 0 : calls), 0);
    },
    read: (events, life) => {
      for (const event of events) apply(event, life);
      checkLimits();
    },
  };
}
