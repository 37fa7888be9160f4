import { styleText } from "node:util";
import { isRefuted, latestScore, type Node } from "../../src/core/node.ts";
import type { Tree } from "../../src/core/tree.ts";

/** Children shown per node; the rest is counted. The path of the answer is always shown. */
const CHILDREN_SHOWN = 4;

/** The tree as a terminal can show it: one line a thought, the answer's path in green, what was refuted struck dim. */
export function drawTree(tree: Tree): string {
  const lines: string[] = [];
  const answerPath = pathOf(tree);
  const visit = (node: Node, indent: string): void => {
    const shown = [...node.children]
      .sort((a, b) => Number(answerPath.has(b)) - Number(answerPath.has(a)) || b.visits - a.visits || a.order - b.order)
      .slice(0, CHILDREN_SHOWN);
    const hidden = node.children.length - shown.length;
    shown.forEach((child, index) => {
      const isLast = index === shown.length - 1 && hidden === 0;
      lines.push(`${indent}${isLast ? "└─ " : "├─ "}${labelOf(child, answerPath.has(child))}`);
      visit(child, `${indent}${isLast ? "   " : "│  "}`);
    });
    if (hidden > 0) lines.push(styleText("dim", `${indent}└─ ... ${hidden} more`));
  };
  visit(tree.root, "  ");
  return lines.join("\n");
}

function labelOf(node: Node, isOnAnswerPath: boolean): string {
  const text = (node.thought?.text ?? "").trim();
  const score = latestScore(node);
  const repeats = node.repeats > 0 ? ` x${node.repeats + 1}` : "";
  const judged =
    score === null ? "" : score.kind === "verdict" ? (score.value === 1 ? " ✓" : " ✗") : ` ${score.value.toFixed(2)}`;
  const label = `${text}${repeats}${judged}`;
  if (isOnAnswerPath) return styleText("green", label);
  return isRefuted(node) ? styleText("dim", label) : label;
}

function pathOf(tree: Tree): ReadonlySet<Node> {
  const path = new Set<Node>();
  const answerId = tree.end?.answerNodeId ?? null;
  for (let at: Node | null = answerId === null ? null : tree.node(answerId); at !== null; at = at.parent) path.add(at);
  return path;
}
