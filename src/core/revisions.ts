import { isNote, type Node } from "./node.ts";

/**
 * Answers and what became of them: a revision hangs below the answer that it replaces, or below a note on it (its
 * critique). The answers below the root are the fresh ones.
 */

/** The answers that replace this one, critiques skipped; at the root the fresh answers. By critique, then as created. */
export function revisionsOf(node: Node): readonly Node[] {
  return node.children.flatMap((child) => (isNote(child) ? revisionsOf(child) : [child]));
}

/** The answer that this one replaces, or the root where it is a fresh one. */
export function revisedFrom(answer: Node): Node {
  let at = answer.parent ?? answer;
  while (isNote(at) && at.parent !== null) at = at.parent;
  return at;
}
