import { describe, expect, test } from "vitest";
import type { SearchEventBody } from "../../../src/core/event.ts";
import { createRandom } from "../../../src/core/random.ts";
import type { ProposeStep } from "../../../src/core/step.ts";
import { type SelectRule, selectModel, selectNode } from "../../../src/methods/ab-mcts/select.ts";
import { answerAdd, judged, revisionAdd } from "../../world/answers.ts";
import { critic } from "../../world/critic.ts";
import { treeOf } from "../../world/log.ts";
import { createPlayer } from "../../world/player.ts";
import { runWorld, type WorldOptions, type WorldRun } from "../../world/search.ts";

const RULE: SelectRule = {
  posterior: "normal",
  isInSteps: false,
  roleAt: ({ parent }) => (parent === null ? "end" : "refine"),
  maxDepth: 32,
  maxSamples: 256,
};

/** Where 400 decisions over this tree would have a new child, by node. */
function choices(bodies: readonly SearchEventBody[], rule: SelectRule = RULE): Record<string, number> {
  const { root } = treeOf(bodies);
  const counts: Record<string, number> = {};
  for (let decision = 0; decision < 400; decision++) {
    const id = selectNode(root, rule, createRandom(7, "decision", decision))?.id ?? "none";
    counts[id] = (counts[id] ?? 0) + 1;
  }
  return counts;
}

/** Fresh answers of this score, and below the first of them revisions of that one. */
function grown(fresh: readonly number[], revised: readonly number[]): SearchEventBody[] {
  let step = 0;
  const add = (parentId: string, score: number): SearchEventBody[] => {
    const added = ++step;
    const text = `Answer: ${added}`;
    const thought = parentId === "0" ? answerAdd(added, "0", text) : revisionAdd(added, parentId, text);
    return [...thought, ...judged(++step, `${added}.0`, score)];
  };
  return [...fresh.flatMap((score) => add("0", score)), ...revised.flatMap((score) => add("1.0", score))];
}

describe.each(["normal", "beta"] as const)("with %s posteriors", (posterior) => {
  const rule = { ...RULE, posterior };

  test("a node without children always has a new one", () => {
    expect(choices([], rule)).toEqual({ "0": 400 });
  });

  test("where fresh answers are good and revisions bad the tree grows wide, else deep", () => {
    const wide = choices(grown([0.8, 0.9, 0.8, 0.9, 0.8], [0.1, 0.1, 0.2, 0.1, 0.1]), rule);
    const deep = choices(grown([0.1, 0.1, 0.2, 0.1, 0.1], [0.8, 0.9, 0.8, 0.9, 0.8]), rule);
    expect(wide["0"]).toBeGreaterThan(300);
    expect(deep["0"] ?? 0).toBeLessThan(100);
  });

  test("on the way down the better child is taken more often", () => {
    const { "1.0": first = 0, "3.0": second = 0 } = choices(grown([0.9, 0.1], []), rule);
    expect(first).toBeGreaterThan(2 * second);
  });
});

test("a node that is asked often enough, too deep, or failed twice has no new child", () => {
  expect(choices(grown([0.5], []), { ...RULE, maxSamples: 1 })).toEqual({ "1.0": 400 });
  expect(choices(grown([0.5], []), { ...RULE, maxSamples: 1, maxDepth: 1 })).toEqual({ none: 400 });
});

test("in steps nothing is asked below what is complete or refuted", () => {
  const inSteps = { ...RULE, isInSteps: true };
  expect(choices(grown([0.9], []), inSteps)).toEqual({ "0": 400 });
});

const base = {
  method: "ab-mcts",
  verifiers: ["grade"],
  reply: critic,
  rollouts: 16,
  player: createPlayer(0.2),
} as const;

function proposals({ events }: WorldRun): ProposeStep[] {
  return events.flatMap((event) => (event.type === "step-start" && event.step.type === "propose" ? [event.step] : []));
}

test("below an answer a revision is asked for, with the attempts so far in view", async () => {
  const run = await runWorld({ ...base, rollouts: 24, seed: 2 });
  const revised = proposals(run).filter(({ role }) => role === "revise");
  expect(revised.length).toBeGreaterThan(3);
  for (const { nodeId } of revised) {
    const { tree } = run;
    const asked = run.model.calls.map(({ request }) => JSON.stringify(request.messages));
    const text = JSON.stringify(tree.textOf(tree.node(nodeId))).slice(1, -1);
    expect(asked.some((message) => message.includes("<attempt number") && message.includes(text))).toBe(true);
  }
  for (const { nodeId, role } of proposals(run)) expect(role).toBe(nodeId === "0" ? "end" : "revise");
});

test("in steps single steps are asked for after a first whole answer, and nothing that needs instructions", async () => {
  const run = await runWorld({
    ...base,
    params: { mode: "steps" },
    verifiers: ["game-of-24", "judge"],
    hand: "3 3 8 8",
  });
  const [first, ...others] = proposals(run).map(({ role }) => role);
  expect(first).toBe("draft");
  expect(new Set(others)).toEqual(new Set(["step"]));
});

describe("models", () => {
  test("are named in the steps, all of them tried; without any none is named", async () => {
    const run = await runWorld({ ...base, params: { models: ["a", "b", "c"] }, width: 4 });
    expect(new Set(proposals(run).map(({ model }) => model))).toEqual(new Set(["a", "b", "c"]));
    for (const node of run.tree.nodes) expect(["a", "b", "c"]).toContain(node.askedModel);
    for (const step of proposals(await runWorld(base))) expect(step).not.toHaveProperty("model");
  });

  test("are chosen by what their children were worth anywhere in the tree", () => {
    const asked = (bodies: SearchEventBody[], model: string): SearchEventBody[] =>
      bodies.map((body) =>
        body.type === "step-start" && body.step.type === "propose" ? { ...body, step: { ...body.step, model } } : body,
      );
    const tree = treeOf(
      [0.9, 0.8, 0.9, 0.8].flatMap((score, index) => [
        ...asked(answerAdd(4 * index + 1, "0", `Answer: ${index}`), "good"),
        ...judged(4 * index + 2, `${4 * index + 1}.0`, score),
        ...asked(revisionAdd(4 * index + 3, `${4 * index + 1}.0`, "Answer: x"), "bad"),
        ...judged(4 * index + 4, `${4 * index + 3}.0`, 1 - score),
      ]),
    );
    let good = 0;
    for (let decision = 0; decision < 400; decision++) {
      if (selectModel(tree, ["bad", "good"], "normal", createRandom(1, "m", decision)) === "good") good++;
    }
    expect(good).toBeGreaterThan(330);
  });

  test("of which there is one need no choice", () => {
    const tree = treeOf([]);
    expect(selectModel(tree, ["only"], "beta", createRandom(1))).toBe("only");
    expect(selectModel(tree, [], "beta", createRandom(1))).toBeNull();
  });
});

test("a search that is proven right ends, and serves the proof", async () => {
  const options: WorldOptions = { ...base, verifiers: ["game-of-24"], rollouts: 64, player: createPlayer(0.3) };
  const { tree } = await runWorld(options);
  expect(tree.end).toMatchObject({ reason: "early-stop", answerNodeId: tree.solved?.id });
});
