import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createCanceller } from "../../../src/core/cancellation.ts";
import { succeed } from "../../../src/core/result.ts";
import type { Candidate } from "../../../src/core/verifier.ts";
import { readReply } from "../../../src/verifiers/webhook/reply.ts";
import { webhook } from "../../../src/verifiers/webhook/verifier.ts";
import { createScriptedModel } from "../../world/model.ts";
import { createPlayer } from "../../world/player.ts";
import { createScriptedWebhook } from "../../world/scorers.ts";
import { gameOf24Problem } from "../../world/search.ts";
import { createVirtualTime } from "../../world/time.ts";
import { candidate } from "../scripted.ts";

const URL = "https://scorer.example.com/verify";

function setUp(reply?: Parameters<typeof createScriptedWebhook>[1], parameters: Record<string, unknown> = {}) {
  const time = createVirtualTime();
  const remote = createScriptedWebhook(time, reply);
  const model = createScriptedModel({ clock: time, player: createPlayer(0) });
  const verifier = webhook.create({ model, prompts: {}, seed: 1, webhook: remote }, { url: URL, ...parameters });
  const problem = { ...gameOf24Problem("4 4 6 8"), reference: "24" };
  const verify = (...candidates: Candidate[]) =>
    time.run(verifier.verify(problem, candidates, createCanceller().signal));
  return { remote, verifier, problem, verify };
}

test("sends all new candidates in one request and reads a score each, with its reason", async () => {
  const { remote, verify } = setUp(() => ({ scores: [0.25, { score: 1, reason: "right" }] }));
  const { result, attempts } = await verify(
    candidate("a", { answer: "7.0", answerClass: "7" }),
    candidate("b"),
    candidate("a"),
  );
  expect(result).toMatchObject({
    ok: true,
    value: [
      { value: 0.25, kind: "estimate", reason: "the webhook's score", verifier: "webhook" },
      { value: 1, reason: "right" },
      { value: 0.25 },
    ],
  });
  expect(attempts).toHaveLength(1);
  expect(remote.bodies).toEqual([
    {
      type: "verify",
      problem: {
        messages: [{ role: "user", content: "Use 4 4 6 8 to make 24" }],
        question: "Use 4 4 6 8 to make 24",
        reference: "24",
      },
      candidates: [
        { text: "a", steps: ["a"], is_complete: true, answer: "7.0", answer_class: "7", judgement: 0 },
        { text: "b", steps: ["b"], is_complete: true, answer: null, answer_class: null, judgement: 0 },
      ],
    },
  ]);
});

test("what was scored is not sent again; a second judgement is", async () => {
  const { remote, verify, verifier, problem } = setUp();
  await verify(candidate("a"));
  await verify(candidate("a"), candidate("b"));
  expect(verifier.worstCase(problem, [candidate("a")]).calls).toBe(0);
  await verify(candidate("a", { judgements: 1 }));
  expect(remote.bodies.map(({ candidates }) => candidates.map(({ text }: Candidate) => text))).toEqual([
    ["a"],
    ["b"],
    ["a"],
  ]);
});

test("partial answers are sent only where that is asked for", async () => {
  const partial = candidate("a", { isComplete: false });
  const whole = setUp();
  expect((await whole.verify(partial)).result).toEqual(succeed([null]));
  expect(whole.remote.bodies).toEqual([]);
  const steps = setUp(undefined, { steps: true, kind: "verdict" });
  expect((await steps.verify(partial)).result).toMatchObject({ value: [{ kind: "verdict" }] });
  expect([whole.verifier.scope, steps.verifier.scope]).toEqual(["complete", "all"]);
});

test.each<[string, unknown]>([
  ["above the range", { scores: [1.01, 0] }],
  ["below it", { scores: [-0.01, 0] }],
  ["on another scale", { scores: [7, 8] }],
  ["one too few", { scores: [1] }],
  ["one too many", { scores: [1, 1, 1] }],
  ["in words", { scores: ["1", "0"] }],
  ["inside a reason only", { scores: [{ reason: "1" }, { reason: "0" }] }],
  ["nowhere", {}],
  ["null", null],
  ["a list", [1, 0]],
])("scores %s are a failed verification, never moved into the range", async (_name, reply) => {
  const { verify } = setUp(() => reply);
  const { result, attempts } = await verify(candidate("a"), candidate("b"));
  expect(result).toMatchObject({ ok: false, error: { type: "unparsed" } });
  expect(attempts).toHaveLength(1);
});

test("null is no opinion, and a reason is cut where it is long", () => {
  expect(readReply({ scores: [null, { score: 0, reason: "x".repeat(9999) }, { score: 1, reason: null }] }, 3)).toEqual(
    succeed([null, { value: 0, reason: "x".repeat(500) }, { value: 1, reason: null }]),
  );
});

test("no reply makes it throw, and what it accepts is in range and complete", () => {
  const entry = fc.oneof(
    fc.double(),
    fc.constant(null),
    fc.record({ score: fc.double({ min: 0, max: 1 }) }),
    fc.jsonValue(),
  );
  const reply = fc.oneof(fc.jsonValue(), fc.record({ scores: fc.array(entry, { maxLength: 3 }) }));
  fc.assert(
    fc.property(reply, fc.nat(3), (said, count) => {
      const read = readReply(said, count);
      if (!read.ok) return;
      expect(read.value).toHaveLength(count);
      for (const opinion of read.value) {
        if (opinion === null) continue;
        expect(opinion.value).toBeGreaterThanOrEqual(0);
        expect(opinion.value).toBeLessThanOrEqual(1);
      }
    }),
  );
});

describe("parameters", () => {
  test.each([
    {},
    { url: "" },
    { url: URL, secret: "whsec_x" },
    { url: URL, timeout_ms: 99 },
    { url: URL, timeout_ms: 60_001 },
    { url: URL, kind: "truth" },
    { url: "x".repeat(2049) },
  ])("%j is refused", (parameters) => expect(webhook.parse(parameters).ok).toBe(false));

  test("steps decide whether it steers a search", () => {
    expect([webhook.scoresStepsWith({ url: URL }), webhook.scoresStepsWith({ url: URL, steps: true })]).toEqual([
      false,
      true,
    ]);
  });
});
