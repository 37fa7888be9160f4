import type { SearchEventBody } from "../../src/core/event.ts";
import type { Form } from "../../src/core/thought.ts";
import { scoreAdd, stepEnd, stepStart, thoughtAdd } from "./log.ts";

/** Logs of trees of whole answers, their critiques and their revisions, one step a thought: step 3 brings node "3.0". */

export function answerAdd(
  stepId: number,
  parentId: string,
  text: string,
  form?: Form,
  role = "end",
): SearchEventBody[] {
  const thought = thoughtAdd(stepId, `${stepId}.0`, parentId, text, form !== "note");
  const isPlain = form === undefined || thought.type !== "thought-add";
  return [
    stepStart(stepId, { type: "propose", nodeId: parentId, count: 1, role }),
    isPlain ? thought : { ...thought, thought: { ...thought.thought, form } },
    stepEnd(stepId),
  ];
}

export function noteAdd(stepId: number, parentId: string, text: string, role = "critique"): SearchEventBody[] {
  return answerAdd(stepId, parentId, text, "note", role);
}

export function revisionAdd(stepId: number, parentId: string, text: string, role = "refine"): SearchEventBody[] {
  return answerAdd(stepId, parentId, text, "revision", role);
}

/** One verification of one node. */
export function judged(
  stepId: number,
  nodeId: string,
  value: number,
  kind?: "estimate" | "verdict",
): SearchEventBody[] {
  return [
    stepStart(stepId, { type: "verify", nodeIds: [nodeId] }),
    scoreAdd(stepId, nodeId, value, kind),
    stepEnd(stepId),
  ];
}
