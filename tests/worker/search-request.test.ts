import { exports } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import { call, callsOf, GAME, MODEL, mintKey, openAi, question } from "./client.ts";

let key = "";
beforeAll(async () => {
  key = await mintKey("tenant_search");
});

interface Spent {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly model_calls: number;
}

type Part = "generate" | "judge" | "discarded" | "cancelled";

interface Completion {
  readonly model: string;
  readonly choices: readonly { message: { content: string } }[];
  readonly usage: {
    readonly prompt_tokens: number;
    readonly completion_tokens: number;
    readonly total_tokens: number;
    readonly cost: number;
    readonly search: Spent & Readonly<Record<Part, Spent & { cost: number }>>;
  };
  readonly search: {
    readonly id: string;
    readonly method: string;
    readonly rollouts: number;
    readonly model_calls: number;
    readonly stop_reason: string;
    readonly note: string | null;
    readonly clamped: readonly string[];
    readonly temperature_used: number | null;
    readonly trace?: readonly { readonly text?: string }[];
    readonly candidates?: readonly { content: string; score: number | null }[];
    readonly trace_url: string;
  };
}

interface Sent {
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly path?: string;
}

/** Asks the scenario "distinct", which no exact verifier knows. */
async function ask({ body = {}, headers = {}, path = "/v1/chat/completions" }: Sent, scenario = "distinct") {
  const { messages, tag } = question(scenario);
  const response = await exports.default.fetch(`https://espalier.test${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json", ...headers },
    body: JSON.stringify({ model: MODEL, messages, ...body }),
  });
  return { response, tag };
}

async function completionOf(sent: Sent, scenario?: string): Promise<Completion> {
  const { response } = await ask(sent, scenario);
  expect(response.status).toBe(200);
  return response.json();
}

describe("WIRE 5.9: the same request by any channel is the same search", () => {
  test.each<[string, Sent]>([
    ["body", { body: { search: { method: "best_of_n", budget: { max_rollouts: 3 } } } }],
    ["X-Search", { headers: { "x-search": '{"method":"best_of_n","budget":{"max_rollouts":3}}' } }],
    ["X-Search-*", { headers: { "x-search-method": "best-of-n", "x-search-budget": "rollouts=3" } }],
    ["metadata", { body: { metadata: { "search.method": "best_of_n", "search.max_rollouts": "3" } } }],
    ["best_of", { body: { best_of: 3 } }],
    ["optillm and its_hub", { body: { optillm_approach: "bon", budget: 3 } }],
    ["suffix", { body: { model: `${MODEL}:bon-3` } }],
    ["prefix", { body: { model: `bon-${MODEL}`, budget: 3 } }],
    ["path", { path: "/v1/bon-3/chat/completions" }],
    ["path without version", { path: "/best_of_n-3/chat/completions/" }],
  ])("%s", async (_name, sent) => {
    const { model, search } = await completionOf(sent);
    expect(search).toMatchObject({ method: "best-of-n", rollouts: 3, model_calls: 3, note: null, clamped: [] });
    expect(model).toBe((sent.body as { model?: string } | undefined)?.model ?? MODEL);
  });

  test("the Responses API reads them as well", async () => {
    const { messages } = question("distinct");
    const input = messages[0]?.content;
    const body = { model: `${MODEL}:bon-3`, input, reasoning: { effort: "low" } };
    const response = await (await call(key, "POST", "/v1/responses", body)).json<Completion>();
    expect(response).toMatchObject({ model: `${MODEL}:bon-3`, search: { method: "best-of-n", rollouts: 3 } });
  });
});

test("an effort plans the search and reaches the provider as it is", async () => {
  const { response, tag } = await ask({ body: { reasoning_effort: "low" } });
  const { search } = await response.json<Completion>();
  // Nothing can tell right from wrong here: four candidates vote.
  expect(search).toMatchObject({ method: "self-consistency", note: "no_verifier" });
  expect(search.rollouts).toBeLessThanOrEqual(4);
  expect(search.rollouts).toBeGreaterThan(1);
  expect((await callsOf(tag)).map(({ body }) => body.reasoning_effort)).toContain("low");
});

test("effort none is one call even where an exact verifier knows the problem", async () => {
  const { messages } = question("late", GAME);
  const { search } = await completionOf({ body: { messages, reasoning_effort: "none" } });
  expect(search).toMatchObject({ method: "single", model_calls: 1 });
});

test("message text says nothing about the search, whatever it says", async () => {
  const text = "<optillm_approach>bon</optillm_approach> X-Search-Budget: rollouts=9 search.method=best_of_n";
  const { messages } = question("distinct", text);
  const { search } = await completionOf({ body: { messages } });
  expect(search).toMatchObject({ method: "single", model_calls: 1, note: "no_verifier" });
});

test("a request for a few tokens is one call and says why", async () => {
  const { messages } = question("late", GAME);
  const { search } = await completionOf({ body: { messages, max_tokens: 16, model: `${MODEL}:deep` } });
  expect(search).toMatchObject({ method: "single", model_calls: 1, note: "small_request" });
});

describe("refusals, each at its place and before any call", () => {
  test.each<[Sent, string, string | null]>([
    [{ body: { search: { budgt: {} } } }, "unknown_parameter", "search.budgt"],
    [{ body: { search: { return: { trace: "all" } } } }, "invalid_value", "search.return.trace"],
    [{ body: { search: { return: { progress: "yes" } } } }, "invalid_type", "search.return.progress"],
    [{ body: { search: { early_stop: { agreement: 0 } } } }, "integer_below_min_value", "search.early_stop.agreement"],
    [{ body: { search: { method: "mcts", models: [MODEL] } } }, "unsupported_value", "search.models"],
    [{ body: { search: { preset: "ultra" } } }, "invalid_value", "search.preset"],
    [{ body: JSON.parse('{"search":{"__proto__":{"method":"mcts"}}}') }, "unknown_parameter", "search.__proto__"],
    [{ headers: { "x-search": "{oops" } }, "invalid_value", "X-Search"],
    [{ headers: { "x-search-budget": "rollouts=9999" } }, "integer_above_max_value", "X-Search-Budget"],
    [
      { body: { metadata: { "search.budget.max_rolouts": "1" } } },
      "unknown_parameter",
      "metadata.search.budget.max_rolouts",
    ],
    [{ body: { budget: 0 } }, "integer_below_min_value", "budget"],
    [{ body: { optillm_approach: "plansearch" } }, "unsupported_value", "optillm_approach"],
    [{ body: { model: `cot_reflection-${MODEL}` } }, "unsupported_value", "model"],
    [{ body: { model: `${MODEL}:beam`, search: { verifier: "agreement" } } }, "unsupported_value", "model"],
    [{ body: { model: `${MODEL}:nonsense` } }, "model_not_found", "model"],
    [{ body: { reasoning_effort: "ultra" } }, "invalid_value", "reasoning_effort"],
    [{ path: "/v1/moa/chat/completions" }, "unknown_url", null],
  ])("%j", async (sent, code, param) => {
    const { response, tag } = await ask(sent);
    const { error } = await response.json<{ error: { code: string; param: string | null } }>();
    expect([error.code, error.param]).toEqual([code, param]);
    expect(response.status).toBe(param === null || code === "model_not_found" ? 404 : 400);
    expect(await callsOf(tag)).toEqual([]);
  });
});

describe("budgets", () => {
  const search = { method: "best_of_n", budget: { max_rollouts: 300, max_parallel: 1 } };

  test("what is above a ceiling is lowered and reported", async () => {
    const { messages } = question("late", GAME);
    const completion = await completionOf({ body: { messages, search } });
    expect(completion.search).toMatchObject({ clamped: ["search.budget.max_rollouts"], stop_reason: "early_stop" });
  });

  test("with on_budget error it is refused", async () => {
    const { response } = await ask({ body: { search: { ...search, on_budget: "error" } } });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: { code: "integer_above_max_value", param: "search.budget.max_rollouts" },
    });
  });

  test("a budget that runs out serves the best so far, or an error where that is wanted", async () => {
    const short = { method: "best_of_n", budget: { max_rollouts: 8, max_model_calls: 2, max_parallel: 1 } };
    const served = await completionOf({ body: { search: short } });
    expect(served.search).toMatchObject({ stop_reason: "model_calls", rollouts: 2 });
    const { response } = await ask({ body: { search: { ...short, on_budget: "error" } } });
    expect(response.status).toBe(400);
    expect(response.headers.get("x-should-retry")).toBe("false");
    expect(await response.json()).toMatchObject({
      error: { code: "budget_exhausted", param: "search.budget.max_model_calls" },
    });
  });

  test("early_stop.agreement ends the search once enough candidates say the same", async () => {
    const body = { search: { ...search, answer: "text", early_stop: { agreement: 0.9 } } };
    const completion = await completionOf({ body }, "hello");
    expect(completion.search).toMatchObject({ stop_reason: "early_stop", rollouts: 3 });
  });
});

test("a base URL with a strategy serves the whole of the SDK's first steps", async () => {
  const client = openAi(key, { baseURL: "https://espalier.test/v1/bon-2" });
  const models = await client.models.list();
  expect(models.data.map(({ id }) => id)).toContain(MODEL);
  expect(await client.models.retrieve(MODEL)).toMatchObject({ id: MODEL });
  const { messages } = question("distinct");
  const completion = await client.chat.completions.create({ model: MODEL, messages });
  expect(completion).toMatchObject({ search: { method: "best-of-n", rollouts: 2 } });
});

describe("as a stream", () => {
  const budget = { max_rollouts: 300, max_model_calls: 2, max_parallel: 1 };
  const search = { method: "best_of_n", verifier: "agreement", budget, return: { candidates: 2 } };

  test("the last chunk with choices says what the search was", async () => {
    const { response } = await ask({ body: { search, stream: true } });
    const last = (await framesOf(response)).findLast((frame) => "choices" in frame) as unknown as Completion;
    expect(last.search).toMatchObject({ clamped: ["search.budget.max_rollouts"], stop_reason: "model_calls" });
    expect(last.search.candidates).toHaveLength(2);
  });

  test("a budget that ran out is an error frame where an error is wanted", async () => {
    const strict = { ...search, budget: { ...budget, max_rollouts: 8 }, on_budget: "error" };
    const { response } = await ask({ body: { search: strict, stream: true } });
    expect((await framesOf(response)).at(-1)).toMatchObject({ error: { code: "budget_exhausted" } });
  });

  async function framesOf(response: Response): Promise<object[]> {
    const lines = (await response.text()).split("\n\n").filter((line) => /^data: \{/.test(line));
    return lines.map((line) => JSON.parse(line.slice("data: ".length)) as object);
  }
});

test("n without a search is n samples of one call", async () => {
  const { response, tag } = await ask({ body: { n: 3 } });
  const completion = await response.json<Completion>();
  expect(new Set(completion.choices.map(({ message }) => message.content)).size).toBe(3);
  expect(completion.search).toMatchObject({ method: "single", rollouts: 3, model_calls: 1 });
  expect((await callsOf(tag)).map(({ body }) => body.n)).toEqual([3]);
});

describe("the response", () => {
  const search = { method: "best_of_n", verifier: "agreement", budget: { max_rollouts: 4, max_parallel: 1 } };

  test.each(["summary", "full"] as const)("shows the tree where it is asked for: %s", async (trace) => {
    const search = { method: "best_of_n", verifier: "none", budget: { max_rollouts: 3 }, return: { trace } };
    const completion = await completionOf({ body: { search } });
    const report = await (await call(key, "GET", completion.search.trace_url)).json<{ tree: { text?: string }[] }>();
    expect(report.tree).toHaveLength(4);
    if (trace === "full") expect(completion.search.trace).toEqual(report.tree);
    else expect(completion.search.trace).toMatchObject(report.tree.map(({ text: _text, ...node }) => node));
    expect(completion.search.trace?.every((node) => "text" in node === (trace === "full"))).toBe(true);
  });

  test("and none where it is not", async () => {
    expect(await completionOf({ body: { search: { method: "best_of_n" } } })).not.toHaveProperty("search.trace");
  });

  test("is told while it grows as reasoning, in a stream that asks for it (WIRE 1.11)", async () => {
    const search = { method: "best_of_n", verifier: "none", budget: { max_rollouts: 3 }, return: { progress: true } };
    const deltasOf = async (body: object): Promise<{ content?: string; reasoning?: string }[]> => {
      const { response } = await ask({ body: { stream: true, ...body } });
      const frames = (await response.text()).split("\n\n").filter((frame) => frame.startsWith("data: {"));
      return frames.map((frame) => JSON.parse(frame.slice("data: ".length)).choices[0].delta);
    };
    const deltas = await deltasOf({ search });
    const reasoning = deltas.filter((delta) => delta.reasoning !== undefined);
    expect(reasoning.length).toBeGreaterThan(0);
    for (const delta of reasoning) {
      expect(delta).toEqual({ reasoning: delta.reasoning, reasoning_content: delta.reasoning });
      expect(delta.reasoning).toMatch(
        /^(Searching with self-consistency: up to 3 candidates|[0-3] of 3 candidates)\.\n$/,
      );
    }
    const firstText = deltas.findIndex(({ content }) => (content ?? "") !== "");
    expect(deltas.findLastIndex(({ reasoning: one }) => one !== undefined)).toBeLessThan(firstText);
    for (const quiet of [{ search: { ...search, return: {} } }, { search: { ...search, method: "none" } }]) {
      expect((await deltasOf(quiet)).some(({ reasoning: one }) => one !== undefined)).toBe(false);
    }
  });

  test("shows the candidates that were asked for, the served one first, and where the trace is", async () => {
    const completion = await completionOf({ body: { search: { ...search, return: { candidates: 3 } } } });
    const { candidates, trace_url } = completion.search;
    expect(candidates).toHaveLength(3);
    expect(candidates?.[0]?.content).toBe(completion.choices[0]?.message.content);
    expect(await (await call(key, "GET", trace_url)).json()).toMatchObject({ id: completion.search.id, rollouts: 4 });
    expect((await completionOf({ body: { search } })).search).not.toHaveProperty("candidates");
  });

  test("tells what each part of the work cost; the parts are the whole", async () => {
    const { usage } = await completionOf({ body: { search } });
    const { generate, judge, discarded, cancelled } = usage.search;
    expect([generate.model_calls, judge.model_calls, discarded.model_calls, cancelled.model_calls]).toEqual([
      1, 0, 3, 0,
    ]);
    for (const field of ["prompt_tokens", "completion_tokens", "model_calls"] as const) {
      const sum = generate[field] + judge[field] + discarded[field] + cancelled[field];
      expect(sum).toBe(usage.search[field]);
    }
    expect(generate.cost + discarded.cost).toBeCloseTo(usage.cost, 9);
  });

  test("what a judge and aborted calls cost is told apart", async () => {
    const judged = await completionOf({
      body: { search: { ...search, verifier: "value", budget: { max_rollouts: 2 } } },
    });
    expect(judged.usage.search.judge.model_calls).toBeGreaterThan(0);
    const budget = { max_rollouts: 4, max_parallel: 4, max_wall_ms: 3000 };
    const cut = await completionOf({ body: { search: { ...search, budget } } }, "one-then-stall");
    expect(cut.search.stop_reason).toBe("wall");
    expect(cut.usage.search.cancelled.model_calls).toBe(3);
  });

  test("counts the whole search in OpenAI's own fields where that is asked for", async () => {
    const { usage } = await completionOf({ body: { search: { ...search, usage: "total" } } });
    expect(usage.completion_tokens).toBe(usage.search.completion_tokens);
    expect(usage.total_tokens).toBe(usage.search.prompt_tokens + usage.search.completion_tokens);
  });

  test("says at which temperature the candidates were sampled", async () => {
    const { response, tag } = await ask({ body: { search, temperature: 0 } });
    const { search: block } = await response.json<Completion>();
    expect(block).toMatchObject({ temperature_used: 1, note: "temperature_raised" });
    expect((await callsOf(tag)).map(({ body }) => body.temperature).sort()).toEqual([0, 1, 1, 1]);
    expect((await completionOf({ body: { temperature: 0.3 } })).search.temperature_used).toBe(0.3);
  });
});

test("WIRE 5.10: every listed model id works, raw and percent-encoded, and none looks like something else", async () => {
  const { data } = await (await call(key, "GET", "/v1/models")).json<{ data: { id: string }[] }>();
  const ids = data.map(({ id }) => id);
  expect(ids).toContain(`${MODEL}:deep`);
  for (const id of ids) {
    expect(id).not.toMatch(/^o\d|^gpt-5|codex|-pro|tts|search|embed|rerank|reward|guard|audio|image|speech|instruct/);
    for (const spelt of [id, encodeURIComponent(id)]) {
      expect(await (await call(key, "GET", `/v1/models/${spelt}`)).json()).toMatchObject({ id });
    }
  }
  for (const id of ids.filter((one) => one.startsWith(MODEL))) {
    expect(await completionOf({ body: { model: id } })).toMatchObject({ model: id });
  }
});
