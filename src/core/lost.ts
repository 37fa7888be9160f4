import type { Amounts } from "./amounts.ts";
import type { SearchEventBody } from "./event.ts";
import type { Attempt, ModelError } from "./model.ts";
import type { TreeView } from "./tree-view.ts";

/** Attempts that stand for a hold posted in full: nobody can say what the provider billed. */
export function lostAttempts(reserved: Amounts, model: string, nowMs: number): Attempt[] {
  return Array.from({ length: reserved.calls }, (_unused, index) => ({
    provider: "",
    model,
    startedAtMs: nowMs,
    headersAtMs: null,
    endedAtMs: nowMs,
    promptTokens: 0,
    completionTokens: index === 0 ? reserved.tokens : 0,
    cachedTokens: 0,
    microdollars: index === 0 ? reserved.microdollars : 0,
    isEstimated: true,
    outcome: "cancelled" as const,
  }));
}

/** Ends the steps that nobody will answer any more: what was in flight is posted in full, what waited costs nothing. */
export function lostSteps(tree: TreeView, model: string, nowMs: number): SearchEventBody[] {
  const error: ModelError = { type: "cancelled", message: "the search ended before this was answered" };
  return [...tree.openSteps.values()].map(({ stepId, isWaiting, reserved }) => {
    const attempts = isWaiting ? [] : lostAttempts(reserved, model, nowMs);
    return { type: "step-fail", stepId, error, attempts, willRetry: false };
  });
}
