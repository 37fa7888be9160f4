import type { SearchEventBody } from "../../src/core/event.ts";
import type { Method } from "../../src/core/method.ts";
import { createRandom } from "../../src/core/random.ts";
import type { Step } from "../../src/core/step.ts";
import { stepStart, treeOf } from "./log.ts";

/** All that the method asks for at once over this log, at unlimited width, and what it says then. */
export function decisionsOf(
  method: Method,
  log: readonly SearchEventBody[],
): { readonly steps: readonly Step[]; readonly end: "wait" | "completed" | "early-stop" } {
  const bodies = [...log];
  const steps: Step[] = [];
  for (;;) {
    const tree = treeOf(bodies);
    const decision = method.next(tree, createRandom(1, "decision", tree.stepsStarted));
    if (decision.type === "wait") return { steps, end: "wait" };
    if (decision.type === "stop") return { steps, end: decision.reason };
    const { step } = decision;
    steps.push(step);
    if (steps.length > 1000) throw new Error("the method never has enough");
    bodies.push(stepStart(tree.stepsStarted + 1, step, step.type === "propose" ? step.count : 0));
  }
}

/** What is asked for, in short: "step 4 at 1.0", "verify 2.0 2.1". */
export function asked(method: Method, log: readonly SearchEventBody[]): string[] {
  const { steps, end } = decisionsOf(method, log);
  const told = steps.map((step) =>
    step.type === "propose" ? `${step.role} ${step.count} at ${step.nodeId}` : `${step.type} ${step.nodeIds.join(" ")}`,
  );
  return end === "wait" ? told : [...told, end];
}
