import type { Node } from "../node.ts";
import type { Decision, Role } from "../step.ts";
import type { TreeView } from "../tree-view.ts";

/** The served answer, and what it was chosen by: apart from the value that steered the search. */
export interface Selected {
  readonly node: Node;
  /** In [0, 1]: a judgement, a share of votes or visits, a mean preference. What it is, the selection's name says. */
  readonly score: number;
}

/** How the served answer is chosen among completed candidates: a stage of its own. */
export interface Selection {
  readonly name: string;
  /** One sentence for the documentation and the API. */
  readonly summary: string;
  /** Which verifier carries out each role of its comparisons; none where it reads the tree alone. */
  readonly comparators: Readonly<Record<Role, string>>;
  /** Once the method is done: the next comparison it still wants, a wait for one, or null when it can choose. */
  readonly comparisonDue?: (tree: TreeView) => Decision | null;
  /** Null while there is no completed candidate. Defined at any moment, also with comparisons missing. */
  choose(tree: TreeView): Selected | null;
}
