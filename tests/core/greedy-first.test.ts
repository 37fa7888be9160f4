import { expect, test } from "vitest";
import { runWorld, type WorldRun } from "../world/search.ts";

/** Temperature and number of samples of each call, in order. */
function asked({ model }: WorldRun): (readonly [number | undefined, number])[] {
  return model.calls.map(({ request }) => [request.temperature, request.count]);
}

const OPTIONS = { verifiers: [], rollouts: 5, isGreedyFirst: true };

test("one candidate is greedy, the first, and the rest are asked for as ever", async () => {
  const run = await runWorld({ ...OPTIONS, method: "self-consistency", params: { stop: "none" } });
  expect(asked(run)).toEqual([
    [0, 1],
    [1, 1],
    [1, 1],
    [1, 1],
    [1, 1],
  ]);
});

test("of several samples in one call the first is asked for by itself", async () => {
  const params = { samples_per_call: 5, stop: "none" };
  for (const width of [1, 8]) {
    const run = await runWorld({ ...OPTIONS, method: "self-consistency", params, width });
    expect(asked(run)).toEqual([
      [0, 1],
      [1, 4],
    ]);
  }
});

test("where the greedy call fails for good the next is greedy", async () => {
  const run = await runWorld({
    ...OPTIONS,
    method: "self-consistency",
    params: { stop: "none" },
    failure: ({ number }) => (number < 3 ? { type: "unavailable", message: "503" } : null),
  });
  // Three attempts at the first, which keep their temperature.
  expect(
    asked(run)
      .slice(0, 5)
      .map(([temperature]) => temperature),
  ).toEqual([0, 0, 0, 0, 1]);
});

test("a first step of a tree search is no greedy answer; its draft is", async () => {
  const verifiers = ["game-of-24", "judge"];
  const greedyOf = async (params: Record<string, unknown>) => {
    const { events } = await runWorld({ ...OPTIONS, method: "mcts", verifiers, params });
    const steps = events.flatMap((event) =>
      event.type === "step-start" && event.step.type === "propose" ? [event.step] : [],
    );
    return steps.filter(({ temperature }) => temperature === 0).map(({ role }) => role);
  };
  expect(await greedyOf({})).toEqual(["end"]);
  expect(await greedyOf({ draft: false, finish_above: null })).toEqual([]);
});
