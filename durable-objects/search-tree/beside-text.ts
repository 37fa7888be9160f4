import type { TokenLogprob } from "../../src/core/model.ts";
import type { Node } from "../../src/core/node.ts";
import type { Thought } from "../../src/core/thought.ts";
import type { Tree } from "../../src/core/tree.ts";
import type { AnswerView } from "./protocol.ts";

/** What an answer has beside its text, put together from the steps that the text is put together from. */
export function besideTextOf(
  tree: Tree,
  node: Node,
): Pick<AnswerView, "refusalFrom" | "tokensJson" | "reasoning" | "reasoningTokens"> {
  const steps = stepsOf(tree.pathOf(node).flatMap(({ thought }) => thought ?? []));
  const refusalFrom = refusalIn(steps);
  const tokens = tokensOf(steps);
  const reasoning = steps.map((step) => step.reasoning ?? "").join("");
  const told = steps.flatMap((step) => step.reasoningTokens ?? []);
  return {
    ...(refusalFrom !== null && { refusalFrom }),
    ...(tokens !== null && { tokensJson: JSON.stringify(tokens) }),
    ...(reasoning !== "" && { reasoning }),
    ...(told.length > 0 && { reasoningTokens: told.reduce((sum, one) => sum + one, 0) }),
  };
}

/** As `stepTexts`: notes are no part of the answer, and a revision stands alone. */
function stepsOf(path: readonly Thought[]): readonly Thought[] {
  const from = path.findLastIndex((thought) => thought.form === "revision");
  return path.slice(Math.max(0, from)).filter((thought) => thought.form !== "note");
}

function refusalIn(steps: readonly Thought[]): number | null {
  let before = 0;
  for (const { text, refusalFrom } of steps) {
    if (refusalFrom !== undefined) return before + refusalFrom;
    before += text.length;
  }
  return null;
}

/** Null where a step came without: a part of the tokens would pass for all of them. */
function tokensOf(steps: readonly Thought[]): readonly TokenLogprob[] | null {
  const lists = steps.map(({ tokens, text }) => tokens ?? (text === "" ? [] : null));
  return lists.every((list) => list !== null) && steps.some(({ tokens }) => tokens !== undefined) ? lists.flat() : null;
}
