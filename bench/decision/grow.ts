import { AUTOMATIC_ANSWER } from "../../src/core/answer/answer.ts";
import type { SearchEvent, SearchEventBody } from "../../src/core/event.ts";
import type { Method, MethodDefinition } from "../../src/core/method.ts";
import type { Completion } from "../../src/core/model.ts";
import { nodeIdOf } from "../../src/core/node.ts";
import type { Extent, Policy, PolicyInput } from "../../src/core/policy.ts";
import { createRandom, type Random } from "../../src/core/random.ts";
import type { ProposeStep, Step, StepId } from "../../src/core/step.ts";
import { Tree } from "../../src/core/tree.ts";
import { findMethod, policyNamed } from "../../src/lists.ts";

/** Steps of an answer; chains are no longer than this, whatever the method's own limit. */
const ANSWER_LENGTH = 8;
const LIST_LENGTH = 10;
const SEED = 1;
const NOTHING = { rollouts: 0, calls: 0, tokens: 0, microdollars: 0 };

export interface GrowOptions {
  readonly definition: MethodDefinition;
  readonly params: Readonly<Record<string, unknown>>;
  readonly rollouts: number;
  /** Steps in flight: answered first in, first out. */
  readonly width: number;
  /** Told after each decision. */
  readonly onDecision: (tree: Tree, microseconds: number) => "go-on" | "enough";
}

/**
 * Grows a tree with a real method on made-up answers: no model, no I/O, so that nothing but the decisions and the fold is
 * measured. Every thought is new and every estimate is drawn, so no search finishes early by proof or by repetition.
 */
export function grow({ definition, params, rollouts, width, onDecision }: GrowOptions): {
  readonly tree: Tree;
  readonly events: readonly SearchEvent[];
} {
  const verifier = { name: "bench", scope: "all", isComparative: false } as const;
  const method: Method = definition.create(params, { rollouts, verifier, seed: SEED });
  const tree = new Tree(AUTOMATIC_ANSWER, method.backup);
  const events: SearchEvent[] = [];
  const random = createRandom(SEED, "answers");
  const inFlight: { readonly stepId: StepId; readonly step: Step }[] = [];
  const log = (body: SearchEventBody): void => {
    const event: SearchEvent = { sequence: tree.nextSequence, atMs: 0, ...body };
    events.push(event);
    tree.apply(event);
  };

  for (;;) {
    while (inFlight.length < width) {
      const chance = createRandom(SEED, "decision", tree.stepsStarted);
      const startedAt = performance.now();
      const decision = method.next(tree, chance);
      if (onDecision(tree, 1000 * (performance.now() - startedAt)) === "enough") return { tree, events };
      if (decision.type === "stop") return { tree, events };
      if (decision.type === "wait") break;
      const stepId = tree.stepsStarted + 1;
      const { step } = decision;
      const completes = step.type === "propose" && policyOf(definition, step).extent !== "note";
      const reserved = { ...NOTHING, rollouts: completes ? step.count : 0 };
      log({ type: "step-start", stepId, attempt: 1, step, reserved });
      inFlight.push({ stepId, step });
    }
    const answered = inFlight.shift();
    if (answered === undefined) return { tree, events };
    answerStep(tree, log, definition, answered.stepId, answered.step, random);
  }
}

/** The log of an mcts tree of so many nodes. */
export function logOfNodes(nodes: number, width: number): readonly SearchEvent[] {
  const definition = findMethod("mcts");
  if (definition === null) throw new Error("no mcts");
  const parsed = definition.parse({});
  if (!parsed.ok) throw new Error("mcts has no defaults");
  const onDecision = (tree: Tree) => (tree.nodes.length >= nodes ? "enough" : "go-on");
  return grow({ definition, params: parsed.value, rollouts: nodes, width, onDecision }).events;
}

function answerStep(
  tree: Tree,
  log: (body: SearchEventBody) => void,
  definition: MethodDefinition,
  stepId: StepId,
  step: Step,
  random: Random,
): void {
  if (step.type === "verify") {
    for (const nodeId of step.nodeIds) {
      const score = { value: random.next(), kind: "estimate", reason: "", verifier: "bench" } as const;
      log({ type: "score-add", stepId, nodeId, score });
    }
  } else if (step.type === "compare") {
    log({ type: "comparison-add", stepId, value: random.next(), reason: "" });
  } else {
    addThoughts(tree, log, policyOf(definition, step), stepId, step, random);
  }
  log({ type: "step-end", stepId, attempts: [] });
}

function addThoughts(
  tree: Tree,
  log: (body: SearchEventBody) => void,
  policy: Policy,
  stepId: StepId,
  step: ProposeStep,
  random: Random,
): void {
  const path = tree.pathOf(tree.node(step.nodeId)).flatMap(({ thought }) => thought ?? []);
  let index = 0;
  for (let sample = 0; sample < step.count; sample++) {
    const completion = completionOf(policy.extent, path.length, random);
    for (const chain of policy.thoughts(completion, inputOf(path))) {
      let parentId = step.nodeId;
      for (const thought of chain) {
        const nodeId = nodeIdOf(stepId, index++);
        log({ type: "thought-add", stepId, nodeId, parentId, thought });
        parentId = nodeId;
      }
    }
  }
}

function completionOf(extent: Extent, depth: number, random: Random): Completion {
  const left = Math.max(1, ANSWER_LENGTH - depth);
  const line = (): string => `step ${random.integer(2 ** 31)}`;
  const answer = (): string => `Answer: ${random.integer(1000)}`;
  const one = left === 1 ? answer : line;
  const text: Readonly<Record<Extent, () => string>> = {
    step: one,
    end: () => [...Array.from({ length: left - 1 }, line), answer()].join("\n"),
    list: () => Array.from({ length: LIST_LENGTH }, one).join("\n"),
    note: line,
  };
  return {
    text: text[extent](),
    ending: "stop",
    stopSequence: null,
    model: "bench",
    logprobSum: -10 * random.next(),
    tokenCount: 10,
    firstToken: [],
  };
}

function inputOf(path: PolicyInput["path"]): PolicyInput {
  return {
    problem: { messages: [{ role: "user", content: "bench" }], forwarded: {}, reference: null },
    path,
    count: 1,
    seed: 0,
    sampling: { maxTokens: 1000, temperature: 1, topP: undefined, stop: [] },
    clientMaxTokens: 1000,
    capabilities: {
      n: "honoured",
      continuation: true,
      logprobs: true,
      instructions: true,
      stepSeparator: "\n",
      stepTokens: null,
    },
    prompts: {},
    wantsLogprobs: true,
  };
}

function policyOf(definition: MethodDefinition, step: ProposeStep): Policy {
  return policyNamed(definition.policies[step.role] ?? "");
}
