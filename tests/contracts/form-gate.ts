import { describe, expect, test } from "vitest";
import { AUTOMATIC_ANSWER } from "../../src/core/answer/answer.ts";
import type { SearchEvent } from "../../src/core/event.ts";
import type { FormGate } from "../../src/core/form-gate.ts";
import { replay } from "../../src/core/inspection/replay.ts";
import { isVetoed } from "../../src/core/node.ts";
import { createMemoryStore } from "../../src/core/store.ts";
import { Tree } from "../../src/core/tree.ts";
import { dumpTree } from "../world/dump.ts";
import { createPlayer } from "../world/player.ts";
import { runWorld, type WorldOptions, type WorldRun } from "../world/search.ts";
import { caseName, type MethodCase } from "./method.ts";

const WIDTHS = [1, 8];
/** Some searches take thousands of batches; the contract of the method itself cuts at each. */
const CUTS = 12;

/** Objects to about half of all texts. */
const HALF: FormGate = {
  name: "half",
  objectionTo: ({ text }) =>
    [...text].reduce((sum, { length }, index) => sum + index * length, text.length) % 2 ? "odd" : null,
};
const ALL: FormGate = { name: "all", objectionTo: () => "never" };

/** What every method owes to a request whose form rules candidates out, whatever scores the others. */
export function formGateContract(one: MethodCase): void {
  const options: WorldOptions = { ...one, rollouts: 12, player: createPlayer(0.2) };

  describe.each(WIDTHS)(`${caseName(one)} with a gate at width %i`, (width) => {
    test("serves no vetoed candidate while there is another, and asks nobody about one", async () => {
      for (const seed of [1, 2, 3]) {
        const { tree, events } = await runWorld({ ...options, width, seed, formGates: [HALF] });
        const answer = tree.node(tree.end?.answerNodeId ?? "");
        expect(isVetoed(answer)).toBe(tree.terminals.length === 0);
        for (const node of tree.terminals)
          expect(HALF.objectionTo({ ...NO_CANDIDATE, text: tree.textOf(node) })).toBeNull();
        for (const node of tree.vetoed) {
          expect(node.scores).toEqual([{ value: 0, kind: "veto", reason: "odd", verifier: "half" }]);
        }
        const vetoed = new Set(tree.vetoed.map(({ id }) => id));
        for (const id of judgedIn(events)) expect(vetoed).not.toContain(id);
      }
    });

    test("ends and serves a candidate where all are vetoed, and has paid no judge of answers", async () => {
      const { tree, events } = await runWorld({ ...options, width, formGates: [ALL] });
      expect(tree.terminals).toEqual([]);
      expect(tree.vetoed.map(({ id }) => id)).toContain(tree.end?.answerNodeId);
      expect(tree.solved).toBeNull();
      expect(tree.openSteps.size).toBe(0);
      for (const id of judgedIn(events)) expect(tree.node(id).isTerminal).toBe(false);
    });

    test("resumes at cut points all along, and its log, replayed, asks for the very same steps", async () => {
      const whole = await runWorld({ ...options, width, formGates: [HALF] });
      expect(replay(whole.events, whole.setup).mismatches).toEqual([]);
      const twice = new Tree(AUTOMATIC_ANSWER, whole.setup.method.backup);
      for (const event of [...whole.events, ...whole.events]) twice.apply(event);
      expect(dumpTree(twice)).toBe(dumpTree(whole.tree));
      for (let cut = 0; cut < whole.batches.length; cut += Math.ceil(whole.batches.length / CUTS)) {
        const store = createMemoryStore(whole.batches.slice(0, cut).flat());
        const { tree } = await runWorld({ ...options, width, formGates: [HALF], store });
        expect(tree.end?.answerNodeId).toBeTypeOf("string");
        expect(isVetoed(tree.node(tree.end?.answerNodeId ?? ""))).toBe(tree.terminals.length === 0);
      }
    });

    test("at temperature 0 the first whole answer alone is greedy", async () => {
      if (one.params?.greedy_first === true) return;
      const run = await runWorld({ ...options, width, isGreedyFirst: true });
      const asked = wholeProposals(run);
      const greedy = asked.filter(({ temperature }) => temperature === 0);
      expect(greedy).toEqual(asked.slice(0, 1));
      expect(greedy.map(({ count }) => count)).toEqual(asked.length === 0 ? [] : [1]);
      expect(run.tree.end?.answerNodeId).toBeTypeOf("string");
      expect(run.tree.rollouts).toBeGreaterThan(0);
    });
  });
}

const NO_CANDIDATE = {
  steps: [],
  isComplete: true,
  answer: null,
  answerClass: null,
  toolCalls: [],
  count: 1,
  judgements: 0,
};

function judgedIn(events: readonly SearchEvent[]): string[] {
  return events.flatMap((event) =>
    event.type === "step-start" && event.step.type !== "propose" ? [...event.step.nodeIds] : [],
  );
}

/** Proposals of whole answers, as they were issued. */
function wholeProposals({ events, setup }: WorldRun) {
  return events.flatMap((event) => {
    if (event.type !== "step-start" || event.step.type !== "propose" || event.attempt > 1) return [];
    return setup.policies[event.step.role]?.extent === "end" ? [event.step] : [];
  });
}
