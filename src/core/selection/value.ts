import { isRefuted } from "../node.ts";
import type { TreeView } from "../tree-view.ts";
import { best, judgedValue, type WorthOf } from "./rank.ts";
import type { Selected, Selection } from "./selection.ts";

/** A verdict of 1, else the highest judgement; ties to what ended by itself, then to the earliest created. */
export const value: Selection = {
  name: "value",
  summary: "The candidate that the verifier values most; a proven one first.",
  comparators: {},
  choose: (tree) => chooseByValue(tree),
};

/** The same by any value of a candidate, such as its path's. */
export function chooseByValue(tree: TreeView, worthOf: WorthOf = judgedValue): Selected | null {
  const node = tree.solved ?? best(tree.terminals, worthOf);
  return node === null ? null : { node, score: node === tree.solved ? 1 : (worthOf(node) ?? 0) };
}

/** Verdicts alone decide: a proven candidate, else the first that is not refuted, else the first. Estimates are ignored. */
export const verdict: Selection = {
  name: "verdict",
  summary: "A candidate proven right, else the first that is not refuted; estimates do not count.",
  comparators: {},
  choose: (tree) => {
    const { terminals } = tree;
    const finished = terminals.filter((node) => node.thought?.ending !== "length");
    const open = [...finished, ...terminals].find((node) => !isRefuted(node));
    const node = tree.solved ?? open ?? terminals[0];
    if (node === undefined) return null;
    return { node, score: node === tree.solved ? 1 : isRefuted(node) ? 0 : 0.5 };
  },
};
