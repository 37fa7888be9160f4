import { latestScore, type Node } from "../../src/core/node.ts";
import type { Tree } from "../../src/core/tree.ts";
import type { AnswerView, ScoreView } from "./protocol.ts";

/** More candidates than this are only in the report. OpenAI's `n` ends at 128. */
const MAX_ANSWERS = 128;

/** Distinct candidates: the answer that was chosen first, then by falling score, ties in creation order. */
export function answersOf(tree: Tree, maxTokens: number): AnswerView[] {
  const chosen = tree.end?.answerNodeId ?? null;
  const rank = (node: Node): number => (node.id === chosen ? 2 : (latestScore(node)?.value ?? -1));
  const texts = new Set<string>();
  return [...tree.terminals]
    .sort((a, b) => rank(b) - rank(a))
    .filter((node) => isFirst(texts, tree.textOf(node) + (node.thought?.toolCalls ? node.id : "")))
    .slice(0, MAX_ANSWERS)
    .map((node) => answerToView(tree, node, maxTokens));
}

function isFirst(seen: Set<string>, text: string): boolean {
  if (seen.has(text)) return false;
  seen.add(text);
  return true;
}

function answerToView(tree: Tree, node: Node, maxTokens: number): AnswerView {
  const toolCalls = node.thought?.toolCalls ?? [];
  return {
    nodeId: node.id,
    text: tree.textOf(node),
    ending: node.thought?.ending ?? "stop",
    toolCallsJson: toolCalls.length === 0 ? null : JSON.stringify(toolCalls),
    // The plain prompt is what the first call was asked; later ones may carry a part of the answer.
    promptTokens: tree.attempts.find((attempt) => attempt.promptTokens > 0)?.promptTokens ?? 0,
    // Clients check that it does not pass their `max_tokens` (WIRE.md decision 7); a sum of estimates might.
    completionTokens: Math.min(maxTokens, tokensOf(node)),
    score: scoreToView(node),
  };
}

/** Tokens of the path, estimated where the provider does not tell: some four characters each in English. */
function tokensOf(node: Node): number {
  let tokens = 0;
  for (let at: Node | null = node; at !== null; at = at.parent) {
    if (at.thought !== null) tokens += at.thought.tokenCount ?? Math.ceil(at.thought.text.length / 4);
  }
  return tokens;
}

export function scoreToView(node: Node): ScoreView | null {
  const score = latestScore(node);
  if (score === null) return null;
  return { value: score.value, kind: score.kind, reason: score.reason, verifier: score.verifier };
}
