import { latestScore, type Node } from "../node.ts";
import type { Tree } from "../tree.ts";
import type { Score } from "../verifier.ts";

export interface RenderOptions {
  /** Characters of each thought at most; default 60. */
  readonly textLength?: number;
  /** Children shown per node, the most visited first; default all, in creation order. */
  readonly children?: number;
}

const DEFAULT_TEXT_LENGTH = 60;

/** The tree for a terminal, one line a node. The served answer is marked with a star. */
export function renderTree(tree: Tree, { textLength = DEFAULT_TEXT_LENGTH, children }: RenderOptions = {}): string {
  const lines: string[] = [lineOf(tree, tree.root, textLength)];
  const visit = (node: Node, indent: string): void => {
    const shown = chosenChildren(node, children);
    const hidden = node.children.length - shown.length;
    for (const [index, child] of shown.entries()) {
      const isLast = index === shown.length - 1 && hidden === 0;
      lines.push(`${indent}${isLast ? "└─ " : "├─ "}${lineOf(tree, child, textLength)}`);
      visit(child, `${indent}${isLast ? "   " : "│  "}`);
    }
    if (hidden > 0) lines.push(`${indent}└─ ${hidden} more`);
  };
  visit(tree.root, "");
  return `${lines.join("\n")}\n`;
}

function chosenChildren(node: Node, limit: number | undefined): readonly Node[] {
  if (limit === undefined || node.children.length <= limit) return node.children;
  const most = [...node.children].sort((a, b) => b.visits - a.visits).slice(0, limit);
  return most.sort((a, b) => a.order - b.order);
}

function lineOf(tree: Tree, node: Node, textLength: number): string {
  const score = latestScore(node);
  const parts = [
    tree.end?.answerNodeId === node.id ? "★ " : "",
    node.id,
    ` n=${node.visits}`,
    node.visits === 0 ? "" : ` q=${node.value.toFixed(2)}`,
    score === null ? "" : scoreMark(score),
    node.repeats === 0 ? "" : ` x${1 + node.repeats}`,
    node.thought?.form === undefined ? "" : ` ${node.thought.form}`,
    node.thought === null ? "" : ` ${clipped(node.thought.text, textLength)}`,
  ];
  return parts.join("");
}

function scoreMark({ kind, value }: Score): string {
  switch (kind) {
    case "verdict":
      return value === 1 ? " ✓" : " ✗";
    case "veto":
      return " ⊘";
    case "estimate":
      return ` v=${value.toFixed(2)}`;
  }
}

/** On one line; control characters would let a model's text write over the terminal. */
function clipped(text: string, length: number): string {
  const plain = text
    .trim()
    .replace(/\p{Cc}+/gu, " ")
    .replace(/\s+/g, " ");
  const points = [...plain];
  return JSON.stringify(points.length <= length ? plain : `${points.slice(0, length - 1).join("")}…`);
}
