import { describe, expect, test } from "vitest";
import { isGoodEnough } from "../../src/core/early-stop.ts";
import type { SearchEventBody } from "../../src/core/event.ts";
import { type FormGate, vetoOf } from "../../src/core/form-gate.ts";
import { isRefuted, isVetoed } from "../../src/core/node.ts";
import { SELECTIONS } from "../../src/core/selection/index.ts";
import { servedOf } from "../../src/core/selection/served.ts";
import { candidate } from "../verifiers/scripted.ts";
import { scoreAdd, stepEnd, stepStart, thoughtAdd, treeOf } from "../world/log.ts";
import { runWorld, type WorldOptions } from "../world/search.ts";

/** Objects to answers in words. */
const DIGITS: FormGate = { name: "digits", objectionTo: ({ text }) => (/\d/.test(text) ? null : "no digits") };

/** Three that agree and are vetoed, and two that are not, with these scores. */
function outvoted(scores: readonly (number | null)[] = []) {
  const texts = ["Answer: seven", "So:\nAnswer: seven", "Hence:\nAnswer: seven", "Answer: 7", "Answer: 8"];
  const bodies: SearchEventBody[] = [
    stepStart(1, { type: "propose", nodeId: "0", count: texts.length, role: "end" }, texts.length),
  ];
  for (const [index, text] of texts.entries()) {
    bodies.push(thoughtAdd(1, `1.${index}`, "0", text, true));
    if (index < 3) bodies.push(scoreAdd(1, `1.${index}`, 0, "veto"));
  }
  bodies.push(stepEnd(1), stepStart(2, { type: "verify", nodeIds: ["1.3", "1.4"] }));
  for (const [index, score] of scores.entries()) {
    if (score !== null) bodies.push(scoreAdd(2, `1.${index + 3}`, score));
  }
  return treeOf([...bodies, stepEnd(2)]);
}

test("a veto is the first objection, with value 0 and the gate's name", () => {
  const never: FormGate = { name: "never", objectionTo: () => "never" };
  expect(vetoOf([DIGITS, never], candidate("seven"))).toEqual({
    value: 0,
    kind: "veto",
    reason: "no digits",
    verifier: "digits",
  });
  expect(vetoOf([DIGITS, never], candidate("7"))?.verifier).toBe("never");
  expect(vetoOf([DIGITS], candidate("7"))).toBeNull();
  expect(vetoOf([], candidate("seven"))).toBeNull();
});

test("a vetoed candidate is a rollout and a refuted node, and neither a terminal nor one to be verified", () => {
  const tree = outvoted();
  expect([tree.rollouts, tree.root.rollouts]).toEqual([5, 5]);
  expect(tree.terminals.map(({ id }) => id)).toEqual(["1.3", "1.4"]);
  expect(tree.vetoed.map(({ id }) => id)).toEqual(["1.0", "1.1", "1.2"]);
  for (const node of tree.vetoed) {
    expect([isVetoed(node), isRefuted(node), node.isTerminal, node.isVerified]).toEqual([true, true, true, true]);
    expect([tree.answerOf(node), tree.answerClassOf(node)]).toEqual(["seven", null]);
  }
  expect(tree.unverifiedAnswers).toEqual([]);
});

test.each(SELECTIONS)("$name serves one of the two that may be served, though three agree", (selection) => {
  for (const scores of [[], [0, 0], [0.2, 0.1], [null, 0.4]]) {
    expect(["1.3", "1.4"]).toContain(servedOf(outvoted(scores), selection.choose)?.node.id);
  }
});

test.each(SELECTIONS)(
  "$name serves the earliest where all are vetoed, for nothing, and what is whole before it",
  ({ choose }) => {
    const bodies = (endings: readonly ("stop" | "length")[]): SearchEventBody[] => [
      stepStart(1, { type: "propose", nodeId: "0", count: endings.length, role: "end" }),
      ...endings.flatMap((ending, index): SearchEventBody[] => {
        const add = thoughtAdd(1, `1.${index}`, "0", `Answer: ${index}`, true);
        const thought = add.type === "thought-add" ? { ...add, thought: { ...add.thought, ending } } : add;
        return [thought, scoreAdd(1, `1.${index}`, 0, "veto")];
      }),
      stepEnd(1),
    ];
    expect(servedOf(treeOf(bodies(["stop", "stop"])), choose)).toMatchObject({ node: { id: "1.0" }, score: 0 });
    expect(servedOf(treeOf(bodies(["length", "stop"])), choose)).toMatchObject({ node: { id: "1.1" }, score: 0 });
    expect(servedOf(treeOf([]), choose)).toBeNull();
  },
);

test("a method that chooses a vetoed candidate, or none, does not have its way while there is another", () => {
  const tree = outvoted([0.2, 0.6]);
  const [vetoed] = tree.vetoed;
  if (vetoed === undefined) throw new Error("nothing is vetoed");
  for (const chosen of [{ node: vetoed, score: 1 }, null]) {
    expect(servedOf(tree, () => chosen)).toMatchObject({ node: { id: "1.4" }, score: 0.6 });
  }
  const [first] = tree.terminals;
  const own = first === undefined ? null : { node: first, score: 0.9 };
  expect(servedOf(tree, () => own)).toBe(own);
});

test("a repetition of a vetoed candidate is vetoed with it, and takes its place in the order", () => {
  const tree = treeOf([
    stepStart(1, { type: "propose", nodeId: "0", count: 1, role: "end" }),
    stepStart(2, { type: "propose", nodeId: "0", count: 2, role: "end" }),
    thoughtAdd(2, "2.0", "0", "Answer: seven", true),
    scoreAdd(2, "2.0", 0, "veto"),
    thoughtAdd(2, "2.1", "0", "Answer: eight", true),
    scoreAdd(2, "2.1", 0, "veto"),
    stepEnd(2),
    { type: "thought-repeat", stepId: 1, nodeId: "2.1", index: 0 },
    stepEnd(1),
  ]);
  expect(tree.vetoed.map(({ id, repeats }) => [id, repeats])).toEqual([
    ["2.1", 1],
    ["2.0", 0],
  ]);
  expect([tree.rollouts, tree.root.visits, tree.terminals.length]).toEqual([3, 3, 0]);
});

describe("an early stop", () => {
  test("by agreement counts no vetoed votes, but vetoed candidates in the denominator", () => {
    expect(isGoodEnough(outvoted(), { score: null, agreement: 0.6 })).toBe(false);
    // One of five.
    expect(isGoodEnough(outvoted(), { score: null, agreement: 0.2 })).toBe(true);
  });

  test("by score is for those that may be served", () => {
    expect(isGoodEnough(outvoted([0.4, 0.1]), { score: 0.4, agreement: null })).toBe(true);
    expect(isGoodEnough(outvoted(), { score: 0.01, agreement: null })).toBe(false);
  });
});

describe("in a search", () => {
  /** Every third answer is in digits; each is another text. */
  function saying(): NonNullable<WorldOptions["reply"]> {
    let next = 0;
    return ({ messages }) => {
      if (JSON.stringify(messages).includes("Judge:")) return null;
      const index = next++;
      return index % 3 === 2 ? `Way ${"i".repeat(index)}:\nAnswer: 7` : `Way ${"x".repeat(index)}:\nAnswer: seven`;
    };
  }
  const options = { formGates: [DIGITS], rollouts: 9, reply: saying() };

  const methods: [string, Record<string, unknown>][] = [
    ["self-consistency", { stop: "none" }],
    ["best-of-n", {}],
  ];
  test.each(methods)("%s: a majority in the wrong form loses to a minority", async (method, params) => {
    const { tree } = await runWorld({ ...options, method, params, verifiers: ["agreement"], reply: saying() });
    expect([tree.terminals.length, tree.vetoed.length]).toEqual([3, 6]);
    expect(tree.answerClassOf(tree.node(tree.end?.answerNodeId ?? ""))).toBe("7");
    // Agreement is among those that can be served: what cannot is neither counted for nor against.
    if (method === "best-of-n") expect(tree.terminals.map(({ scores }) => scores[0]?.value)).toEqual([1, 1, 1]);
  });

  test("self-consistency does not end early because wrong forms agree", async () => {
    const { tree } = await runWorld({
      ...options,
      method: "self-consistency",
      verifiers: [],
      reply: () => "Answer: seven",
    });
    expect([tree.rollouts, tree.end?.reason]).toEqual([9, "completed"]);
    const { tree: right } = await runWorld({
      ...options,
      method: "self-consistency",
      verifiers: [],
      reply: () => "Answer: 7",
    });
    expect([right.rollouts, right.end?.reason]).toEqual([5, "early-stop"]);
  });

  test("a verdict does not save a vetoed candidate, and a search blind to verdicts sees the veto", async () => {
    const run = { method: "best-of-n", verifiers: ["exact"], reference: "seven", rollouts: 6, formGates: [DIGITS] };
    const { tree } = await runWorld({ ...run, reply: saying() });
    expect([tree.solved, tree.terminals.length, tree.vetoed.length]).toEqual([null, 2, 4]);
    const blind = await runWorld({ ...run, method: "preference-mcts", verifiers: ["exact", "judge"], reply: saying() });
    expect(blind.setup.method.ignoresVerdicts).toBe(true);
    expect(blind.tree.vetoed.length).toBeGreaterThan(0);
    const served = blind.tree.node(blind.tree.end?.answerNodeId ?? "");
    expect(isVetoed(served)).toBe(blind.tree.terminals.length === 0);
  });

  test("steps are not gated: only what is complete", async () => {
    const { tree } = await runWorld({
      method: "mcts",
      verifiers: ["game-of-24", "judge"],
      formGates: [{ ...DIGITS, objectionTo: () => "no" }],
    });
    const steps = tree.nodes.filter(({ isTerminal }) => !isTerminal);
    expect(steps.length).toBeGreaterThan(0);
    for (const step of steps) expect(isVetoed(step)).toBe(false);
    expect(tree.vetoed.length).toBeGreaterThan(0);
  });

  test("the veto is in the same transaction as the candidate", async () => {
    const { batches } = await runWorld({ ...options, method: "best-of-n", verifiers: ["agreement"], reply: saying() });
    let vetoes = 0;
    for (const batch of batches) {
      const added = batch.flatMap((event) => (event.type === "thought-add" ? [event.nodeId] : []));
      for (const event of batch) {
        if (event.type !== "score-add" || event.score.kind !== "veto") continue;
        expect(added).toContain(event.nodeId);
        vetoes++;
      }
    }
    expect(vetoes).toBe(6);
  });
});
