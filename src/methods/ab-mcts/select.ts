import { FAILURES_BEFORE_CLOSING } from "../../core/draft.ts";
import { askedAt, isRefuted, type Node } from "../../core/node.ts";
import type { Random } from "../../core/random.ts";
import type { Role } from "../../core/step.ts";
import type { TreeView } from "../../core/tree-view.ts";
import { armsOf, childArm, observe } from "./arms.ts";
import { drawMean, NONE, type Observations, type Posterior } from "./posterior.ts";

export interface SelectRule {
  readonly posterior: Posterior;
  /** Children are next steps: what is complete or refuted has none. */
  readonly isInSteps: boolean;
  /** What a new child of the node is asked for as. */
  readonly roleAt: (node: Node) => Role;
  readonly maxDepth: number;
  readonly maxSamples: number;
}

/**
 * From the root down to the node that gets a new child: at each node one draw for GEN and one for CONT, and where CONT has
 * the larger, on to the child with the largest draw of its own. Null where no node can have a child any more.
 */
export function selectNode(root: Node, rule: SelectRule, random: Random): Node | null {
  let at = root;
  for (;;) {
    const open = at.children.filter((child) => isOpen(child, rule));
    const canGenerate = canHaveChild(at, rule);
    if (open.length === 0) return canGenerate ? at : null;
    if (canGenerate) {
      const { generate, goOn } = armsOf(at);
      const draw = drawMean(rule.posterior, generate, random);
      if (draw >= drawMean(rule.posterior, goOn, random)) return at;
    }
    at = largestDraw(open, childArm, rule.posterior, random) ?? at;
  }
}

/** Thompson sampling over models: each by what all of its children in the tree were worth (TreeQuest's default). */
export function selectModel(
  tree: TreeView,
  models: readonly string[],
  posterior: Posterior,
  random: Random,
): string | null {
  if (models.length < 2) return models[0] ?? null;
  const arms = new Map(models.map((model) => [model, { count: 0, sum: 0, squareSum: 0 }]));
  for (const node of tree.nodes) {
    const arm = arms.get(node.askedModel ?? "");
    if (arm !== undefined) observe(arm, node);
  }
  return largestDraw(models, (model) => arms.get(model) ?? NONE, posterior, random);
}

function largestDraw<Choice>(
  choices: readonly Choice[],
  armOf: (choice: Choice) => Observations,
  posterior: Posterior,
  random: Random,
): Choice | null {
  let best: { readonly choice: Choice; readonly draw: number } | null = null;
  for (const choice of choices) {
    const draw = drawMean(posterior, armOf(choice), random);
    if (best === null || draw > best.draw) best = { choice, draw };
  }
  return best?.choice ?? null;
}

/** Can the node, or one below it, have a new child? Nearly always the node itself says so, without a look further down. */
function isOpen(node: Node, rule: SelectRule): boolean {
  if (rule.isInSteps && (node.isTerminal || isRefuted(node))) return false;
  return canHaveChild(node, rule) || node.children.some((child) => isOpen(child, rule));
}

function canHaveChild(node: Node, { maxDepth, maxSamples, roleAt }: SelectRule): boolean {
  if (node.failures >= FAILURES_BEFORE_CLOSING || node.depth >= maxDepth) return false;
  return askedAt(node, roleAt(node)) < maxSamples;
}
