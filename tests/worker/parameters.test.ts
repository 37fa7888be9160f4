import { exports } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import { call, callsOf, MODEL, mintKey, question, until } from "./client.ts";

let key = "";
beforeAll(async () => {
  key = await mintKey("tenant_parameters");
});

const WEATHER = { type: "function", function: { name: "weather", parameters: { type: "object" } } };

async function send(path: string, body: object, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  return exports.default.fetch(`https://espalier.test${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
}

interface Said {
  readonly choices: readonly { message: { tool_calls?: readonly unknown[] } }[];
  readonly error: { readonly code: string; readonly param: string } | null;
  readonly status: string;
  readonly id: string;
  readonly tools: readonly { readonly type: string }[];
  readonly search: { readonly note: string | null };
}

test("WIRE 5.8: effort and tools go together for every alias", async () => {
  const { data } = await (await call(key, "GET", "/v1/models")).json<{ data: { id: string }[] }>();
  const aliases = data.map(({ id }) => id).filter((id) => id.startsWith(MODEL));
  for (const effort of ["none", "minimal", "low", "medium", "high", "xhigh", "max"]) {
    for (const model of effort === "high" ? aliases : [MODEL]) {
      const { messages, tag } = question("tools");
      const body = {
        model,
        messages,
        tools: [WEATHER],
        reasoning_effort: effort,
        search: { budget: { max_rollouts: 2 } },
      };
      const response = await send("/v1/chat/completions", body);
      expect(response.status, `${model} ${effort}`).toBe(200);
      expect((await response.json<Said>()).choices[0]?.message.tool_calls, `${model} ${effort}`).toHaveLength(1);
      expect((await callsOf(tag))[0]?.body, `${model} ${effort}`).toMatchObject({ reasoning_effort: effort });
    }
  }
});

test("parallel_tool_calls: false gets one call, also of a provider that makes two (WIRE 1.2)", async () => {
  const ask = async (more: object): Promise<unknown> => {
    const body = { model: MODEL, messages: question("two-tools").messages, tools: [WEATHER], ...more };
    return (await (await send("/v1/chat/completions", body)).json<Said>()).choices[0]?.message.tool_calls?.length;
  };
  expect(await ask({})).toBe(2);
  expect(await ask({ parallel_tool_calls: false })).toBe(1);
  const streamed = await send("/v1/chat/completions", {
    model: MODEL,
    messages: question("two-tools").messages,
    tools: [WEATHER],
    parallel_tool_calls: false,
    stream: true,
  });
  const text = await streamed.text();
  expect(text).toContain('"index":0,"id":"call_0"');
  expect(text).not.toContain("call_1");
});

test("what identifies a client goes to no provider that is not declared to take it", async () => {
  const { messages, tag } = question("hello");
  const body = { model: MODEL, messages, user: "jane", safety_identifier: "jane", prompt_cache_key: "mine" };
  expect((await send("/v1/chat/completions", body)).status).toBe(200);
  const [sent] = await callsOf(tag);
  expect(sent?.body).not.toHaveProperty("prompt_cache_key");
  expect(JSON.stringify(sent?.body)).not.toMatch(/jane|mine/);
});

test.each([
  ["/v1/chat/completions", {}],
  ["/v1/responses", { input: "x" }],
  ["/v1/completions", { prompt: "x" }],
])("X-Strict-Params has unknown parameters refused at %s, which are ignored without it", async (path, more) => {
  const { messages } = question("hello");
  const body = { model: MODEL, ...(path.includes("chat") ? { messages } : more), not_a_parameter: 1 };
  expect((await send(path, body)).status).toBe(200);
  const refused = await send(path, body, { "x-strict-params": "1" });
  expect(refused.status).toBe(400);
  expect((await refused.json<Said>()).error).toMatchObject({ code: "unknown_parameter", param: "not_a_parameter" });
});

test("WIRE 1.6: every answer carries the headers that clients look for, failures too", async () => {
  const { messages } = question("hello");
  const responses = {
    whole: await send("/v1/chat/completions", { model: MODEL, messages }),
    streamed: await send("/v1/chat/completions", { model: MODEL, messages, stream: true }),
    refused: await send("/v1/chat/completions", { model: "nobody", messages }),
    unknown: await call(null, "GET", "/nowhere"),
  };
  for (const [name, { headers }] of Object.entries(responses)) {
    expect(headers.get("x-request-id"), name).toMatch(/^req_[0-9a-f]{32}$/);
    expect(headers.get("openai-version"), name).toBe("2020-10-01");
    expect(headers.get("openai-processing-ms"), name).toMatch(/^\d+$/);
    expect(headers.get("x-search-id") !== null, name).toBe(name === "whole" || name === "streamed");
    // Known before the first byte only where the answer is sent whole.
    expect(headers.get("x-search-model-calls"), name).toBe(name === "whole" ? "1" : null);
  }
  const { headers } = responses.whole;
  expect(headers.get("x-search-stop-reason")).toBe("completed");
  expect(Number(headers.get("x-search-cost-usd"))).toBeGreaterThan(0);
  const shown = headers.get("access-control-expose-headers");
  for (const name of ["openai-processing-ms", "x-request-id", "x-search-id", "x-should-retry"]) {
    expect(shown).toContain(name);
  }
});

describe("tools that OpenAI runs itself", () => {
  test("are left out where the model may do without, and the client is told", async () => {
    const { messages, tag } = question("hello");
    const own = { type: "function", name: "weather", parameters: { type: "object" }, strict: false };
    const tools = [{ type: "web_search" }, own, { type: "code_interpreter", container: { type: "auto" } }];
    const response = await send("/v1/responses", { model: MODEL, input: messages, tools });
    expect(response.headers.get("x-search-dropped-tools")).toBe("web_search,code_interpreter");
    const said = await response.json<Said>();
    expect(said).toMatchObject({ status: "completed", search: { note: "tools_dropped" } });
    expect(said.tools.map(({ type }) => type)).toEqual(["function"]);
    expect((await callsOf(tag))[0]?.body.tools).toHaveLength(1);
    const stored = await (await call(key, "GET", `/v1/responses/${said.id}`)).json<Said>();
    expect(stored.search.note).toBe("tools_dropped");
  });

  test("nothing is said where there were none", async () => {
    const response = await send("/v1/responses", { model: MODEL, input: question("hello").messages });
    expect(response.headers.get("x-search-dropped-tools")).toBe(null);
  });
});

test("a background response whose budget runs out ends failed where it asked for an error, else completed", async () => {
  for (const [onBudget, status] of [
    ["error", "failed"],
    ["best", "completed"],
  ]) {
    const search = { method: "best_of_n", budget: { max_rollouts: 4, max_model_calls: 2 }, verifier: "agreement" };
    const body = { input: question("distinct").messages, background: true, search: { ...search, on_budget: onBudget } };
    const { id } = await (await send("/v1/responses", { model: MODEL, ...body })).json<Said>();
    const read = async (): Promise<Said> => (await call(key, "GET", `/v1/responses/${id}`)).json<Said>();
    await until(async () => !["queued", "in_progress"].includes((await read()).status));
    const ended = await read();
    expect([onBudget, ended.status]).toEqual([onBudget, status]);
    expect(ended.error?.code ?? null).toBe(onBudget === "error" ? "budget_exhausted" : null);
  }
});

test("WIRE 4.6: a first 400 of the provider is final, however many candidates were planned", async () => {
  const { messages, tag } = question("context-length");
  const search = { method: "best_of_n", verifier: "agreement", budget: { max_rollouts: 32, max_parallel: 1 } };
  const response = await send("/v1/chat/completions", { model: MODEL, messages, search });
  expect(response.status).toBe(400);
  expect((await response.json<Said>()).error?.code).toBe("context_length_exceeded");
  expect(await callsOf(tag)).toHaveLength(1);
});

describe("WIRE 4.7: wall time where none is asked for", () => {
  async function wallOf(path: string, more: object): Promise<unknown> {
    const { messages } = question("distinct");
    const body = { model: MODEL, messages, input: messages, search: { budget: { max_rollouts: 2 } }, ...more };
    const response = await send(path, body);
    await response.text();
    const events = await call(key, "GET", `/v1/searches/${response.headers.get("x-search-id")}/events`);
    const [start = ""] = (await events.text()).split("\n");
    return (JSON.parse(start) as { recipe: { limits: { milliseconds?: number } } }).recipe.limits.milliseconds;
  }

  test.each<[string, string, object, number]>([
    ["an answer sent whole", "/v1/chat/completions", {}, 55_000],
    ["a streamed one", "/v1/chat/completions", { stream: true }, 240_000],
    ["one in the background", "/v1/responses", { background: true }, 900_000],
    ["by preset", "/v1/chat/completions", { stream: true, search: { preset: "fast" } }, 30_000],
    ["asked for", "/v1/chat/completions", { search: { budget: { max_rollouts: 2, max_wall_ms: 300_000 } } }, 300_000],
  ])("%s", async (_name, path, more, wallMs) => {
    expect(await wallOf(path, more)).toBe(wallMs);
  });
});
