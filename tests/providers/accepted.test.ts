import { expect, test } from "vitest";
import type { Capabilities } from "../../src/core/model.ts";
import { parseProviders } from "../../src/providers/config.ts";
import { acceptedBy } from "../../src/providers/openai/accepted.ts";
import { clippedEffort, EFFORTS } from "../../src/providers/openai/effort.ts";

const plain: Capabilities = {
  n: "unknown",
  continuation: false,
  logprobs: false,
  instructions: true,
  stepSeparator: "\n",
  stepTokens: null,
};

test.each([
  ["high", ["low", "medium", "high"], "high"],
  ["max", ["low", "medium", "high"], "high"],
  ["xhigh", ["none", "low", "medium", "high"], "high"],
  ["none", ["minimal", "low"], "minimal"],
  ["none", ["none", "low"], "none"],
  ["minimal", ["low", "high"], "low"],
  ["medium", ["low", "high"], "low"],
  ["medium", ["high"], "high"],
])("the effort %s is, for a model that takes %j, %s", (asked, accepted, expected) => {
  expect(clippedEffort(asked, accepted)).toBe(expected);
});

test("a model that takes no effort is sent none, and one of which nothing is known is sent what was asked for", () => {
  expect(acceptedBy({ ...plain, reasoningEfforts: [] }, { reasoning_effort: "high" })).toEqual({});
  expect(acceptedBy(plain, { reasoning_effort: "high" })).toEqual({ reasoning_effort: "high" });
  expect(acceptedBy({ ...plain, reasoningEfforts: EFFORTS }, {})).toEqual({});
});

test("cache keys and pseudonyms are sent only to who is declared to take them", () => {
  const forwarded = { prompt_cache_key: "k", prompt_cache_retention: "24h", safety_identifier: "s", top_k: 3 };
  expect(acceptedBy(plain, forwarded)).toEqual({ top_k: 3 });
  expect(acceptedBy({ ...plain, promptCacheKey: true, safetyIdentifier: true }, forwarded)).toEqual(forwarded);
  expect(acceptedBy({ ...plain, promptCacheKey: true }, { top_k: 3 })).toEqual({ top_k: 3 });
});

test("the configuration declares them, and an effort that does not exist is a mistake", () => {
  const configured = (capabilities: object) =>
    parseProviders(JSON.stringify([{ name: "p", baseUrl: "http://h/v1", models: [{ id: "m", capabilities }] }]));
  const declared = { reasoningEfforts: ["low", "high"], promptCacheKey: true, safetyIdentifier: true };
  expect(configured(declared)).toMatchObject({ value: [{ models: [{ capabilities: declared }] }] });
  expect(configured({ reasoningEfforts: ["extreme"] })).toMatchObject({ ok: false });
});
