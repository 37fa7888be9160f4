import { describe, expect, test } from "vitest";
import type { ProposeStep } from "../../../src/core/step.ts";
import { rstar } from "../../../src/methods/rstar/method.ts";
import { textOf } from "../../world/critic.ts";
import { createPlayer } from "../../world/player.ts";
import { createQuestioner } from "../../world/questioner.ts";
import { runWorld, type WorldOptions, type WorldRun } from "../../world/search.ts";

const player = createPlayer(0.7);
const base = {
  method: "rstar",
  verifiers: ["agreement"],
  rollouts: 40,
  player,
  reply: createQuestioner(player),
  maxTokens: 400,
} satisfies WorldOptions;

function proposals({ events }: WorldRun): ProposeStep[] {
  return events.flatMap((event) => (event.type === "step-start" && event.step.type === "propose" ? [event.step] : []));
}

describe.each([1, 8, 64])("at width %i", (width) => {
  test("all five actions are taken, the discriminator comes last, and what it writes is no candidate", async () => {
    const run = await runWorld({ ...base, width });
    const roles = proposals(run).map(({ role }) => role);
    expect(new Set(roles)).toEqual(
      new Set(["finish", "sub-question", "step", "re-answer", "rephrase", "discriminate"]),
    );
    const first = roles.indexOf("discriminate");
    expect(new Set(roles.slice(first))).toEqual(new Set(["discriminate"]));
    const { tree } = run;
    expect(tree.rollouts).toBe(40);
    for (const node of tree.nodes.filter(({ role }) => role === "discriminate")) {
      expect(node).toMatchObject({ isTerminal: false, scores: [] });
      expect(tree.terminals).not.toContain(node);
    }
  });

  test("the answers that finish a node are rewarded by their share of votes, with no call to a model", async () => {
    const { tree, model, events } = await runWorld({ ...base, width, params: { suffixes: 0 } });
    const asked = events.filter((event) => event.type === "step-start" && event.step.type === "propose");
    expect(model.calls).toHaveLength(asked.length);
    for (const node of tree.terminals) expect(node.scores.length).toBeGreaterThan(0);
    expect(tree.root.weightSum).toBeGreaterThan(0);
  });
});

test("below a rephrased question every prompt shows it, the discriminator's too", async () => {
  const run = await runWorld({ ...base, rollouts: 60 });
  const { tree } = run;
  const rephrasing = tree.root.children.find(({ role }) => role === "rephrase");
  const below = proposals(run).filter(({ nodeId }) => {
    return rephrasing !== undefined && tree.pathOf(tree.node(nodeId)).includes(rephrasing);
  });
  expect(below.length).toBeGreaterThan(2);
  const shown = run.model.calls.filter(({ request }) => textOf(request).includes("<rephrased>\nGiven: four numbers."));
  expect(shown).toHaveLength(below.length);
});

test("another answer to a sub-question takes the place of the first, which its prompt does not show", async () => {
  const run = await runWorld({ ...base, rollouts: 60 });
  const { tree } = run;
  const again = tree.nodes.filter(({ role }) => role === "re-answer");
  expect(again.length).toBeGreaterThan(0);
  for (const node of again) {
    const before =
      node.parent?.parent === null || node.parent?.parent === undefined ? "" : tree.textOf(node.parent.parent);
    expect(tree.textOf(node)).toMatch(/^[\s\S]*Question: which two numbers now\?\n.*\n$/);
    expect(tree.textOf(node).startsWith(before)).toBe(true);
    expect(tree.textOf(node).split("Question:")).toHaveLength(
      tree.textOf(node.parent ?? node).split("Question:").length,
    );
  }
  const asked = run.model.calls.map(({ request }) => textOf(request)).filter((text) => text.includes("<sub-question>"));
  for (const text of asked) expect(text).toContain("<sub-question>\nQuestion: which two numbers now?\n</sub-question>");
});

test("the discriminator's model completes the masked suffixes and nothing else", async () => {
  const run = await runWorld({ ...base, params: { discriminator_model: "small" } });
  for (const { role, model } of proposals(run)) expect(model).toBe(role === "discriminate" ? "small" : undefined);
});

test("its completions can turn the choice: what they confirm is served against a larger reward", async () => {
  // Eight votes, five of them wrong; every masked beginning the discriminator completes to the right answer.
  const served = async (suffixes: number): Promise<string | null> => {
    let written = 0;
    const { tree } = await runWorld({
      ...base,
      params: { actions: ["finish"], votes: 8, suffixes },
      rollouts: 8,
      reply: () => {
        const number = written++;
        if (number >= 8) return "so\nAnswer: right";
        return number < 3 ? "first, a\nthen, again\nAnswer: right" : "first, b\nthen, again\nAnswer: wrong";
      },
    });
    return tree.answerOf(tree.node(tree.end?.answerNodeId ?? ""));
  };
  expect(await served(0)).toBe("wrong");
  expect(await served(4)).toBe("right");
});

test("a proven answer ends the search before anything is discriminated", async () => {
  const run = await runWorld({ ...base, verifiers: ["game-of-24"], rollouts: 64 });
  expect(run.tree.end).toMatchObject({ reason: "early-stop", answerNodeId: run.tree.solved?.id });
  expect(proposals(run).map(({ role }) => role)).not.toContain("discriminate");
});

test("actions without 'finish', or one named twice, are refused", () => {
  for (const actions of [["step"], ["finish", "finish"], ["finish", "ponder"]]) {
    expect(rstar.parse({ actions })).toMatchObject({ ok: false });
  }
  expect(rstar.roles({ actions: ["finish", "step"], suffixes: 0 })).toEqual(["finish", "step"]);
});
