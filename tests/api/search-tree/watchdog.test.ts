import { expect, test } from "vitest";
import { givenUp } from "../../../durable-objects/search-tree/give-up.ts";
import {
  MAX_FAILED_RUNS,
  MAX_RUNS,
  nextStep,
  type SearchCondition,
  type WatchdogStep,
} from "../../../durable-objects/search-tree/watchdog.ts";
import { AUTOMATIC_ANSWER } from "../../../src/core/answer/answer.ts";
import { Tree } from "../../../src/core/tree.ts";
import { treeOf } from "../../world/log.ts";

const started: SearchCondition = {
  hasStarted: true,
  hasEnded: false,
  isRunning: false,
  isDelivered: false,
  isAbandoned: false,
  runs: 1,
  failedRuns: 0,
};

test.each<[string, Partial<SearchCondition>, WatchdogStep]>([
  ["a search that never started needs nothing", { hasStarted: false }, "sleep"],
  ["a run that is alive is left alone", { isRunning: true }, "watch"],
  ["a log without an end and without a run is taken up again", {}, "resume"],
  ["a crash is no failure, however many there were", { runs: MAX_RUNS - 1 }, "resume"],
  ["a run that nobody waits for is abandoned", { isRunning: true, isAbandoned: true }, "abandon"],
  ["also where it has to be taken up for that", { isAbandoned: true }, "abandon"],
  ["an end is delivered, whether anybody waits or not", { hasEnded: true, isAbandoned: true }, "deliver"],
  ["a run that keeps throwing is given up", { failedRuns: MAX_FAILED_RUNS }, "give-up"],
  ["a run that keeps taking the process along is given up", { runs: MAX_RUNS }, "give-up"],
  ["a run that is alive is not given up", { isRunning: true, failedRuns: MAX_FAILED_RUNS }, "watch"],
  ["an end that D1 does not know is delivered", { hasEnded: true }, "deliver"],
  ["also while the run is still cleaning up", { hasEnded: true, isRunning: true }, "deliver"],
  ["a delivered end needs nothing", { hasEnded: true, isDelivered: true }, "sleep"],
])("%s", (_name, condition, step) => {
  expect(nextStep({ ...started, ...condition })).toBe(step);
});

test("giving up without a candidate says why", () => {
  const [end] = givenUp(new Tree(AUTOMATIC_ANSWER), "m", 0);
  expect(end).toMatchObject({ type: "search-end", reason: "upstream-errors", answerNodeId: null });
  expect(end?.type === "search-end" && end.error?.message).toContain("given up");
});

test("I6: what a search had in flight when it is given up is posted in full", () => {
  const reserved = { rollouts: 1, calls: 2, tokens: 300, microdollars: 7 };
  const step = { type: "propose", nodeId: "0", count: 1, role: "end" } as const;
  const tree = treeOf([{ type: "step-start", stepId: 1, attempt: 1, step, reserved }]);
  const events = givenUp(tree, "m", 5);
  expect(events.map(({ type }) => type)).toEqual(["step-fail", "search-end"]);
  for (const body of events) tree.apply({ sequence: tree.nextSequence, atMs: 5, ...body });
  expect(tree.openSteps.size).toBe(0);
  expect(tree.spent).toMatchObject({ calls: 2, tokens: 300, microdollars: 7 });
});
