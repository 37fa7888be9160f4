import { describe, expect, test } from "vitest";
import { parseRewardModels } from "../../src/providers/rewards/config.ts";
import { rowsOf, squash } from "../../src/providers/rewards/squash.ts";

describe("squash", () => {
  test.each([
    [0.5, "none", null, 0.5],
    [1.0005, "none", null, 1],
    [1.01, "none", null, null],
    [Number.NaN, "sigmoid", null, null],
    [0, "sigmoid", null, 0.5],
    [-1000, "sigmoid", null, 0],
    [[0, 0], "softmax", null, 0.5],
    [[1000, -1000], "softmax", 0, 1],
    [[3], "softmax", null, null],
    [3, "softmax", null, null],
    [[0.2, 0.8], "none", 5, null],
    [[], "none", null, null],
  ] as const)("%j by %s, class %j, is %j", (row, kind, positiveClass, value) => {
    expect(squash(row, { squash: kind, positiveClass })).toBe(value);
  });

  test("rows are lists of numbers or of lists of numbers", () => {
    expect([rowsOf([1, [2, 3]]), rowsOf([]), rowsOf("x"), rowsOf([["1"]]), rowsOf([{}])]).toEqual([
      [1, [2, 3]],
      null,
      null,
      null,
      null,
    ]);
  });
});

describe("REWARD_MODELS", () => {
  const one = { name: "a", kind: "process", shape: "generic", baseUrl: "http://gpu:8000/" };
  test("is read strictly, and defaults are filled in", () => {
    const parsed = parseRewardModels(JSON.stringify([one]));
    expect(parsed).toMatchObject({ ok: true, value: [{ baseUrl: "http://gpu:8000", squash: "none", batchSize: 64 }] });
  });

  test.each<[unknown, RegExp]>([
    ["{", /not valid JSON/],
    [[{ ...one, colour: 1 }], /REWARD_MODELS.0: .*colour/],
    [[{ ...one, shape: "soap" }], /REWARD_MODELS.0.shape/],
    [[{ ...one, shape: "vllm-pooling" }], /REWARD_MODELS.0.model: is needed/],
    [[{ ...one, shape: "vllm-classify", model: "m" }], /REWARD_MODELS.0.template: is needed/],
    [[{ ...one, template: "{steps}" }], /REWARD_MODELS.0.template: may mention/],
    [[{ ...one, baseUrl: "http://user:secret-canary@gpu" }], /REWARD_MODELS.0.baseUrl/],
    [[{ ...one, positive: "x", negative: "x" }], /REWARD_MODELS.0.negative/],
    [[one, one], /lists one name twice/],
  ])("%j is refused", (value, message) => {
    const parsed = parseRewardModels(typeof value === "string" ? value : JSON.stringify(value));
    expect(parsed).toMatchObject({ ok: false, error: expect.stringMatching(message) });
    expect(JSON.stringify(parsed)).not.toContain("secret-canary");
  });
});
