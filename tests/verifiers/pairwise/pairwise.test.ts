import fc from "fast-check";
import { expect, test } from "vitest";
import { borda, knockout, type PreferenceOf, type Tournament } from "../../../src/verifiers/pairwise/tournament.ts";
import { pairwise } from "../../../src/verifiers/pairwise/verifier.ts";
import { candidate, scripted } from "../scripted.ts";

/** Plays a tournament to its end; every pair has this preference. */
function played(tournament: Tournament, count: number, preference: (first: number, second: number) => number) {
  const known = new Map<string, number>();
  const preferenceOf: PreferenceOf = (first, second) => known.get(`${first} ${second}`) ?? null;
  let matches = 0;
  for (let due = tournament.due(count, preferenceOf); due.length > 0; due = tournament.due(count, preferenceOf)) {
    for (const [first, second] of due) {
      known.set(`${first} ${second}`, preference(first, second));
      matches++;
    }
  }
  return { scores: tournament.scores(count, preferenceOf), matches };
}

test("a knockout of four by hand: (1 + .7) / 2, .2 / 2, (1 + .3) / 2 and .4 / 2", () => {
  const said: Record<string, number> = { "0 1": 0.8, "2 3": 0.6, "0 2": 0.7 };
  const { scores, matches } = played(knockout, 4, (first, second) => said[`${first} ${second}`] ?? Number.NaN);
  expect(scores.map((score) => Number(score.toFixed(6)))).toEqual([0.85, 0.1, 0.65, 0.2]);
  expect(matches).toBe(3);
});

test("Borda of three by hand: (.8 + .6) / 2, (.2 + .9) / 2 and (.4 + .1) / 2", () => {
  const said: Record<string, number> = { "0 1": 0.8, "0 2": 0.6, "1 2": 0.9 };
  const { scores, matches } = played(borda, 3, (first, second) => said[`${first} ${second}`] ?? Number.NaN);
  expect(scores.map((score) => Number(score.toFixed(6)))).toEqual([0.7, 0.55, 0.25]);
  expect(matches).toBe(3);
});

test("with consistent preferences the best of any number wins either tournament, and scores stay in [0, 1]", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 1000 }), { minLength: 2, maxLength: 17 }), (strengths) => {
      const prefers = (first: number, second: number) =>
        0.5 + ((strengths[first] ?? 0) - (strengths[second] ?? 0)) / 2002;
      for (const tournament of [knockout, borda]) {
        const { scores, matches } = played(tournament, strengths.length, prefers);
        expect(scores.indexOf(Math.max(...scores))).toBe(strengths.indexOf(Math.max(...strengths)));
        expect(Math.min(...scores)).toBeGreaterThanOrEqual(0);
        expect(Math.max(...scores)).toBeLessThanOrEqual(1);
        expect(matches).toBe(tournament.matches(strengths.length));
      }
    }),
  );
});

/** Longer is better. */
const byLength = (prompt: string) => {
  const [first = "", second = ""] = [...prompt.matchAll(/<(?:first|second)>\n(.*)\n<\//g)].map((match) => match[1]);
  return first.length > second.length ? "first" : "second";
};

test("a set is ranked by a knockout, each pair asked in both orders", async () => {
  const { values, model } = scripted(pairwise, byLength);
  const scores = await values("a", "bb", "cccc", "ddd");
  expect(scores[2]).toBe(1);
  expect(model.calls).toHaveLength(6);
});

test("Borda asks all pairs, in one order where that is wanted", async () => {
  const { values, model } = scripted(pairwise, byLength, { parameters: { tournament: "borda", both_orders: false } });
  expect(await values("a", "bb", "cccc", "ddd")).toEqual([0, expect.closeTo(1 / 3), 1, expect.closeTo(2 / 3)]);
  expect(model.calls).toHaveLength(6);
});

test("the order of the candidates does not change their scores", async () => {
  const texts = ["a", "bb", "cccc", "ddd", "eeeee"];
  const there = await scripted(pairwise, byLength).values(...texts);
  expect((await scripted(pairwise, byLength).values(...[...texts].reverse())).reverse()).toEqual(there);
});

test("a model that always prefers the first place prefers nobody", async () => {
  expect(await scripted(pairwise, () => "first").values("a", "b", "c", "d")).toEqual([
    expect.any(Number),
    expect.any(Number),
    expect.any(Number),
    expect.any(Number),
  ]);
  const { values } = scripted(pairwise, () => "first", { parameters: { tournament: "borda" } });
  expect(await values("a", "b", "c", "d")).toEqual([0.5, 0.5, 0.5, 0.5]);
});

test("one alone, and the same text twice, are not compared", async () => {
  const { values, model } = scripted(pairwise, byLength);
  expect(await values("a")).toEqual([0.5]);
  expect(await values("a", " a")).toEqual([0.5, 0.5]);
  expect(model.calls).toHaveLength(0);
});

test("what it costs stays within what was announced", async () => {
  const { verifier, problem, values, model } = scripted(pairwise, (prompt, ask) => (ask % 2 ? byLength(prompt) : "hm"));
  const texts = ["a", "bb", "cccc", "ddd", "eeeee"];
  const { calls } = verifier.worstCase(
    problem,
    texts.map((text) => candidate(text)),
  );
  await values(...texts);
  expect(model.calls.length).toBeLessThanOrEqual(calls);
  expect(calls).toBe(4 * 2 * 2);
});

test.each([{ tournament: "league" }, { both_orders: "yes" }, { rounds: 2 }])("%j is refused", (parameters) => {
  expect(pairwise.parse(parameters).ok).toBe(false);
});
