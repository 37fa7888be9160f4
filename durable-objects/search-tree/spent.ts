import type { Attempt } from "../../src/core/model.ts";
import { stepIdOf } from "../../src/core/node.ts";
import type { StepId } from "../../src/core/step.ts";
import type { Tree } from "../../src/core/tree.ts";
import type { SearchPart, SpentView } from "./protocol.ts";

export function totalOf(attempts: readonly Attempt[]): SpentView {
  const sum = (of: (attempt: Attempt) => number): number => attempts.reduce((total, attempt) => total + of(attempt), 0);
  return {
    calls: attempts.length,
    promptTokens: sum((attempt) => attempt.promptTokens),
    completionTokens: sum((attempt) => attempt.completionTokens),
    cachedTokens: sum((attempt) => attempt.cachedTokens),
    microdollars: sum((attempt) => attempt.microdollars),
  };
}

/** Every call in exactly one part. */
export function spentByPart(tree: Tree): Readonly<Record<SearchPart, SpentView>> {
  const served = servedSteps(tree);
  const parts: Record<SearchPart, Attempt[]> = { generate: [], judge: [], discarded: [], cancelled: [] };
  tree.attempts.forEach((attempt, index) => {
    parts[partOf(attempt, tree.purposes[index], served)].push(attempt);
  });
  return {
    generate: totalOf(parts.generate),
    judge: totalOf(parts.judge),
    discarded: totalOf(parts.discarded),
    cancelled: totalOf(parts.cancelled),
  };
}

function partOf(
  attempt: Attempt,
  purpose: Tree["purposes"][number] | undefined,
  served: ReadonlySet<StepId>,
): SearchPart {
  if (attempt.outcome === "cancelled") return "cancelled";
  if (purpose !== undefined && purpose.type !== "propose") return "judge";
  const hasServed = purpose !== undefined && attempt.outcome === "completed" && served.has(purpose.stepId);
  return hasServed ? "generate" : "discarded";
}

/** The steps that brought the thoughts of the served answer. */
function servedSteps(tree: Tree): ReadonlySet<StepId> {
  const id = tree.end?.answerNodeId ?? null;
  return new Set(id === null ? [] : tree.pathOf(tree.node(id)).map((node) => stepIdOf(node.id)));
}
