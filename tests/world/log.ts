import { AUTOMATIC_ANSWER } from "../../src/core/answer/answer.ts";
import type { Backup } from "../../src/core/backup.ts";
import type { SearchEvent, SearchEventBody } from "../../src/core/event.ts";
import type { Step } from "../../src/core/step.ts";
import { foldTree, type Tree } from "../../src/core/tree.ts";
import type { Score } from "../../src/core/verifier.ts";

/** A tree from the smallest log that shows it: bodies in, numbered events folded. */
export function treeOf(bodies: readonly SearchEventBody[], backup?: Backup): Tree {
  return foldTree(
    bodies.map((body, sequence): SearchEvent => ({ sequence, atMs: sequence, ...body })),
    AUTOMATIC_ANSWER,
    backup,
  );
}

export const NO_HOLD = { rollouts: 0, calls: 0, tokens: 0, microdollars: 0 };

export function stepStart(stepId: number, step: Step, rollouts = 0): SearchEventBody {
  return { type: "step-start", stepId, attempt: 1, step, reserved: { ...NO_HOLD, rollouts } };
}

export function thoughtAdd(
  stepId: number,
  nodeId: string,
  parentId: string,
  text: string,
  isLast = false,
): SearchEventBody {
  const ending = isLast ? "stop" : "step";
  return {
    type: "thought-add",
    stepId,
    nodeId,
    parentId,
    thought: { text, ending, model: "m", logprobSum: null, tokenCount: null },
  };
}

export function scoreAdd(
  stepId: number,
  nodeId: string,
  value: number,
  kind: Score["kind"] = "estimate",
): SearchEventBody {
  return { type: "score-add", stepId, nodeId, score: { value, kind, reason: "", verifier: "test" } };
}

export function stepEnd(stepId: number): SearchEventBody {
  return { type: "step-end", stepId, attempts: [] };
}
