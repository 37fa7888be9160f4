import { FAILURES_BEFORE_CLOSING } from "../../core/draft.ts";
import type { MethodContext } from "../../core/method.ts";
import { askedAt, isRefuted, type Node, samplesAt } from "../../core/node.ts";
import { type CompareStep, type Decision, issue, type ProposeStep, type Step, WAIT } from "../../core/step.ts";
import type { TreeView } from "../../core/tree-view.ts";
import { type DescentRule, descend } from "../descent.ts";
import { createStepDistance } from "../step-distance.ts";
import { optionsWanted } from "./branching.ts";
import { likenessByEdit, likenessByJudge, SAME, UNLIKE } from "./likeness.ts";
import { type LikenessOf, type Options, optionsOf } from "./options.ts";
import type { Parameters } from "./parameters.ts";
import { SIMULATE } from "./returns.ts";
import { mostPromising } from "./uct.ts";

/** The roles in which options are asked for. */
const OPTION_ROLES = ["step", "end"] as const;

/** The next step of the tree search with `missing` >= 1 candidates still to be asked for; a wait where there is none now. */
export function createPlanner(
  parameters: Parameters,
  { verifier }: MethodContext,
): (tree: TreeView, missing: number) => Decision {
  const { merge, merge_distance, max_trials, max_depth, simulations } = parameters;
  const distance = createStepDistance();
  const exhausted = new WeakSet<Node>();
  // What the samples of a node are does not change before the next one arrives; what a judge has said may.
  const remembered = new WeakMap<Node, { readonly samples: number; readonly options: Options }>();
  const knownOptions = (node: Node, likenessOf: LikenessOf): Options => {
    const samples = samplesAt(node) - node.proposing;
    const known = remembered.get(node);
    if (merge !== "judge" && known?.samples === samples) return known.options;
    const options = optionsOf(node, likenessOf, max_trials);
    remembered.set(node, { samples, options });
    return options;
  };

  return (tree, missing) => {
    const optionSamples = optionSamplesInFlight(tree);
    const likenessOf: LikenessOf = (candidate, kept) => {
      if (merge === "edit") return likenessByEdit(candidate, kept, distance, merge_distance);
      return merge === "judge" ? likenessByJudge(tree, candidate, kept) : UNLIKE;
    };
    const found = new Map<Node, Options>();
    const optionsAt = (node: Node): Options => {
      const known = found.get(node);
      if (known !== undefined) return known;
      const options = withLostSamples(node, knownOptions(node, likenessOf), optionSamples);
      found.set(node, options);
      return options;
    };
    const isTooDeep = ({ depth }: Node): boolean => depth >= max_depth;

    const comparisonDue = (node: Node): CompareStep | null => {
      const pair = optionsAt(node).undecided.find(([first, second]) => !isBeingCompared(tree, first, second));
      return pair === undefined ? null : { type: "compare", role: SAME, nodeIds: [pair[0].id, pair[1].id] };
    };

    const simulationDue = (node: Node): ProposeStep | null => {
      const option = optionsAt(node).kept.find((one) => !isTooDeep(one) && isToBeSimulated(one, simulations, verifier));
      if (option === undefined) return null;
      const count = Math.min(missing, simulations - option.rollouts);
      const { rollout_model: model } = parameters;
      return { type: "propose", nodeId: option.id, count, role: SIMULATE, ...(model !== undefined && { model }) };
    };

    const optionDue = (node: Node): ProposeStep | null => {
      const { kept, taken, undecided } = optionsAt(node);
      if (undecided.length > 0) return null;
      const asked = taken + (optionSamples.get(node) ?? 0);
      const wanted = optionsWanted(node, kept, taken, parameters) - asked;
      return wanted <= 0 ? null : optionProposal(node, Math.min(missing, wanted), asked === 0, parameters);
    };

    const dueByNode = new Map<Node, Step | null>();
    const dueAt = (node: Node): Step | null => {
      const known = dueByNode.get(node);
      if (known !== undefined) return known;
      const due = comparisonDue(node) ?? simulationDue(node) ?? optionDue(node);
      dueByNode.set(node, due);
      return due;
    };

    const rule: DescentRule = {
      isClosed: (node) =>
        isTooDeep(node) ||
        node.failures >= FAILURES_BEFORE_CLOSING ||
        (node.parent !== null && !optionsAt(node.parent).kept.includes(node)),
      // As long as something is in flight below, values may still spread and widen the node.
      widening: (node) => (dueAt(node) !== null ? "now" : node.inFlight > 0 ? "later" : "never"),
      choose: (place) =>
        place.canWiden ? place.node : mostPromising(place.node, place.open, parameters.exploration_weight),
    };
    const node = descend(tree.root, rule, exhausted);
    const due = node === null ? null : dueAt(node);
    return due === null ? WAIT : issue(due);
  };
}

/** Judged and not found false, and not simulated yet. Failed rollouts are not asked for again. */
function isToBeSimulated(option: Node, simulations: number, verifier: MethodContext["verifier"]): boolean {
  if (option.isTerminal || isRefuted(option) || option.failures > 0) return false;
  if (verifier?.scope === "all" && !option.isVerified) return false;
  // What was completed below it on other ways, as the draft was, is as good.
  return askedAt(option, SIMULATE) === 0 && option.rollouts < simulations;
}

function optionProposal(node: Node, count: number, isFirst: boolean, parameters: Parameters): ProposeStep {
  const { greedy_first, temperature, max_depth } = parameters;
  const role = node.depth === max_depth - 1 ? "end" : "step";
  if (greedy_first && isFirst) return { type: "propose", nodeId: node.id, count: 1, role, temperature: 0 };
  return { type: "propose", nodeId: node.id, count, role, ...(temperature !== undefined && { temperature }) };
}

/** Samples of options asked for at each node and not answered yet. O(width). */
function optionSamplesInFlight(tree: TreeView): ReadonlyMap<Node, number> {
  const samples = new Map<Node, number>();
  for (const { step } of tree.openSteps.values()) {
    if (step.type !== "propose" || step.role === SIMULATE) continue;
    const node = tree.node(step.nodeId);
    samples.set(node, (samples.get(node) ?? 0) + step.count);
  }
  return samples;
}

/**
 * A sample that says just what a fast rollout has said is that rollout once more, and no sample of an option: it can only be
 * missed. Its place is given up, or it would be asked for again and again.
 */
function withLostSamples(node: Node, options: Options, inFlight: ReadonlyMap<Node, number>): Options {
  const answered = OPTION_ROLES.reduce((sum, role) => sum + askedAt(node, role), 0) - (inFlight.get(node) ?? 0);
  let seen = 0;
  for (const child of node.children) if (child.role !== SIMULATE) seen += child.samples.length;
  return { ...options, taken: options.taken + Math.max(0, answered - seen) };
}

function isBeingCompared(tree: TreeView, first: Node, second: Node): boolean {
  for (const { step } of tree.openSteps.values()) {
    if (step.type === "compare" && step.nodeIds[0] === first.id && step.nodeIds[1] === second.id) return true;
  }
  return false;
}
