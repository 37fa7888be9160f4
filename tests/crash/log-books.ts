import type { SearchEvent } from "../../src/core/event.ts";
import type { Attempt } from "../../src/core/model.ts";
import type { StepId } from "../../src/core/step.ts";

/** An attempt as its search's log has it. */
export interface BookedAttempt {
  readonly attempt: Attempt;
  readonly stepId: StepId;
  /** When the log was appended with it. */
  readonly atMs: number;
}

/** In the order of the log, which is that of D1's rows. */
export function bookedAttempts(events: readonly SearchEvent[]): BookedAttempt[] {
  return events.flatMap((event) => {
    if (event.type !== "step-end" && event.type !== "step-fail") return [];
    const { stepId, atMs, attempts } = event;
    return attempts.map((attempt) => ({ attempt, stepId, atMs }));
  });
}

/** The provider's number of the call, by its own id (bench/provider); null where the answer never began. */
export function callNumberOf({ providerRequestId }: Attempt): number | null {
  const digits = /^call-(\d+)$/.exec(providerRequestId ?? "")?.[1];
  return digits === undefined ? null : Number(digits);
}

export function isNamed(attempt: Attempt): boolean {
  return callNumberOf(attempt) !== null;
}

/**
 * Every beginning of a step is settled once at most, with no more calls than it had set aside: what was lost in a crash and
 * posted twice, or posted and answered, would show here.
 */
export function settlementsTwice(events: readonly SearchEvent[]): string[] {
  const open = new Map<StepId, number>();
  const findings: string[] = [];
  for (const event of events) {
    if (event.type === "step-start") {
      if (open.has(event.stepId)) findings.push(`step ${event.stepId} began again before it was settled`);
      open.set(event.stepId, event.reserved.calls);
    } else if (event.type === "step-hold") {
      open.set(event.stepId, (open.get(event.stepId) ?? 0) + event.extra.calls);
    } else if (event.type === "step-end" || event.type === "step-fail") {
      const calls = open.get(event.stepId);
      // One that waits to be asked again may be given up: with nothing to post.
      if (calls === undefined && event.attempts.length > 0) findings.push(`step ${event.stepId} was settled twice`);
      if (calls !== undefined && event.attempts.length > calls) {
        findings.push(`step ${event.stepId} posted ${event.attempts.length} calls and had set ${calls} aside`);
      }
      open.delete(event.stepId);
    }
  }
  return findings;
}
