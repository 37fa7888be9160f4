import { expect, test } from "vitest";
import type { Candidate } from "../../../src/core/verifier.ts";
import { mathAnswer } from "../../../src/verifiers/math-answer/verifier.ts";
import { createScriptedModel } from "../../world/model.ts";
import { createPlayer } from "../../world/player.ts";
import { gameOf24Problem } from "../../world/search.ts";
import { createVirtualTime } from "../../world/time.ts";
import { candidate } from "../scripted.ts";

const model = createScriptedModel({ clock: createVirtualTime(), player: createPlayer(0) });

function scoreOf(reference: string, one: Partial<Candidate>, parameters: unknown = { tolerance: 0 }) {
  const verifier = mathAnswer.create({ model, prompts: {}, seed: 1 }, parameters);
  return verifier.verifyNow?.({ ...gameOf24Problem("1 1 1 1"), reference }, [candidate("", one)])[0];
}

test("an answer that is worth what the reference is has a verdict of 1 with the reason", () => {
  const score = scoreOf("\\frac{\\sqrt{2}}{2}", { answer: "1/\\sqrt{2}" });
  expect(score).toEqual({ value: 1, kind: "verdict", reason: "the same value", verifier: "math-answer" });
});

test("another one has 0 and is told what differs", () => {
  expect(scoreOf("(1, 2)", { answer: "[1, 2]" })).toMatchObject({ value: 0, reason: "two different tuples" });
  expect(scoreOf("5", { answer: "(1, 2)" })).toMatchObject({
    value: 0,
    reason: "a tuple and a value, and not the same",
  });
});

test("a reference may be a whole solution with its answer marked", () => {
  expect(scoreOf("As 1 + 1 = 2, we get \\boxed{\\frac{1}{2}}.", { answer: "0.5" })).toMatchObject({ value: 1 });
});

test("without a final answer it is wrong, and a partial candidate has no verdict", () => {
  expect(scoreOf("5", { answer: null })).toMatchObject({ value: 0, reason: "no final answer" });
  expect(scoreOf("5", { answer: "5", isComplete: false })).toBeNull();
});

test("the tolerance is the request's, within bounds", () => {
  expect(scoreOf("\\pi", { answer: "3.14" }, { tolerance: 0.001 })).toMatchObject({ value: 1 });
  expect(mathAnswer.parse({ tolerance: 0.2 }).ok).toBe(false);
  expect(mathAnswer.parse({ tolerence: 0.01 }).ok).toBe(false);
});

test("a request without a reference is refused", () => {
  const parsed = mathAnswer.parse({});
  if (!parsed.ok) throw new Error("no parameters are needed");
  expect(mathAnswer.refusal(gameOf24Problem("1 1 1 1"), model, {}, parsed.value)).toMatch(/search\.reference/);
});
