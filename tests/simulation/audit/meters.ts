import type { ReceivedCall } from "../world/provider.ts";
import type { AuditedLog } from "./log-audit.ts";
import type { Report } from "./violations.ts";

/**
 * The provider's books against the log's attempts (I6): what it knows by an id is there once and at its price; what it
 * knows and the log does not is covered by attempts that were posted in full without one.
 */
export function auditMeters(name: string, log: AuditedLog, calls: readonly ReceivedCall[], report: Report): void {
  const ids = log.attempts.flatMap(({ providerRequestId }) => providerRequestId ?? []);
  if (new Set(ids).size < ids.length) report("I6", `${name}: a call is metered twice`);
  const byId = new Map(log.attempts.map((attempt) => [attempt.providerRequestId, attempt]));
  const answered = new Set<string>();
  let unmatched = 0;
  let billed = 0;
  let posted = 0;
  for (const call of calls) {
    const attempt = byId.get(call.id);
    // The log has its answer: nothing was ever to ask for it again. Of two hedged calls both may have come back.
    if (attempt?.outcome === "completed" && call.asked !== null && attempt.isHedge !== true) {
      if (answered.has(call.asked)) report("I7", `${name}: ${call.id} asks for what was answered before`);
      answered.add(call.asked);
    }
    if (attempt === undefined) unmatched++;
    else if (attempt.outcome === "completed" && !attempt.isEstimated && call.billed !== null) {
      const { promptTokens, completionTokens } = call.billed;
      if (attempt.promptTokens !== promptTokens || attempt.completionTokens !== completionTokens) {
        report("I6", `${name}: ${call.id} is billed ${promptTokens}+${completionTokens} tokens and metered otherwise`);
      }
    }
    billed += (call.billed?.promptTokens ?? 0) + (call.billed?.completionTokens ?? 0);
  }
  for (const { promptTokens, completionTokens } of log.attempts) posted += promptTokens + completionTokens;
  const unnamed = log.attempts.length - ids.length;
  if (unmatched > unnamed) report("I6", `${name}: ${unmatched} calls have no attempt, where ${unnamed} have no id`);
  if (billed > posted) report("I6", `${name}: ${billed} tokens are billed and ${posted} are posted`);
  const known = new Set(calls.map(({ id }) => id));
  const invented = ids.filter((id) => !known.has(id));
  if (invented.length > 0) report("I6", `${name}: no such calls: ${invented.join(", ")}`);
}
