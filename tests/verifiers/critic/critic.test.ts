import { expect, test } from "vitest";
import { critic } from "../../../src/verifiers/critic/verifier.ts";
import { candidate, scripted } from "../scripted.ts";

/** Chooses by a fixed order of preference, wherever the candidate stands. */
function preferring(order: readonly string[]) {
  return (prompt: string) => {
    const shown = [...prompt.matchAll(/<attempt number="(\d+)">\n(.*)\n<\/attempt>/g)];
    const best = order.find((text) => shown.some((match) => match[2] === text));
    return `The best choice is ${shown.find((match) => match[2] === best)?.[1]}`;
  };
}

test("ranks by choosing the best of the remaining: of four 1, 2/3, 1/3 and 0, with three calls", async () => {
  const { values, model } = scripted(critic, preferring(["b", "d", "a", "c"]));
  expect(await values("a", "b", "c", "d")).toEqual([expect.closeTo(1 / 3), 1, 0, expect.closeTo(2 / 3)]);
  expect(model.calls).toHaveLength(3);
});

test("the order of the candidates does not change their scores", async () => {
  const say = preferring(["b", "d", "a", "c"]);
  const there = await scripted(critic, say).values("a", "b", "c", "d");
  expect((await scripted(critic, say).values("d", "c", "b", "a")).reverse()).toEqual(there);
});

test("a model that always names the first does not favour whoever was created first", async () => {
  const first = () => "The best choice is 1";
  const winners = new Set<number>();
  for (let seed = 0; seed < 20; seed++) {
    winners.add((await scripted(critic, first, { seed }).values("a", "b", "c")).indexOf(1));
  }
  expect(winners.size).toBe(3);
});

test("what cannot be read leaves the rest unranked: they share the mean of their places", async () => {
  const say = preferring(["b"]);
  const { values, scores } = scripted(critic, (prompt, ask) => (ask === 0 ? say(prompt) : "none of them"));
  expect(await values("a", "b", "c")).toEqual([0.25, 1, 0.25]);
  expect((await scores(candidate("a"), candidate("b"), candidate("c"))).map((score) => score?.reason)).toEqual([
    "among those that were not ranked",
    "rank 1 of 3",
    "among those that were not ranked",
  ]);
});

test("the same text twice is one candidate, and one alone is not judged", async () => {
  const { values, model } = scripted(critic, preferring(["b"]));
  expect(await values("a", "b", "a ")).toEqual([0, 1, 0]);
  expect(model.calls).toHaveLength(1);
  expect(await values("a")).toEqual([0.5]);
  expect(model.calls).toHaveLength(1);
});

test("what it costs stays within what was announced, also when every reply must be asked for twice", async () => {
  const { verifier, problem, values, model } = scripted(critic, (_prompt, ask) =>
    ask % 2 === 0 ? "hm" : "The best choice is 1",
  );
  const texts = ["a", "a longer one", "c", "d"];
  const worst = verifier.worstCase(
    problem,
    texts.map((text) => candidate(text)),
  );
  await values(...texts);
  expect(model.calls).toHaveLength(6);
  expect(worst.calls).toBe(6);
});
