import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { embeddedProvider } from "../../scripts/local/providers.ts";
import { configuredId } from "../../src/providers/listed-id.ts";
import { createRecipe, type Recipe } from "../../src/recipe.ts";
import { searchOf } from "../../src/search-request/search-of.ts";
import { gameOf24Problem } from "../world/search.ts";

const MODEL = "espalier/24";
const providers = [embeddedProvider("http://127.0.0.1:1", ["odd:model-1"])];

interface Sent {
  readonly body?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly path?: string;
  readonly model?: string;
}

function read({ body = {}, headers = {}, path = "/v1/chat/completions", model = MODEL }: Sent) {
  return searchOf({ body, headers: new Headers(headers), path, model }, (id) => configuredId(providers, id));
}

/** The recipe of a request, or the error's param and code. */
function planOf(sent: Sent): Recipe | readonly [string, string] {
  const asked = read(sent);
  if (!asked.ok) return [asked.error.param, asked.error.code];
  const { model, search, isSmall } = asked.value;
  const sampling = { maxTokens: 100, temperature: undefined, topP: undefined, stop: [] };
  const problem = gameOf24Problem("4 9 10 13");
  const recipe = createRecipe({ problem, model, search, sampling, seed: 1, isSmall }, providers);
  if (recipe.ok) return recipe.value;
  const error = asked.value.relocate(recipe.error);
  return [error.param, error.code];
}

/** Only what decides the plan. */
function essenceOf(sent: Sent) {
  const plan = planOf(sent);
  if (!("method" in plan)) return plan;
  return { method: plan.method, rollouts: plan.limits.rollouts, wallMs: plan.limits.milliseconds };
}

describe("the same plan by whichever channel it comes", () => {
  const bestOf16: readonly [string, Sent][] = [
    ["the body", { body: { search: { method: "best_of_n", budget: { max_rollouts: 16 } } } }],
    ["X-Search", { headers: { "x-search": '{"method":"best-of-n","budget":{"max_rollouts":16}}' } }],
    ["X-Search-Method", { headers: { "x-search-method": "best_of_n", "x-search-budget": "rollouts=16" } }],
    ["metadata", { body: { metadata: { "search.method": "best_of_n", "search.max_rollouts": "16", trace: "mine" } } }],
    ["best_of", { body: { best_of: 16 } }],
    ["optillm's approach and its_hub's budget", { body: { optillm_approach: "bon", budget: 16 } }],
    ["optillm's prefix", { model: "bon-espalier/24", body: { budget: 16 } }],
    ["the model's suffix", { model: "espalier/24:bon-16" }],
    ["the suffix spelt out", { model: "espalier/24:best_of_n-16" }],
    ["the path", { path: "/v1/bon-16/chat/completions" }],
  ];
  const [, reference = {}] = bestOf16[0] ?? [];

  test.each(bestOf16)("best of 16 by %s", (_name, sent) => {
    expect(planOf(reference)).toMatchObject({ method: "best-of-n", limits: { rollouts: 16 } });
    expect(planOf(sent)).toEqual(planOf(reference));
  });

  test.each<[string, Sent]>([
    ["X-Search", { headers: { "x-search": '{"preset":"deep"}' } }],
    ["metadata", { body: { metadata: { "search.preset": "deep" } } }],
    ["the model's suffix", { model: "espalier/24:deep" }],
    ["reasoning_effort", { body: { reasoning_effort: "xhigh" } }],
    ["reasoning.effort", { body: { reasoning: { effort: "xhigh" } } }],
    ["reasoning.mode", { body: { reasoning: { mode: "pro" } } }],
    ["the path", { path: "/deep/responses" }],
  ])("the preset deep by %s", (_name, sent) => {
    const reference = planOf({ body: { search: { preset: "deep" } } });
    expect(reference).toMatchObject({ method: "mcts", limits: { rollouts: 16, milliseconds: 110_000 } });
    expect(planOf(sent)).toEqual(reference);
  });
});

test.each([
  ["none", "single", undefined],
  ["minimal", "single", undefined],
  ["low", "mcts", 4],
  ["medium", "mcts", 8],
  [null, "mcts", 8],
  ["high", "mcts", 8],
  ["xhigh", "mcts", 16],
  ["max", "mcts", 32],
])("reasoning_effort %s is %s with %s candidates", (effort, method, rollouts) => {
  expect(essenceOf({ body: { reasoning_effort: effort } })).toMatchObject({ method, rollouts });
});

describe("precedence, per field", () => {
  test.each<[string, Sent, object]>([
    [
      "the body over headers",
      { body: { search: "mcts" }, headers: { "x-search": '{"method":"beam","budget":{"max_rollouts":3}}' } },
      { method: "mcts", rollouts: 3 },
    ],
    [
      "headers over metadata",
      { headers: { "x-search-budget": "rollouts=2" }, body: { metadata: { "search.max_rollouts": "5" } } },
      { rollouts: 2 },
    ],
    ["metadata over aliases", { body: { metadata: { "search.max_rollouts": "5" }, budget: 6 } }, { rollouts: 5 }],
    [
      "aliases over the suffix",
      { body: { budget: 6 }, model: "espalier/24:bon-7" },
      { method: "best-of-n", rollouts: 6 },
    ],
    ["the suffix over the effort", { body: { reasoning_effort: "max" }, model: "espalier/24:fast" }, { rollouts: 4 }],
    [
      "an explicit field over the preset beside it",
      { body: { search: { preset: "max", budget: { max_rollouts: 3 } } } },
      { rollouts: 3, wallMs: 240_000 },
    ],
    [
      "a preset over what a lower channel says",
      { body: { search: { preset: "off" } }, model: "espalier/24:mcts" },
      { method: "single" },
    ],
    [
      "a suffix's method under a body's preset",
      { body: { search: { preset: "fast" } }, model: "espalier/24:bon" },
      { method: "best-of-n", rollouts: 4 },
    ],
    [
      "X-Search-Method over X-Search",
      { headers: { "x-search": "beam", "x-search-method": "single" } },
      { method: "single" },
    ],
    [
      "a base URL's path over the model",
      { path: "/v1/fast/chat/completions", model: "espalier/24:max" },
      { rollouts: 4 },
    ],
  ])("%s", (_name, sent, expected) => {
    expect(essenceOf(sent)).toMatchObject(expected);
  });
});

test("no word of any message says anything about the search", () => {
  const content = "<optillm_approach>bon</optillm_approach> search.method=beam :deep X-Search-Budget: rollouts=64";
  for (const role of ["system", "user", "assistant", "tool"]) {
    const body = { messages: [{ role, content, metadata: { "search.method": "beam" }, search: "beam" }] };
    expect(planOf({ body })).toEqual(planOf({}));
  }
});

describe("what is wrong is told where it stands", () => {
  test.each<[Sent, string, string]>([
    [{ body: { search: { metod: "x" } } }, "search.metod", "unknown_parameter"],
    [{ body: { search: { budget: { max_rolouts: 1 } } } }, "search.budget.max_rolouts", "unknown_parameter"],
    [{ body: { search: { early_stop: { score: 2 } } } }, "search.early_stop.score", "integer_above_max_value"],
    [{ body: { search: { on_budget: "panic" } } }, "search.on_budget", "invalid_value"],
    [{ body: { search: { preset: "huge" } } }, "search.preset", "invalid_value"],
    [{ body: { search: { return: { trace: "all" } } } }, "search.return.trace", "invalid_value"],
    [{ body: { search: { return: { progress: "yes" } } } }, "search.return.progress", "invalid_type"],
    [{ body: { search: { method: "debate" } } }, "search.method", "invalid_value"],
    [{ body: { search: { on_disconnect: "wait" } } }, "search.on_disconnect", "invalid_value"],
    [{ body: { search: { method: "mcts", models: [MODEL] } } }, "search.models", "unsupported_value"],
    [{ body: { search: { method: "ab-mcts", models: ["nobody"] } } }, "search.models[0]", "invalid_value"],
    [{ body: { search: { method: "mcts", params: { depth: 3 } } } }, "search.params.depth", "unknown_parameter"],
    [{ body: { search: [] } }, "search", "invalid_type"],
    [{ body: { search: { method: "" } } }, "search.method", "string_below_min_length"],
    [{ body: { search: { models: [] } } }, "search.models", "array_below_min_length"],
    [{ headers: { "x-search": "{" } }, "X-Search", "invalid_value"],
    [{ headers: { "x-search": '{"budget":{"max_rolouts":1}}' } }, "X-Search.budget.max_rolouts", "unknown_parameter"],
    [
      { headers: { "x-search": '{"method":"mcts","params":{"depth":3}}' } },
      "X-Search.params.depth",
      "unknown_parameter",
    ],
    [{ headers: { "x-search-method": "magic" } }, "X-Search-Method", "invalid_value"],
    [{ headers: { "x-search-budget": "rolouts=3" } }, "X-Search-Budget", "invalid_value"],
    [{ headers: { "x-search-budget": "rollouts=0" } }, "X-Search-Budget", "integer_below_min_value"],
    [{ body: { metadata: { "search.max_rolouts": "3" } } }, "metadata.search.max_rolouts", "unknown_parameter"],
    [{ body: { metadata: { "search.max_rollouts": "many" } } }, "metadata.search.max_rollouts", "invalid_type"],
    [{ body: { metadata: { "search.max_rollouts": 3 } } }, "metadata.search.max_rollouts", "invalid_type"],
    [{ body: { budget: "8" } }, "budget", "invalid_type"],
    [{ body: { budget: { toString: 1 } } }, "budget", "invalid_type"],
    [{ body: { best_of: 2, n: 3 } }, "best_of", "invalid_value"],
    [{ body: { max_cost: -1 } }, "max_cost", "integer_below_min_value"],
    [{ body: { optillm_approach: "moa" } }, "optillm_approach", "unsupported_value"],
    [{ body: { optillm_approach: { toString: 1 } } }, "optillm_approach", "unsupported_value"],
    [{ body: { reasoning: { mode: "amateur" } } }, "reasoning.mode", "invalid_value"],
    [{ body: { reasoning: { effort: "huge" } } }, "reasoning.effort", "invalid_value"],
    [{ body: { reasoning_effort: "huge" } }, "reasoning_effort", "invalid_value"],
    [{ body: { reasoning_effort: { toString: 1 } } }, "reasoning_effort", "invalid_value"],
    [{ model: "moa-espalier/24" }, "model", "unsupported_value"],
    [{ model: "bon&moa-espalier/24" }, "model", "unsupported_value"],
    [{ model: "espalier/24:bon-0" }, "model", "integer_below_min_value"],
    [{ model: "espalier/24:bon-9999" }, "model", "integer_above_max_value"],
    [{ path: "/v1/deep-16/chat/completions" }, "path", "invalid_value"],
    [{ path: "/v1/bon-0/responses" }, "path", "integer_below_min_value"],
    [{ model: "espalier/24:wonder" }, "model", "model_not_found"],
    [{ model: "bon-espalier/25" }, "model", "model_not_found"],
    [{ model: "espalier/24:__proto__" }, "model", "model_not_found"],
    [{ model: ":deep" }, "model", "model_not_found"],
  ])("%j is refused at %s with %s", (sent, param, code) => {
    expect(planOf(sent)).toEqual([param, code]);
  });

  test("the message names the same place", () => {
    const asked = read({ headers: { "x-search-budget": "rollouts=0" } });
    expect(asked).toMatchObject({ ok: false, error: { message: expect.stringContaining("'X-Search-Budget'") } });
  });
});

describe("small requests", () => {
  test.each(["max_tokens", "max_completion_tokens", "max_output_tokens"])("%s of 32 is one call", (name) => {
    expect(planOf({ body: { [name]: 32 } })).toMatchObject({ method: "single", note: "small_request" });
    expect(planOf({ body: { [name]: 33 } })).toMatchObject({ method: "mcts", note: null });
  });

  test("a model's suffix and an effort are set for all requests alike: it stays one call", () => {
    const body = { max_tokens: 5, reasoning_effort: "high" };
    const plan = planOf({ body, model: "espalier/24:mcts-64" });
    expect(plan).toMatchObject({ method: "single", params: { samples: 1 }, note: "small_request" });
    if ("limits" in plan) expect(plan.limits).toEqual({});
  });

  test("a search that this very request asks for is made", () => {
    expect(planOf({ body: { max_tokens: 5, search: { preset: "fast" } } })).toMatchObject({
      method: "mcts",
      note: null,
    });
    expect(planOf({ body: { max_tokens: 5 }, headers: { "x-search": "mcts" } })).toMatchObject({ method: "mcts" });
  });
});

test("whatever stands in a channel, it is read or refused, and never a bug of ours", () => {
  const name = fc.constantFrom(
    ...["search", "metadata", "budget", "best_of", "max_cost", "optillm_approach", "reasoning", "reasoning_effort"],
    ...["n", "max_tokens", "max_completion_tokens"],
  );
  const key = fc.constantFrom(
    ...[
      "method",
      "preset",
      "budget",
      "verifier",
      "answer",
      "params",
      "prompts",
      "models",
      "early_stop",
      "return",
      "mode",
    ],
    ...[
      "max_rollouts",
      "score",
      "type",
      "from",
      "effort",
      "search.method",
      "search.max_rollouts",
      "__proto__",
      "toString",
    ],
  );
  const leaf = fc.oneof(fc.constantFrom(null, true, "mcts", "deep", "judge", "\ud800", "", -1, 1e308), fc.jsonValue());
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof({ depthSize: "small" }, leaf, fc.dictionary(key, tie("value")), fc.array(tie("value"))),
  }));
  const anyBody = fc.dictionary(name, value).map((body) => JSON.parse(JSON.stringify(body)) as Record<string, unknown>);
  const header = fc.option(fc.oneof(fc.json(), fc.constantFrom("rollouts=1", "=", ",", "a=b", "rollouts=1e9", "{}")));
  fc.assert(
    fc.property(anyBody, header, header, fc.string(), (body, whole, budget, model) => {
      const headers = {
        ...(whole !== null && { "x-search": ascii(whole) }),
        ...(budget !== null && { "x-search-budget": ascii(budget) }),
      };
      planOf({ body, headers });
      planOf({ model });
    }),
    { numRuns: 300 },
  );
});

function ascii(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, "?");
}

test("a configured id may contain colons and hyphens of its own", () => {
  expect(read({ model: "espalier/odd:model-1" })).toMatchObject({ ok: true, value: { model: "espalier/odd:model-1" } });
  expect(read({ model: "espalier/odd:model-1:mcts-3" })).toMatchObject({
    value: { model: "espalier/odd:model-1", search: { method: "mcts", budget: { max_rollouts: 3 } } },
  });
});

test.each(["/chat/completions", "/v1/chat/completions/", "/responses", "/v1/responses", "/"])(
  "%s says nothing",
  (path) => {
    expect(planOf({ path })).toEqual(planOf({}));
  },
);

test("metadata without a word about the search is the client's own", () => {
  expect(planOf({ body: { metadata: { "research.method": "beam", search: "shoes", user: "7" } } })).toEqual(planOf({}));
});
