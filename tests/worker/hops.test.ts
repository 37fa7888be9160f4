import { expect, test } from "vitest";
import { call, callsOf, MODEL, mintKey, question } from "./client.ts";

const ask = async (hops: string | null, search?: unknown) => {
  const key = await mintKey("acme");
  const { tag, messages } = question("distinct");
  const headers = hops === null ? {} : { "x-espalier-hops": hops };
  const response = await call(key, "POST", "/v1/chat/completions", { model: MODEL, messages, search }, headers);
  return { tag, response };
};

test("T15: what a provider is sent says how many searches lie behind it, and nothing of the machine", async () => {
  const first = await ask(null, { method: "best_of_n", budget: { max_rollouts: 2 } });
  expect(first.response.status).toBe(200);
  const calls = await callsOf(first.tag);
  expect(calls.length).toBeGreaterThan(0);
  for (const { headers } of calls) {
    expect(headers["x-espalier-hops"]).toBe("1");
    expect(Object.keys(headers).filter((name) => /^(?:x-stainless|cf-connecting|cookie)/.test(name))).toEqual([]);
  }
  const second = await ask("1");
  expect(second.response.status).toBe(200);
  expect((await callsOf(second.tag))[0]?.headers["x-espalier-hops"]).toBe("2");
});

test.each(["2", "17", "-1", "many"])(
  "T15: a request with %s searches behind it is refused before anything is spent",
  async (hops) => {
    const { tag, response } = await ask(hops);
    expect(response.status).toBe(400);
    expect(response.headers.get("x-should-retry")).toBe("false");
    expect(await response.json()).toMatchObject({ error: { code: "search_loop", type: "invalid_request_error" } });
    expect(await callsOf(tag)).toEqual([]);
  },
);
