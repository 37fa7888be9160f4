import type { AnswerRule } from "../answer/answer.ts";
import type { SearchEvent } from "../event.ts";
import type { Method } from "../method.ts";
import { createRandom } from "../random.ts";
import { servedOf } from "../selection/served.ts";
import type { Decision, Step, StepId } from "../step.ts";
import { Tree } from "../tree.ts";
import { verificationDue, withoutVetoed } from "../verification.ts";
import type { Verifier } from "../verifier.ts";

export interface ReplaySetup {
  readonly method: Method;
  readonly verifier: Pick<Verifier, "name" | "scope" | "isComparative"> | null;
  readonly seed: number;
  readonly answers: AnswerRule;
}

export interface Replay {
  /** Steps in the log that the method was asked for again. */
  readonly steps: number;
  readonly mismatches: readonly Mismatch[];
}

export type Mismatch =
  | { readonly type: "step"; readonly stepId: StepId; readonly logged: Step; readonly decided: Decision }
  | { readonly type: "answer"; readonly logged: string | null; readonly decided: string | null };

/**
 * A log through a method: wherever the log starts a step, the method, shown the tree as it was, must ask for just this
 * step, and at the end for this answer. What a stored search did can so be explained, and a change of a method is seen on
 * real trees. A step that the budget made narrower may be a part of what the method asks for.
 */
export function replay(events: readonly SearchEvent[], { method, verifier, seed, answers }: ReplaySetup): Replay {
  const tree = new Tree(answers, method.backup);
  const mismatches: Mismatch[] = [];
  let steps = 0;
  for (const event of events) {
    if (event.type === "step-start" && event.attempt === 1) {
      steps++;
      const decided = method.next(tree, createRandom(seed, "decision", tree.stepsStarted));
      // The loop itself asks for the last verification of a search that a limit has ended.
      const last = verificationDue(tree, verifier, true);
      if (!isAskedFor(tree, event.step, decided) && !(last !== null && isAskedFor(tree, event.step, last))) {
        mismatches.push({ type: "step", stepId: event.stepId, logged: event.step, decided });
      }
    }
    if (event.type === "search-end") {
      const decided = servedOf(tree, method.answer)?.node.id ?? null;
      if (decided !== event.answerNodeId) mismatches.push({ type: "answer", logged: event.answerNodeId, decided });
    }
    tree.apply(event);
  }
  return { steps, mismatches };
}

function isAskedFor(tree: Tree, logged: Step, decided: Decision): boolean {
  if (decided.type !== "step") return false;
  const step = withoutVetoed(tree, decided.step);
  if (logged.type === "propose" && step.type === "propose") {
    return logged.count <= step.count && JSON.stringify({ ...step, count: logged.count }) === JSON.stringify(logged);
  }
  return JSON.stringify(step) === JSON.stringify(logged);
}
