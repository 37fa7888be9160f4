import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { call, MODEL, mintKey, question, until } from "./client.ts";

const ask = async (scenario: string, search?: unknown) => {
  const key = await mintKey("acme");
  const { messages } = question(scenario);
  const response = await call(key, "POST", "/v1/chat/completions", { model: MODEL, messages, search });
  await response.text();
  const id = response.headers.get("x-search-id") ?? "";
  const read = (token: string) => call(token, "GET", `/v1/searches/${id}/attempts`);
  return { key, id, read };
};

const rowsOf = async (id: string) => {
  const query = env.DB.prepare("select * from attempts where search_id = ? order by `index`").bind(id);
  return (await query.all<Record<string, unknown>>()).results;
};

test("I6: whoever searched sees every call of it, and D1 has the same", async () => {
  const { key, id, read } = await ask("distinct", { method: "best_of_n", budget: { max_rollouts: 3 } });
  const { object, data } = await (await read(key)).json<{ object: string; data: Record<string, unknown>[] }>();
  expect(object).toBe("list");
  expect(data.length).toBeGreaterThan(0);
  for (const attempt of data) {
    expect(attempt).toMatchObject({
      object: "search.attempt",
      provider: "scripted",
      model: "scripted",
      outcome: "completed",
      provider_request_id: "chatcmpl-scripted",
      finish_reasons: ["stop"],
      is_estimated: false,
      is_hedge: false,
    });
    expect(attempt.raw_usage).toMatchObject({ prompt_tokens: attempt.prompt_tokens });
    expect(attempt.first_token_ms).toBeGreaterThanOrEqual(attempt.headers_ms as number);
  }
  await until(async () => (await rowsOf(id)).length === data.length);
  expect(
    (await rowsOf(id)).map((row) => [row.prompt_tokens, row.completion_tokens, row.finish_reasons, row.raw_usage]),
  ).toEqual(data.map((one) => [one.prompt_tokens, one.completion_tokens, '["stop"]', JSON.stringify(one.raw_usage)]));
});

test("a call that failed is one of them, with what was charged for it", async () => {
  const { key, read } = await ask("unavailable");
  const { data } = await (await read(key)).json<{ data: Record<string, unknown>[] }>();
  expect(data.length).toBeGreaterThan(0);
  for (const attempt of data) {
    expect(attempt).toMatchObject({
      outcome: "unavailable",
      is_estimated: true,
      first_token_ms: null,
      finish_reasons: [],
    });
    expect(attempt.cost).toBeGreaterThan(0);
  }
});

test("I9: nobody else sees them", async () => {
  const { read } = await ask("hello");
  expect((await read(await mintKey("other"))).status).toBe(404);
});
