import type { SearchSummary } from "../../../durable-objects/search-tree/protocol.ts";
import type { StopReason } from "../../core/event.ts";
import type { ApiError } from "../errors.ts";

/** Why an ended search has no answer to serve; null when it has one. */
export function failureOf(summary: SearchSummary): ApiError | null {
  if (summary.answers.length > 0) return ranOut(summary);
  if (summary.stopReason === "cancelled") return { type: "search-cancelled" };
  if (summary.error !== null) return { type: "upstream", error: summary.error };
  const limit = limitOf(summary.stopReason);
  return limit === null ? { type: "no-candidate" } : { type: "budget-too-small", limit };
}

/** With `on_budget: "error"` an answer from a plan that was cut short is none. Having all its rollouts is the plan. */
function ranOut({ onBudget, stopReason }: SearchSummary): ApiError | null {
  const limit = stopReason === "rollouts" ? null : limitOf(stopReason);
  return onBudget === "error" && limit !== null ? { type: "budget-exhausted", limit } : null;
}

function limitOf(reason: StopReason | null): string | null {
  switch (reason) {
    case "rollouts":
      return "search.budget.max_rollouts";
    case "calls":
      return "search.budget.max_model_calls";
    case "tokens":
      return "search.budget.max_total_tokens";
    case "microdollars":
      return "search.budget.max_cost_usd";
    case "milliseconds":
      return "search.budget.max_wall_ms";
    case "completed":
    case "early-stop":
    case "cancelled":
    case "upstream-errors":
    case null:
      return null;
  }
}

/** WIRE.md 4.5. */
export function stopReasonToWire(reason: StopReason): string {
  switch (reason) {
    case "early-stop":
      return "early_stop";
    case "calls":
      return "model_calls";
    case "microdollars":
      return "cost";
    case "milliseconds":
      return "wall";
    case "upstream-errors":
      return "upstream_errors";
    case "completed":
    case "rollouts":
    case "tokens":
    case "cancelled":
      return reason;
  }
}
