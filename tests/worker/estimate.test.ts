import { beforeAll, describe, expect, test } from "vitest";
import { call, callsOf, MODEL, mintKey, question } from "./client.ts";

let key = "";
beforeAll(async () => {
  key = await mintKey("tenant_estimate");
});

interface Planned {
  readonly model_calls: number;
  readonly total_tokens: number;
  readonly cost_usd: number;
  readonly critical_path_calls: number;
}

interface Estimated {
  readonly object: string;
  readonly method: string;
  readonly first_call: { readonly total_tokens: number; readonly cost_usd: number };
  readonly plan: Planned | null;
  readonly worst_case: Planned;
  readonly clamped: readonly string[];
}

async function estimate(body: object): Promise<Estimated> {
  return (await call(key, "POST", "/v1/search/estimate", body)).json<Estimated>();
}

interface Completion {
  readonly usage: {
    readonly cost: number;
    readonly search: {
      readonly model_calls: number;
      readonly prompt_tokens: number;
      readonly completion_tokens: number;
    };
  };
}

const ask = (scenario: string, search: object) => {
  const { messages, tag } = question(scenario);
  return { tag, body: { model: MODEL, messages, max_tokens: 20, search } };
};

const JUDGE = { type: "judge", rubric: "Is it an answer?" };

describe("POST /v1/search/estimate", () => {
  test.each([
    ["single", { method: "single" }, "distinct"],
    ["best of 6, by vote", { method: "best_of_n", verifier: "agreement", budget: { max_rollouts: 6 } }, "distinct"],
    ["best of 3, judged", { method: "best_of_n", verifier: JUDGE, budget: { max_rollouts: 3 } }, "judged"],
    ["self-consistency", { method: "self_consistency", budget: { max_rollouts: 5 } }, "seeded"],
    ["beam", { method: "beam", verifier: JUDGE, budget: { max_rollouts: 2, max_model_calls: 30 } }, "judged"],
    ["mcts", { method: "mcts", verifier: JUDGE, budget: { max_rollouts: 3, max_model_calls: 30 } }, "judged"],
  ])("%s comes to no more than it says, and asking spends nothing (T15)", async (_name, search, scenario) => {
    const { tag, body } = ask(scenario, search);
    const { plan, worst_case: worst, first_call: first } = await estimate(body);
    expect(await callsOf(tag)).toEqual([]);
    const answer = await (await call(key, "POST", "/v1/chat/completions", body)).json<Completion>();
    const { model_calls: calls, prompt_tokens, completion_tokens } = answer.usage.search;
    for (const bound of [worst, ...(plan === null ? [] : [plan])]) {
      expect(calls).toBeLessThanOrEqual(bound.model_calls);
      expect(prompt_tokens + completion_tokens).toBeLessThanOrEqual(bound.total_tokens);
      expect(answer.usage.cost).toBeLessThanOrEqual(bound.cost_usd);
      expect(bound.critical_path_calls).toBeLessThanOrEqual(bound.model_calls);
    }
    expect(first.cost_usd).toBeLessThanOrEqual(worst.cost_usd);
    expect(first.cost_usd).toBeGreaterThan(0);
  });

  test("says exactly how many calls a plan has that only counts", async () => {
    const budget = { max_rollouts: 6, max_parallel: 3 };
    const { body } = ask("distinct", {
      method: "best_of_n",
      params: { samples_per_call: 1 },
      verifier: "agreement",
      budget,
    });
    const { plan } = await estimate(body);
    expect(plan).toMatchObject({ model_calls: 6, critical_path_calls: 2 });
    const answer = await (await call(key, "POST", "/v1/chat/completions", body)).json<Completion>();
    expect(answer.usage.search.model_calls).toBe(6);
  });

  test("where the answers decide, there is no plan, and the worst case is the budget", async () => {
    const budget = { max_rollouts: 3, max_model_calls: 40, max_cost_usd: 0.001 };
    const { plan, worst_case: worst } = await estimate(ask("judged", { method: "mcts", verifier: JUDGE, budget }).body);
    expect(plan).toBeNull();
    expect(worst).toMatchObject({ model_calls: 40, cost_usd: 0.001, critical_path_calls: 40 });
  });

  test("complains as a chat completion would", async () => {
    const { messages } = question("hello");
    const unknown = await call(key, "POST", "/v1/search/estimate", { model: "no/such", messages });
    expect(unknown.status).toBe(404);
    const misspelt = { model: MODEL, messages, search: { budget: { max_rolouts: 3 } } };
    const refused = await call(key, "POST", "/v1/search/estimate", misspelt);
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({ error: { param: "search.budget.max_rolouts" } });
    expect((await call(null, "POST", "/v1/search/estimate", { model: MODEL, messages })).status).toBe(401);
  });
});
