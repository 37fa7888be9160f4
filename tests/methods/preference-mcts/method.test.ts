import { describe, expect, test } from "vitest";
import type { SearchEvent, SearchEventBody } from "../../../src/core/event.ts";
import type { Node } from "../../../src/core/node.ts";
import { createRandom } from "../../../src/core/random.ts";
import type { ProposeStep } from "../../../src/core/step.ts";
import { preferencePairs } from "../../../src/methods/preference-mcts/pairs.ts";
import { dumpTree } from "../../world/dump.ts";
import { scoreAdd, stepEnd, stepStart, thoughtAdd, treeOf } from "../../world/log.ts";
import { OPINION } from "../../world/opinion.ts";
import { createPlayer } from "../../world/player.ts";
import { definitionOf, runWorld, type WorldOptions } from "../../world/search.ts";

const METHOD = definitionOf("preference-mcts");
const WORLD = {
  method: "preference-mcts",
  hand: "1 4 6 9",
  player: createPlayer(0.3),
  seed: 4,
  rollouts: 16,
  width: 4,
  params: { n_actions: 4, max_depth: 4, iterations: 10, root_factor: 2 },
} as const;

function proposals(events: readonly SearchEvent[]): ProposeStep[] {
  return events.flatMap((event) => (event.type === "step-start" && event.step.type === "propose" ? [event.step] : []));
}

async function grow(verifiers: readonly string[], more: Partial<WorldOptions> = {}) {
  return (await runWorld({ ...WORLD, verifiers, ...more })).tree;
}

describe("the gold answer", () => {
  const REFERENCE = { reference: "((9 - 1) * 4 - 6) = 24" };

  test.each([
    ["game-of-24", {}],
    ["exact", REFERENCE],
  ])("takes no part by default: beside the judge, %s changes nothing of what is grown", async (name, more) => {
    const alone = await grow(["judge"], more);
    expect(dumpTree(await grow([name, "judge"], more))).toBe(dumpTree(alone));
    expect(alone.nodes.length).toBeGreaterThan(20);
  });

  test("leaves no trace in the log: there is not one verdict", async () => {
    const { events } = await runWorld({ ...WORLD, verifiers: ["game-of-24", "judge"] });
    const kinds = events.flatMap((event) => (event.type === "score-add" ? [event.score.kind] : []));
    expect(new Set(kinds)).toEqual(new Set(["estimate"]));
  });

  test("takes part where it is asked for, and does not end the collection", async () => {
    const params = { ...WORLD.params, gold: true };
    const tree = await grow(["game-of-24", "judge"], { params });
    expect(tree.solved).not.toBeNull();
    expect(tree.end?.answerNodeId).toBe(tree.solved?.id);
    expect(tree.end?.reason).not.toBe("early-stop");
    expect(dumpTree(tree)).not.toBe(dumpTree(await grow(["judge"], { params })));
  });

  test("is needed only there", () => {
    expect(METHOD.needs({})).toEqual(["continuation", "step-scores", "logprobs"]);
    expect(METHOD.needs({ gold: true })).toEqual(["continuation", "step-scores", "logprobs", "checker"]);
  });
});

/** Root, three visits: a (1 token, log-probability -1; judged 0.4 twice) and b (16 tokens, -16; judged 0.5). */
const judged: readonly SearchEventBody[] = [
  stepStart(1, { type: "propose", nodeId: "0", count: 1, role: "end" }),
  thoughtAdd(1, "1.0", "0", "Answer: 0", true),
  stepEnd(1),
  stepStart(2, { type: "propose", nodeId: "0", count: 2, role: "step" }),
  ...(
    [
      ["2.0", "aaaa\n", -1, 1],
      ["2.1", "bbbb\n", -16, 16],
    ] as const
  ).map(([nodeId, text, logprobSum, tokenCount]) => ({
    type: "thought-add" as const,
    stepId: 2,
    nodeId,
    parentId: "0",
    thought: { text, ending: "step" as const, model: "m", logprobSum, tokenCount },
  })),
  stepEnd(2),
  stepStart(3, { type: "verify", nodeIds: ["1.0", "2.0", "2.1"] }),
  scoreAdd(3, "2.0", 0.4),
  scoreAdd(3, "2.0", 0.4),
  scoreAdd(3, "2.1", 0.5),
  stepEnd(3),
];

function nextNode(params: Record<string, unknown>, log: readonly SearchEventBody[] = judged): string {
  const method = METHOD.create({ n_actions: 3, ...params }, { rollouts: 100, verifier: null, seed: 1 });
  const decision = method.next(treeOf(log, method.backup), createRandom(1));
  if (decision.type !== "step" || decision.step.type !== "propose") throw new Error(decision.type);
  return decision.step.nodeId;
}

describe("PUCT by hand: Q + w * p * sqrt(3) / (1 + n)", () => {
  test("lambda 1.25: p = e^-1 and e^-0.5, of which a has 0.378: 0.4 + 0.218 against b's 0.5 + 0.539", () => {
    expect(nextNode({})).toBe("2.1");
  });

  test("lambda 0: p = e^-1 and e^-16, a has all of it: 0.4 + 0.577 against b's 0.5", () => {
    expect(nextNode({ prior_length_exponent: 0 })).toBe("2.0");
  });

  test("w = 0 leaves the values: b has 0.5, a 0.4, whatever the prior", () => {
    expect(nextNode({ prior_length_exponent: 0, exploration_weight: 0 })).toBe("2.1");
  });

  test("in flight counts: with three asked for below b, a comes next", () => {
    // a: 0.4 + 0.5 * sqrt(6) / 3 = 0.808; b: 0.5 + 0.5 * sqrt(6) / 5 = 0.745
    const busy = [...judged, stepStart(4, { type: "propose", nodeId: "2.1", count: 3, role: "step" })];
    expect(nextNode({ prior: "uniform" }, busy)).toBe("2.0");
  });
});

test("a step that is all but an earlier sibling's is not searched", () => {
  const log = [
    stepStart(1, { type: "propose", nodeId: "0", count: 3, role: "step" }),
    thoughtAdd(1, "1.0", "0", "Add four and nine to get thirteen.\n"),
    thoughtAdd(1, "1.1", "0", "Add four and nine to get thirteen!\n"),
    thoughtAdd(1, "1.2", "0", "Multiply ten by four.\n"),
    thoughtAdd(1, "1.3", "1.0", "Answer: 0", true),
    stepEnd(1),
    stepStart(2, { type: "verify", nodeIds: ["1.0", "1.1", "1.2"] }),
    scoreAdd(2, "1.0", 0.1),
    scoreAdd(2, "1.1", 0.9),
    scoreAdd(2, "1.2", 0.3),
    stepEnd(2),
  ];
  // One of 34 characters differs: a similarity of 0.97.
  expect(nextNode({ exploration_weight: 0 }, log)).toBe("1.1");
  expect(nextNode({ exploration_weight: 0, similarity: 0.95 }, log)).toBe("1.2");
});

test("a node is asked for n_actions in one call, the draft's step counts as one, and none is asked again", async () => {
  const { events } = await runWorld({ ...WORLD, verifier: OPINION, rollouts: 1000, width: 1 });
  const samples = new Map<string, number>();
  for (const { nodeId, count } of proposals(events)) samples.set(nodeId, (samples.get(nodeId) ?? 0) + count);
  expect(proposals(events).slice(0, 2)).toMatchObject([
    { nodeId: "0", count: 1, role: "end" },
    { nodeId: "0", count: 3, role: "step" },
  ]);
  expect(Math.max(...samples.values())).toBe(4);
});

test.each([1, 8])(
  "nothing is asked more than max_depth steps ahead of the last commitment, at width %i",
  async (width) => {
    // So many visits never come: each commitment waits until all within two steps is searched.
    const params = { n_actions: 3, max_depth: 2, iterations: 100_000, prior: "uniform" };
    const { events, tree } = await runWorld({ ...WORLD, params, verifier: OPINION, width, rollouts: 1000 });
    const path = committedPath(tree.root);
    // The hand takes three steps and the answer line: the window has moved to the end of it.
    expect(path.at(-1)?.isTerminal).toBe(true);
    let roots = 0;
    for (const { nodeId } of proposals(events).slice(1)) {
      const steps = tree.pathOf(tree.node(nodeId));
      while (steps.length >= roots + 2) roots++;
      // Every proposal is below the root of its time, and within two steps of it.
      expect(steps.slice(0, roots)).toEqual(path.slice(0, roots));
    }
    expect(roots).toBeGreaterThan(0);
  },
);

/** The most visited child, and of that one the most visited again. */
function committedPath(root: Node): Node[] {
  const path: Node[] = [];
  for (let at: Node | undefined = root; at !== undefined; ) {
    const [next]: Node[] = [...at.children].sort((a, b) => b.visits - a.visits || b.value - a.value);
    if (next !== undefined) path.push(next);
    at = next;
  }
  return path;
}

test.each([1, 8])("root_factor times as many visits come before the first commitment, at width %i", async (width) => {
  const { events, tree } = await runWorld({ ...WORLD, verifier: OPINION, width, rollouts: 1000, seed: 1 });
  const visits = tree.root.children.map((child) => child.visits);
  const chosen = tree.root.children[visits.indexOf(Math.max(...visits))];
  const firstSteps: { readonly seen: number; readonly isChosen: boolean }[] = [];
  let seen = 0;
  for (const event of events) {
    if (event.type === "score-add") seen++;
    if (event.type !== "step-start" || event.step.type !== "propose" || event.step.nodeId === "0") continue;
    firstSteps.push({ seen, isChosen: tree.pathOf(tree.node(event.step.nodeId))[0] === chosen });
  }
  // 2 * 10 visits, and what was asked for before they were complete.
  const afterwards = firstSteps.filter((one) => one.seen >= 20);
  expect(afterwards.length).toBeGreaterThan(1);
  expect(afterwards.every(({ isChosen }) => isChosen)).toBe(true);
  expect(firstSteps.some(({ isChosen }) => !isChosen)).toBe(true);
});

test("a finished tree has a pair for its levels, every loser beside its winner", async () => {
  const { tree } = await runWorld({ ...WORLD, verifier: OPINION, rollouts: 1000 });
  const pairs = preferencePairs(tree.root, { rejected: "worst" });
  expect(pairs.length).toBeGreaterThan(1);
  for (const { prefix, chosen, rejected, alpha } of pairs) {
    expect(chosen[0]?.parent).toBe(prefix);
    expect(rejected[0]?.parent).toBe(prefix);
    expect(alpha).toBeGreaterThan(0);
    expect(alpha).toBeLessThanOrEqual(0.5);
  }
});
