import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { embeddedProvider } from "../scripts/local/providers.ts";
import { parseScorers } from "../src/providers/scorers.ts";
import { createRecipe, type RecipeInput } from "../src/recipe.ts";
import { CODE_VERSION } from "../src/version.ts";
import { gameOf24Problem } from "./world/search.ts";

const providers = [embeddedProvider("http://127.0.0.1:1", ["other"])];
const hello = { messages: [{ role: "user", content: "Hello" }] as const, forwarded: {}, reference: null };

function recipeOf(search: unknown, more: Partial<RecipeInput> = {}) {
  const sampling = { maxTokens: 100, temperature: undefined, topP: undefined, stop: [] };
  const problem = gameOf24Problem("4 9 10 13");
  return createRecipe({ problem, model: "espalier/24", search, sampling, seed: 1, ...more }, providers);
}

test("without a word, a problem with an exact verifier is searched by mcts, judged by the model", () => {
  expect(recipeOf(undefined)).toMatchObject({
    ok: true,
    value: {
      method: "mcts",
      verifiers: [
        { type: "game-of-24", weight: 1 },
        { type: "judge", weight: 1 },
      ],
      limits: { milliseconds: 55_000, rollouts: 8, calls: 512 },
      width: 8,
      note: null,
    },
  });
});

test("without a verifier that can tell right from wrong nothing is searched, and the note says so", () => {
  expect(recipeOf(null, { problem: hello })).toMatchObject({
    ok: true,
    value: { method: "single", verifiers: [], note: "no_verifier" },
  });
});

test.each([
  ["best_of_n", "best-of-n"],
  ["best-of-n", "best-of-n"],
  [false, "single"],
  [{ method: "none" }, "single"],
  ["bon", "best-of-n"],
  ["beam_search", "beam"],
  ["particle-filtering", "particle-filter"],
  [{ method: "self_consistency" }, "self-consistency"],
  [true, "mcts"],
])("search %j is method %s", (search, method) => {
  expect(recipeOf(search)).toMatchObject({ ok: true, value: { method } });
});

/** The same model, which does what it is told. */
const instructed = [embeddedProvider("http://127.0.0.1:1", [])].map((one) => ({
  ...one,
  models: one.models.map((model) => ({ ...model, capabilities: { ...model.capabilities, instructions: true } })),
}));

test.each(["refine", "self-refine"])("%s is our revision", (method) => {
  const sampling = { maxTokens: 100, temperature: undefined, topP: undefined, stop: [] };
  const search = { method, verifier: "judge" };
  expect(createRecipe({ problem: hello, model: "espalier/24", search, sampling, seed: 1 }, instructed)).toMatchObject({
    value: { method: "revision" },
  });
});

test.each([
  ["majority", "agreement"],
  ["llm_judge", "judge"],
  [{ type: "schema", schema: { type: "object" } }, "json-schema"],
  ["logprob", "self-evaluation"],
])("the verifier %j is our %s", (verifier, type) => {
  const sampling = { maxTokens: 100, temperature: undefined, topP: undefined, stop: [] };
  const search = { method: "best_of_n", verifier };
  expect(createRecipe({ problem: hello, model: "espalier/24", search, sampling, seed: 1 }, instructed)).toMatchObject({
    value: { verifiers: [{ type }] },
  });
});

test("a judge's criteria are its rubric, and null is the same as absent", () => {
  const sampling = { maxTokens: 100, temperature: undefined, topP: undefined, stop: [] };
  const verifierOf = (verifier: object): unknown => {
    const search = { method: "best_of_n", verifier };
    const recipe = createRecipe({ problem: hello, model: "espalier/24", search, sampling, seed: 1 }, instructed);
    return recipe.ok ? recipe.value.verifiers : recipe.error;
  };
  const criteria = "Is it short?";
  expect(verifierOf({ type: "llm_judge", model: null, criteria })).toEqual(
    verifierOf({ type: "judge", rubric: criteria }),
  );
  expect(verifierOf({ type: "llm_judge", criteria })).toMatchObject([{ type: "judge", params: { rubric: criteria } }]);
  expect(verifierOf({ type: "auto", model: null, criteria: null })).toMatchObject([{ type: "agreement" }]);
  expect(verifierOf({ type: "auto", criteria })).toMatchObject({ param: "search.verifier", code: "invalid_value" });
});

test("code_tests is our unit-tests, whose parameters it has to bring", () => {
  const search = { method: "best_of_n", verifier: "code_tests" };
  const recipe = recipeOf(search, { problem: hello });
  expect(recipe.ok ? null : recipe.error.param).toMatch(/^search\.verifier/);
  expect(recipe).not.toMatchObject({ error: { message: expect.stringContaining("Supported values") } });
});

test.each([
  [{ method: "ab-mcts", params: { models: ["espalier/24", "nobody"] } }, "search.params.models[1]"],
  [{ method: "ab-mcts", models: ["nobody"] }, "search.models[0]"],
  [{ method: "rstar", params: { discriminator_model: "nobody" } }, "search.params.discriminator_model"],
  [{ method: "best-of-n", verifier: { type: "judge", model: "nobody" } }, "search.verifier.model"],
])("%j names a model that nobody serves, and is told where", (search, param) => {
  expect(recipeOf(search)).toMatchObject({ error: { code: "invalid_value", param } });
});

test("a method or a verifier that we have nothing like is refused with the list of what there is", () => {
  const all = expect.stringMatching(/Supported values are: .*best-of-n.*mcts/);
  expect(recipeOf("debate")).toMatchObject({ error: { param: "search.method", message: all } });
  const verifiers = expect.stringMatching(/Supported values are: .*judge/);
  expect(recipeOf({ verifier: "oracle" })).toMatchObject({ error: { param: "search.verifier", message: verifiers } });
});

test("best-of-n without an exact verifier goes by agreement, and mcts by the judge", () => {
  expect(recipeOf("best-of-n", { problem: hello })).toMatchObject({ value: { verifiers: [{ type: "agreement" }] } });
  expect(recipeOf("mcts", { problem: hello })).toMatchObject({ value: { verifiers: [{ type: "judge" }] } });
});

test("a request that names a verifier is searched by what that can steer: steps by mcts, answers by best-of-n", () => {
  const search = (verifier: unknown) => recipeOf({ verifier }, { problem: { ...hello, reference: "x" } });
  expect(search({ type: "judge" })).toMatchObject({ value: { method: "mcts", note: null } });
  expect(search("exact")).toMatchObject({ value: { method: "best-of-n", note: null } });
  expect(recipeOf({ verifier: "game-of-24" })).toMatchObject({ value: { method: "mcts", note: null } });
});

test.each([[[]], ["none"], [["none"]]])("verifier %j asks for none: nothing is searched by itself", (verifier) => {
  const capped = { verifiers: [], note: "no_verifier" };
  expect(recipeOf({ verifier })).toMatchObject({ value: { ...capped, method: "single", clamped: [] } });
  for (const method of ["mcts", "beam", "best_of_n"]) {
    expect(recipeOf({ method, verifier, params: {} })).toMatchObject({
      value: { ...capped, method: "self-consistency", clamped: ["search.method"] },
    });
  }
  expect(recipeOf({ method: "self_consistency", verifier })).toMatchObject({
    value: { method: "self-consistency", verifiers: [], note: null, clamped: [] },
  });
});

test("a single call has no wall time of its own, and takes one that is given", () => {
  expect(recipeOf(false)).toMatchObject({ value: { limits: {} } });
  const limited = recipeOf({ method: "single", budget: { max_wall_ms: 900 } });
  expect(limited).toMatchObject({ value: { limits: { milliseconds: 900 } } });
  const alone = recipeOf(false);
  if (alone.ok) expect(alone.value.limits).toEqual({});
});

test("n answers are n samples of the one call, or as many candidates of a search that names no number", () => {
  expect(recipeOf(false, { count: 3 })).toMatchObject({ value: { method: "single", params: { samples: 3 } } });
  expect(recipeOf(undefined, { count: 20 })).toMatchObject({ value: { method: "mcts", limits: { rollouts: 20 } } });
  expect(recipeOf(undefined, { count: 3 })).toMatchObject({ value: { limits: { rollouts: 8 } } });
  expect(recipeOf({ budget: { max_rollouts: 4 } }, { count: 20 })).toMatchObject({
    value: { limits: { rollouts: 4 } },
  });
});

test("calls are bounded by the rollouts where nobody bounds them: 64 for each", () => {
  expect(recipeOf({ budget: { max_rollouts: 3 } })).toMatchObject({ value: { limits: { rollouts: 3, calls: 192 } } });
  expect(recipeOf({ budget: { max_model_calls: 5 } })).toMatchObject({ value: { limits: { calls: 5 } } });
});

test("budgets arrive in the core's units", () => {
  const budget = {
    max_rollouts: 3,
    max_model_calls: 4,
    max_total_tokens: 500,
    max_cost_usd: 0.0123456,
    max_wall_ms: 900,
  };
  expect(recipeOf({ budget })).toMatchObject({
    value: { limits: { rollouts: 3, calls: 4, tokens: 500, microdollars: 12_345, milliseconds: 900 } },
  });
});

test.each([
  [{ methd: "mcts" }, "unknown_parameter", "search.methd"],
  [{ budget: { max_rolouts: 3 } }, "unknown_parameter", "search.budget.max_rolouts"],
  [{ budget: { max_rollouts: 0 } }, "integer_below_min_value", "search.budget.max_rollouts"],
  [{ budget: { max_rollouts: 100_000 } }, "integer_above_max_value", "search.budget.max_rollouts"],
  [{ budget: { max_rollouts: "8" } }, "invalid_type", "search.budget.max_rollouts"],
  [{ budget: { max_rollouts: 1.5 } }, "invalid_type", "search.budget.max_rollouts"],
  [{ method: "magic" }, "invalid_value", "search.method"],
  [{ verifier: "magic" }, "invalid_value", "search.verifier"],
  [{ selection: "magic" }, "invalid_value", "search.selection"],
  [{ method: "mcts", params: { depth: 3 } }, "unknown_parameter", "search.params.depth"],
  [{ method: "mcts", params: { max_depth: 0 } }, "integer_below_min_value", "search.params.max_depth"],
  [7, "invalid_type", "search"],
])("search %j is refused with %s at %s", (search, code, param) => {
  expect(recipeOf(search)).toMatchObject({ ok: false, error: { code, param } });
});

test("a verifier that cannot score this problem is refused before anything is spent", () => {
  expect(recipeOf({ verifier: "game-of-24" }, { problem: hello })).toMatchObject({
    ok: false,
    error: { code: "unsupported_value", param: "search.verifier" },
  });
});

test("an unknown model is refused in the words that clients look for", () => {
  const refused = recipeOf(undefined, { model: "gpt-24" });
  expect(refused).toMatchObject({ ok: false, error: { code: "model_not_found", param: "model" } });
  if (!refused.ok) expect(refused.error.message).toMatch(/The model `gpt-24` does not exist/);
});

test("at temperature 0 all candidates would be the same: the search explores at 1 and says so, a single call does not", () => {
  const sampling = { maxTokens: 100, temperature: 0, topP: undefined, stop: [] };
  expect(recipeOf("mcts", { sampling })).toMatchObject({
    value: { sampling: { temperature: 1 }, note: "temperature_raised" },
  });
  expect(recipeOf(false, { sampling })).toMatchObject({ value: { sampling: { temperature: 0 }, note: null } });
});

test("the code version is the package's", () => {
  const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  expect(CODE_VERSION).toBe(version);
});

describe("what a method needs is named before the first call", () => {
  const general = {
    id: "general",
    upstream: "general",
    description: null,
    capabilities: {
      n: "unknown",
      continuation: false,
      logprobs: false,
      instructions: true,
      stepSeparator: "\n\n",
      stepTokens: null,
    },
    price: { promptMicrodollarsPerMillion: 0, completionMicrodollarsPerMillion: 0 },
    prompts: {},
  } as const;
  const [embedded] = providers;
  if (embedded === undefined) throw new Error("no provider");
  const withGeneral = [{ ...embedded, models: [...embedded.models, general] }];
  const ask = (search: unknown, model = "general") =>
    createRecipe(
      {
        problem: hello,
        model,
        search,
        sampling: { maxTokens: 100, temperature: undefined, topP: undefined, stop: [] },
        seed: 1,
      },
      withGeneral,
    );

  test("continuation is emulated with a model that follows instructions, and the recipe says so", () => {
    expect(ask("beam")).toMatchObject({
      ok: true,
      value: { emulated: ["continuation"], verifiers: [{ type: "value" }] },
    });
    expect(recipeOf("beam")).toMatchObject({ ok: true, value: { emulated: [] } });
  });

  test("no value for partial answers: the method and what it misses are named", () => {
    expect(ask({ method: "beam", verifier: "agreement" })).toMatchObject({
      ok: false,
      error: {
        code: "unsupported_value",
        param: "search.method",
        message: expect.stringMatching(/beam.*partial answers/),
      },
    });
  });

  test("a prompt in our words needs a model that follows instructions, unless the request brings its own", () => {
    expect(recipeOf({ method: "best-of-n", verifier: "vote" })).toMatchObject({
      ok: false,
      error: { param: "search.verifier", message: expect.stringMatching(/does not follow instructions.*'vote'/) },
    });
    const prompts = { vote: { template: "Which? {candidates}" } };
    const own = recipeOf({ method: "best-of-n", verifier: "vote", prompts });
    expect(own).toMatchObject({ ok: true, value: { prompts: { vote: { template: "Which? {candidates}" } } } });
  });

  test("so does a comparison, be it the selection's or the method's", () => {
    const refused = {
      ok: false,
      error: { message: expect.stringMatching(/'pairwise'.*does not follow instructions/) },
    };
    expect(recipeOf({ method: "best-of-n", selection: "knockout" })).toMatchObject(refused);
    expect(recipeOf({ method: "alpha", params: { merge: "judge" } })).toMatchObject({
      ok: false,
      error: { message: expect.stringMatching(/'same-step'/) },
    });
    const prompts = { compare: { template: "{first} or {second}?" } };
    expect(recipeOf({ method: "best-of-n", selection: "knockout", prompts })).toMatchObject({ ok: true });
  });

  test("a prompt at fault is told as such, and nobody is chosen in its owner's place", () => {
    expect(recipeOf({ method: "mcts", prompts: { judge: { template: "{foo}" } } })).toMatchObject({
      ok: false,
      error: { param: "search.prompts.judge.template", message: expect.stringMatching(/\{foo\}/) },
    });
  });

  test("every prompt that may be used has its hash in the recipe", () => {
    const recipe = ask({ method: "beam", selection: "knockout" });
    if (!recipe.ok) throw new Error(recipe.error.message);
    expect(Object.keys(recipe.value.promptHashes).sort()).toEqual(["compare", "step", "value"]);
  });

  test("a judge may be another model, asked in its own words, and an unknown one is told at its parameter", () => {
    const judged = ask({ method: "beam", verifier: { type: "judge", model: "espalier/24" } });
    expect(judged).toMatchObject({ ok: true, value: { prompts: {} } });
    if (!judged.ok) throw new Error(judged.error.message);
    expect(judged.value.verifiers[0]?.prompts?.judge?.template).toBe("Judge: {left}");
    expect(Object.keys(judged.value.promptHashes)).toContain("judge@espalier/24");
    expect(ask({ method: "beam", verifier: ["vote", { type: "judge", model: "espalier/25" }] })).toMatchObject({
      ok: false,
      error: { code: "invalid_value", param: "search.verifier[1].model" },
    });
    // It would be asked for what it cannot give: the general model gives no log-probabilities.
    expect(recipeOf({ verifier: { type: "judge", model: "general" } })).toMatchObject({ ok: false });
  });

  test("a judge that leaves steps alone does not steer by them", () => {
    const verifier = { type: "judge", rubric: "Is it right?", steps: false };
    expect(ask({ method: "beam", verifier })).toMatchObject({ ok: false, error: { param: "search.method" } });
    expect(ask({ method: "beam", verifier: { ...verifier, steps: true } })).toMatchObject({ ok: true });
    expect(ask({ method: "best-of-n", verifier: { ...verifier, rubrik: "x" } })).toMatchObject({
      ok: false,
      error: { code: "unknown_parameter", param: "search.verifier.rubrik" },
    });
  });

  test("an exact comparison needs a reference, which a request brings in search.reference", () => {
    expect(ask({ method: "best-of-n", verifier: "exact" })).toMatchObject({
      ok: false,
      error: { message: expect.stringMatching(/search\.reference/) },
    });
  });
});

describe("scorers outside", () => {
  const sampling = { maxTokens: 100, temperature: undefined, topP: undefined, stop: [] };
  const parsed = parseScorers({
    REWARD_MODELS: JSON.stringify([
      { name: "prm", kind: "process", shape: "generic", baseUrl: "http://gpu:8000" },
      { name: "orm", kind: "outcome", shape: "generic", baseUrl: "http://gpu:8001" },
    ]),
    WEBHOOK_SECRETS: JSON.stringify({
      default: { secrets: [`whsec_${"A".repeat(32)}`], origin: "https://scorer.example.com" },
      local: { secrets: [`whsec_${"B".repeat(32)}`], origin: "http://127.0.0.1:9000" },
    }),
    EGRESS_ALLOW: '["http://127.0.0.1:9000"]',
  });
  if (!parsed.ok) throw new Error(parsed.error);
  const scorers = parsed.value;
  const ask = (verifier: unknown) =>
    createRecipe(
      { problem: hello, model: "espalier/24", search: { method: "best-of-n", verifier }, sampling, seed: 1 },
      providers,
      scorers,
    );

  test.each([
    { type: "process_reward", reward_model: "prm", aggregation: "min" },
    { type: "outcome-reward", reward_model: "orm" },
    { type: "webhook", url: "https://scorer.example.com/verify" },
    { type: "webhook", url: "http://127.0.0.1:9000/", secret_name: "local" },
  ])("%j is taken", (verifier) => expect(ask(verifier)).toMatchObject({ ok: true }));

  test.each([
    [{ type: "process-reward" }, "reward_model"],
    [{ type: "process-reward", reward_model: "none" }, "reward_model"],
    [{ type: "process-reward", reward_model: "orm" }, "reward_model"],
    [{ type: "outcome-reward", reward_model: "prm" }, "reward_model"],
    [{ type: "process-reward", reward_model: "prm", aggregation: "max" }, "aggregation"],
    [{ type: "webhook" }, "url"],
    [{ type: "webhook", url: "http://scorer.example.com/" }, "url"],
    [{ type: "webhook", url: "https://169.254.169.254/" }, "url"],
    [{ type: "webhook", url: "https://localhost/" }, "url"],
    [{ type: "webhook", url: "https://other.example.com/" }, "secret_name"],
    [{ type: "webhook", url: "https://scorer.example.com/", secret_name: "local" }, "secret_name"],
    [{ type: "webhook", url: "https://scorer.example.com/", secret_name: "nobody" }, "secret_name"],
  ])("%j is refused at its %s", (verifier, param) => {
    const refused = ask([verifier]);
    expect(refused).toMatchObject({ ok: false, error: { param: `search.verifier[0].${param}` } });
    if (!refused.ok) expect(refused.error.code).not.toBe("model_not_found");
  });

  test("which secrets there are for other addresses is not told", () => {
    const messageOf = (secret_name: string) => {
      const refused = ask({ type: "webhook", url: "https://scorer.example.com/", secret_name });
      return refused.ok ? "" : refused.error.message;
    };
    expect(messageOf("local")).toBe(messageOf("nobody"));
  });
});

test("a method names who scores for it where the request does not: the first that can be used here", () => {
  // The embedded model grades nothing, but judges; the exact checker comes first in any case.
  const verifiersOf = (search: unknown) => {
    const recipe = recipeOf(search);
    return recipe.ok ? recipe.value.verifiers.map(({ type }) => type) : recipe.error.message;
  };
  expect(verifiersOf({ method: "ab-mcts", params: { mode: "steps" } })).toEqual(["game-of-24", "judge"]);
  expect(verifiersOf({ method: "best-of-n" })).toEqual(["game-of-24"]);
  expect(verifiersOf({ method: "best-of-n", params: { score: "steps" } })).toEqual(["game-of-24", "judge"]);
});
