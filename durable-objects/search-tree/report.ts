import type { ModelError } from "../../src/core/model.ts";
import type { Node } from "../../src/core/node.ts";
import type { Tree } from "../../src/core/tree.ts";
import { stateOf } from "../../src/db/state.ts";
import type { Recipe } from "../../src/recipe.ts";
import { isOneCall } from "../../src/setup.ts";
import { answersOf, samplesOf, scoreToView } from "./answers.ts";
import type { ErrorView, NodeView, SearchReport, SearchSummary } from "./protocol.ts";
import { spentByPart, totalOf } from "./spent.ts";

export interface ReportInput {
  readonly searchId: string;
  readonly recipe: Recipe;
  readonly createdAtMs: number;
  readonly tree: Tree;
  /** Of the last event in the log. */
  readonly lastEventAtMs: number;
}

export function searchToSummary(input: ReportInput): SearchSummary {
  const { recipe, tree, createdAtMs, lastEventAtMs } = input;
  const { end } = tree;
  return {
    id: input.searchId,
    state: end === null ? "running" : stateOf(end),
    model: recipe.model,
    method: recipe.method,
    seed: recipe.seed,
    stopReason: end?.reason ?? null,
    createdAtMs,
    endedAtMs: end === null ? null : lastEventAtMs,
    wallMs: Math.max(0, lastEventAtMs - createdAtMs),
    rollouts: tree.rollouts,
    spent: totalOf(tree.attempts),
    answers: (isOneCall(recipe) ? samplesOf : answersOf)(tree, recipe.sampling.maxTokens),
    error: end?.error ? errorToView(end.error, tree) : null,
    clamped: recipe.clamped,
    note: recipe.note ?? noteOf(tree),
    verifiers: [...(recipe.formGates ?? []), ...recipe.verifiers.map(({ type }) => type)],
    selection: recipe.selection,
    selectionScore: end?.selectionScore ?? null,
    value: end?.answerNodeId == null ? null : tree.node(end.answerNodeId).value,
    promptHashes: recipe.promptHashes,
    emulated: recipe.emulated,
    temperature: recipe.sampling.temperature ?? null,
    onBudget: recipe.onBudget ?? "best",
    reply: recipe.reply ?? { candidates: 0, usage: "answer" },
    spentByPart: spentByPart(tree),
    ...((recipe.reply?.trace ?? "none") !== "none" && { nodes: nodesOf(tree) }),
  };
}

/** What is worth knowing of an ended search that nobody decided. */
function noteOf(tree: Tree): string | null {
  if (tree.end === null) return null;
  if (tree.terminals.length === 0 && tree.vetoed.length > 0) return "no_valid_candidate";
  return isWithoutDiversity(tree) ? "no_diversity" : null;
}

/** Several candidates were asked for and all of them say the same: no search over them can help. */
function isWithoutDiversity(tree: Tree): boolean {
  if (tree.rollouts < 2 || tree.solved !== null) return false;
  return new Set([...tree.terminals, ...tree.vetoed].map((node) => tree.textOf(node))).size === 1;
}

export function searchToReport(input: ReportInput): SearchReport {
  return { ...searchToSummary(input), nodes: nodesOf(input.tree) };
}

function nodesOf(tree: Tree): NodeView[] {
  return [tree.root, ...tree.nodes].map(nodeToView);
}

function nodeToView(node: Node): NodeView {
  return {
    id: node.id,
    parentId: node.parent?.id ?? null,
    depth: node.depth,
    text: node.thought?.text ?? "",
    role: node.role,
    form: node.thought?.form ?? "continuation",
    isTerminal: node.isTerminal,
    visits: node.visits,
    value: node.value,
    repeats: node.repeats,
    score: scoreToView(node),
    inFlight: node.inFlight,
  };
}

/** With the provider that the last failing call went to: the error itself does not name one. */
function errorToView(error: ModelError, tree: Tree): ErrorView {
  return {
    type: error.type,
    message: error.message,
    retryAfterMs: error.type === "rate-limited" ? error.retryAfterMs : null,
    provider: tree.attempts.findLast((attempt) => attempt.outcome === error.type)?.provider ?? "",
  };
}
