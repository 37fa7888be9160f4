import { isVetoed, latestScore, type Node, samplesBelow } from "../../src/core/node.ts";
import type { Tree } from "../../src/core/tree.ts";
import { besideTextOf } from "./beside-text.ts";
import type { AnswerView, ScoreView } from "./protocol.ts";

/** More candidates than this are only in the report. OpenAI's `n` ends at 128. */
const MAX_ANSWERS = 128;

/**
 * Distinct candidates: the answer that was chosen first, then by falling score, ties in creation order; what a gate has
 * vetoed comes last.
 */
export function answersOf(tree: Tree, maxTokens: number): AnswerView[] {
  return distinctAnswers(tree).map((node) => answerToView(tree, node, maxTokens));
}

/** Without a search nothing is chosen: the samples as they came, each at its place, whatever they say. */
export function samplesOf(tree: Tree, maxTokens: number): AnswerView[] {
  return samplesBelow(tree.root)
    .filter(({ isTerminal }) => isTerminal)
    .slice(0, MAX_ANSWERS)
    .map((node) => answerToView(tree, node, maxTokens));
}

function distinctAnswers(tree: Tree): Node[] {
  const chosen = tree.end?.answerNodeId ?? null;
  const rank = (node: Node): number => {
    if (node.id === chosen) return 2;
    return isVetoed(node) ? -2 : (latestScore(node)?.value ?? -1);
  };
  const said = new Set<string>();
  return [...tree.terminals, ...tree.vetoed]
    .sort((a, b) => rank(b) - rank(a))
    .filter((node) => isFirst(said, saidBy(tree, node)))
    .slice(0, MAX_ANSWERS);
}

/** The text and the calls: two that call the same with the same arguments say the same, whatever the ids of their calls. */
function saidBy(tree: Tree, node: Node): string {
  const calls = (node.thought?.toolCalls ?? []).map(withoutId);
  return JSON.stringify([tree.textOf(node), calls]);
}

function withoutId(call: unknown): unknown {
  return typeof call === "object" && call !== null ? { ...call, id: undefined } : call;
}

function isFirst(seen: Set<string>, said: string): boolean {
  if (seen.has(said)) return false;
  seen.add(said);
  return true;
}

function answerToView(tree: Tree, node: Node, maxTokens: number): AnswerView {
  const toolCalls = node.thought?.toolCalls ?? [];
  // The plain prompt is what the first call was asked; later ones may carry a part of the answer.
  const first = tree.attempts.find((attempt) => attempt.promptTokens > 0);
  return {
    nodeId: node.id,
    text: tree.textOf(node),
    ending: node.thought?.ending ?? "stop",
    toolCallsJson: toolCalls.length === 0 ? null : JSON.stringify(toolCalls),
    promptTokens: first?.promptTokens ?? 0,
    cachedTokens: first?.cachedTokens ?? 0,
    // Clients check that it does not pass their `max_tokens` (WIRE.md decision 7); a sum of estimates might.
    completionTokens: Math.min(maxTokens, tokensOf(node)),
    score: scoreToView(node),
    ...besideTextOf(tree, node),
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
