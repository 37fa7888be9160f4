import type { Node } from "../../src/core/node.ts";
import type { Tree } from "../../src/core/tree.ts";

/** The whole tree as text, one line a node: what golden files and the signature compare. */
export function dumpTree(tree: Tree): string {
  const lines: string[] = [];
  const visit = (node: Node): void => {
    const score = node.scores[node.scores.length - 1];
    const value = node.visits === 0 ? "-" : node.value.toFixed(4);
    const judged = score === undefined ? "" : ` ${score.kind}=${score.value.toFixed(4)}`;
    const repeats = node.repeats === 0 ? "" : ` repeats=${node.repeats}`;
    const ending = node.thought === null ? "root" : node.thought.ending;
    const text = JSON.stringify(node.thought?.text ?? "");
    lines.push(`${"  ".repeat(node.depth)}${node.id} n=${node.visits} q=${value}${judged}${repeats} ${ending} ${text}`);
    for (const child of node.children) visit(child);
  };
  visit(tree.root);
  const { rollouts, calls, tokens } = tree.spent;
  lines.push(
    `end ${tree.end?.reason} answer=${tree.end?.answerNodeId} rollouts=${rollouts} calls=${calls} tokens=${tokens}`,
  );
  return `${lines.join("\n")}\n`;
}
