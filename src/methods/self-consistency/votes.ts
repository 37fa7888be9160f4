import type { Node } from "../../core/node.ts";
import type { TreeView } from "../../core/tree-view.ts";

/** How the votes stand. An answer that could not be found is a sample, and to `classes` a class of its own. */
export interface Votes {
  /** Of the leading class and of the next. */
  readonly first: number;
  readonly second: number;
  readonly samples: number;
  readonly classes: number;
  /** Sum of count * ln(count) over the classes: what the entropy is made of. */
  readonly sumOfLogs: number;
}

/** Counts a tree's votes as they come: a decision costs what is new since the last one. */
export function createVoteCount(): (tree: TreeView) => Votes {
  const counts = new WeakMap<TreeView, VoteCount>();
  return (tree) => {
    const count = counts.get(tree) ?? new VoteCount();
    counts.set(tree, count);
    count.bringUpToDate(tree);
    return count;
  };
}

/** A cache of what the tree says: it starts from nothing over any tree and comes to the same votes. */
class VoteCount implements Votes {
  first = 0;
  second = 0;
  samples = 0;
  classes = 0;
  sumOfLogs = 0;
  #leader: string | null = null;
  readonly #byClass = new Map<string, number>();
  /** Candidates in order of arrival, and how many completions of each are counted. */
  readonly #candidates: { readonly node: Node; counted: number }[] = [];
  #nodesSeen = 0;

  bringUpToDate(tree: TreeView): void {
    for (; this.#nodesSeen < tree.nodes.length; this.#nodesSeen++) {
      const node = tree.nodes[this.#nodesSeen];
      if (node?.isTerminal) this.#candidates.push({ node, counted: 0 });
    }
    // A vote comes with each rollout and with nothing else.
    if (this.samples === tree.rollouts) return;
    for (const candidate of this.#candidates) {
      const votes = 1 + candidate.node.repeats - candidate.counted;
      if (votes === 0) continue;
      candidate.counted += votes;
      this.#add(tree.answerClassOf(candidate.node), votes);
    }
  }

  #add(answerClass: string | null, votes: number): void {
    this.samples += votes;
    if (answerClass === null) {
      this.classes += votes;
      return;
    }
    const before = this.#byClass.get(answerClass) ?? 0;
    const after = before + votes;
    this.#byClass.set(answerClass, after);
    if (before === 0) this.classes++;
    this.sumOfLogs += after * Math.log(after) - (before === 0 ? 0 : before * Math.log(before));
    if (answerClass === this.#leader) this.first = after;
    else if (after > this.first) [this.#leader, this.first, this.second] = [answerClass, after, this.first];
    else this.second = Math.max(this.second, after);
  }
}
