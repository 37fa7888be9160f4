import { sampleGumbel } from "../../core/distributions.ts";
import { FAILURES_BEFORE_CLOSING } from "../../core/draft.ts";
import type { MethodContext } from "../../core/method.ts";
import { isRefuted, latestScore, type Node, samplesAt } from "../../core/node.ts";
import { createRandom } from "../../core/random.ts";
import { best, judgementOf } from "../../core/selection/rank.ts";
import type { Selected } from "../../core/selection/selection.ts";
import { type Decision, issue, ROOT, WAIT } from "../../core/step.ts";
import type { TreeView } from "../../core/tree-view.ts";
import { type DescentRule, descend, type Place } from "../descent.ts";
import { priorsOf } from "../prior.ts";
import { type Arm, evidenceOf, mixedValue, nextArm, type Sigma, scoresOf } from "./improved-policy.ts";
import type { Parameters } from "./parameters.ts";
import { turnOf } from "./schedule.ts";
import { type CountSimulations, completed, simulationsOf } from "./simulations.ts";

export interface Planner {
  /** With `missing` >= 1 candidates still to be asked for; a wait where nothing can be asked now. */
  nextProposal(tree: TreeView, missing: number): Decision;
  answer(tree: TreeView): Selected | null;
}

/** Which first steps are sampled, simulated and served. */
export function createPlanner(parameters: Parameters, { rollouts, seed }: MethodContext): Planner {
  const { root_actions, gumbel_scale, prior, prior_length_exponent, max_samples } = parameters;
  const sigma: Sigma = { visitOffset: parameters.visit_offset, valueScale: parameters.value_scale };
  const gumbelOf = createGumbels(seed, gumbel_scale);
  const exhausted = new WeakSet<Node>();

  const armsOf = (nodes: readonly Node[], visits: CountSimulations): Arm[] => {
    const priors = priorsOf(nodes, prior, prior_length_exponent);
    return nodes.map((node, index) => ({
      logit: Math.log(priors[index] ?? 0),
      value: evidenceOf(node),
      visits: visits(node),
    }));
  };

  /** g + logit + sigma(completed q) of the root's actions. */
  const rankAtRoot = (actions: readonly Node[], visits: CountSimulations): Map<Node, number> => {
    const arms = armsOf(actions, visits);
    const scores = scoresOf(arms, mixedValue(null, arms), sigma);
    return new Map(actions.map((action, index) => [action, gumbelOf(action) + (scores[index] ?? 0)]));
  };

  /** The arm of one more sample comes first, as likely as an average sibling; then the open children. */
  const chooseBelow = ({ node, open, canWiden }: Place, simulations: CountSimulations): Node => {
    const arms = armsOf(open, simulations);
    const substitute = mixedValue(latestScore(node)?.value ?? null, arms);
    const share = Math.log(1 / (open.length + 1));
    const oneMore: Arm = { logit: share, value: null, visits: samplesAt(node) };
    const siblings = arms.map((arm) => ({ ...arm, logit: arm.logit + Math.log(open.length) + share }));
    const chosen = nextArm(canWiden ? [oneMore, ...siblings] : siblings, substitute, sigma);
    return (canWiden ? [node, ...open] : open)[chosen] ?? node;
  };

  /** m actions in all, the draft's first step among them; and another whenever none can be simulated. */
  const actionsMissing = ({ root }: TreeView): number => {
    if (root.failures >= FAILURES_BEFORE_CLOSING) return 0;
    const samples = samplesAt(root);
    const isStuck = root.proposing === 0 && !root.children.some(isSimulated) && samples < max_samples;
    return Math.max(isStuck ? 1 : 0, Math.min(root_actions, rollouts) - samples);
  };

  return {
    nextProposal: (tree, missing) => {
      const { root } = tree;
      const wanted = actionsMissing(tree);
      if (wanted > 0) return issue({ type: "propose", nodeId: ROOT, count: Math.min(wanted, missing), role: "step" });
      // All actions are there, and the false ones known, before the first are compared.
      if (root.proposing > 0 || root.children.some(({ isVerifying }) => isVerifying)) return WAIT;
      const simulations = simulationsOf(tree);
      const actions = root.children.filter(isSimulated);
      const done = actions.reduce((sum, action) => sum + simulations(action), 0);
      const turn = turnOf(actions.length, done + missing, done);
      // Halving needs to know: the one barrier.
      if (turn.isHalving && tree.openSteps.size > 0) return WAIT;
      const rule: DescentRule = {
        isClosed: ({ failures }) => failures >= FAILURES_BEFORE_CLOSING,
        widening: (node) => (samplesAt(node) < max_samples ? "now" : node.proposing > 0 ? "later" : "never"),
        choose: (place) => chooseBelow(place, simulations),
      };
      const rank = rankAtRoot(root.children.filter(isStanding), simulations);
      for (let left = actions; left.length > 0; ) {
        const action = nextInTurn(left, turn.visits, simulations, rank);
        const node = descend(action, rule, exhausted);
        if (node !== null) return issue({ type: "propose", nodeId: node.id, count: 1, role: "end" });
        left = left.filter((other) => other !== action);
      }
      return WAIT;
    },
    answer: (tree) => {
      const survivor = survivorOf(tree, rankAtRoot(tree.root.children.filter(isStanding), completed));
      const candidates = tree.terminals.filter((node) => survivor === null || tree.pathOf(node)[0] === survivor);
      const node = tree.solved ?? best(candidates);
      return node === null ? null : { node, score: judgementOf(node) };
    },
  };
}

/** Of the actions that were simulated most often, and those that are complete by themselves, the highest ranked. */
function survivorOf({ root }: TreeView, rank: ReadonlyMap<Node, number>): Node | null {
  const most = Math.max(0, ...root.children.filter(isSimulated).map(completed));
  let survivor: Node | null = null;
  let highest = Number.NEGATIVE_INFINITY;
  for (const [action, score] of rank) {
    if (action.rollouts === 0 || (!action.isTerminal && action.rollouts < most)) continue;
    if (score > highest) {
      survivor = action;
      highest = score;
    }
  }
  return survivor;
}

/** The highest ranked of those with just so many visits; of those with the fewest, should none have them. */
function nextInTurn(
  actions: readonly Node[],
  visits: number,
  visitsOf: CountSimulations,
  rank: ReadonlyMap<Node, number>,
): Node {
  const distance = (action: Node): number => (visitsOf(action) === visits ? -1 : visitsOf(action));
  return actions.reduce((best, action) => {
    const nearer = distance(action) - distance(best);
    return nearer < 0 || (nearer === 0 && (rank.get(action) ?? 0) > (rank.get(best) ?? 0)) ? action : best;
  });
}

function isStanding(action: Node): boolean {
  return !isRefuted(action);
}

function isSimulated(action: Node): boolean {
  return !action.isTerminal && !isRefuted(action);
}

/** An action's noise is drawn by its creation order, so that it is the same whenever it is looked at. */
function createGumbels(seed: number, scale: number): (action: Node) => number {
  const known = new Map<number, number>();
  return ({ order }) => {
    const noise = known.get(order) ?? sampleGumbel(createRandom(seed, "gumbel", order));
    known.set(order, noise);
    return scale * noise;
  };
}
