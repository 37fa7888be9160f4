import { beforeAll, describe, expect, test } from "vitest";
import { HELLO } from "../setup/scenarios.ts";
import { call, callsOf, mintKey, question } from "./client.ts";

let key = "";
beforeAll(async () => {
  key = await mintKey("tenant_routing");
});

interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: the shape is the test's affair
  readonly body: any;
  /** The provider of each call, in order of arrival. */
  readonly providers: readonly string[];
  readonly headers: Headers;
}

/** A search of `rollouts` over "east" and "west", each rollout a call of its own. */
async function ask(
  scenario: string,
  rollouts: number,
  parallel: number,
  model = "espalier/routed",
  text?: string,
): Promise<Answer> {
  const { tag, messages } = question(scenario, text);
  const response = await call(key, "POST", "/v1/chat/completions", {
    model,
    messages,
    max_tokens: 64,
    search: { method: "best_of_n", verifier: "agreement", budget: { max_rollouts: rollouts, max_parallel: parallel } },
  });
  const body = await response.json();
  const providers = (await callsOf(tag)).map(({ body: sent }) => String(sent.model));
  return { status: response.status, body, providers, headers: response.headers };
}

const count = (providers: readonly string[], name: string) => providers.filter((one) => one === name).length;

async function metered(headers: Headers): Promise<number> {
  const view = await call(key, "GET", `/v1/searches/${headers.get("x-search-id")}`);
  const { usage } = await view.json<{ usage: { search: { model_calls: number } } }>();
  return usage.search.model_calls;
}

describe("one of two providers is down (I13)", () => {
  test("costs no candidate: the other serves, and every call is metered", async () => {
    const { status, body, providers, headers } = await ask("east-down", 24, 4);
    expect([status, body.choices?.[0]?.message.content]).toEqual([200, HELLO]);
    expect(body.search.rollouts).toBe(24);
    expect(count(providers, "west")).toBe(24);
    expect(await metered(headers)).toBe(providers.length);
  });

  test("one failure puts it behind the other: a search of one call at a time asks it once", async () => {
    const { providers } = await ask("east-down", 24, 1);
    expect(count(providers, "east")).toBe(1);
  });

  test("with a key that it refuses, it is asked by those who did not know yet", async () => {
    const { status, providers } = await ask("east-locked", 12, 1);
    expect(status).toBe(200);
    expect(providers).toEqual(["east", ...Array.from({ length: 12 }, () => "west")]);
  });

  test("while it asks to be left alone for ten minutes, it is", async () => {
    const { status, providers } = await ask("east-limited", 12, 1);
    expect(status).toBe(200);
    expect(providers).toEqual(["east", ...Array.from({ length: 12 }, () => "west")]);
  });
});

describe("all are down (I15)", () => {
  test.each([10, 32])(
    "at width %i: a fifth more calls than steps at most, and a typed error within seconds",
    async (width) => {
      const { status, body, providers, headers } = await ask("unavailable", 64, width);
      expect([status, body.error.type]).toEqual([502, "server_error"]);
      const view = await call(key, "GET", `/v1/searches/${headers.get("x-search-id")}/events`);
      const events = (await view.text())
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as { type: string; attempt?: number });
      const steps = events.filter(({ type, attempt }) => type === "step-start" && attempt === 1).length;
      expect(providers.length).toBeLessThanOrEqual(1.2 * steps);
      expect(await metered(headers)).toBe(providers.length);
    },
  );

  test("a storm of 429 ends in a 429 that says when to come back", async () => {
    const { status, body, headers } = await ask("rate-limited", 16, 8);
    expect([status, body.error.code]).toEqual([429, "rate_limit_exceeded"]);
    expect(Number(headers.get("retry-after"))).toBeGreaterThan(3000);
  });
});

test("a first 400 is final: nobody else is asked", async () => {
  const { status, body, providers } = await ask("context-length", 8, 1);
  expect([status, body.error.code]).toEqual([400, "context_length_exceeded"]);
  expect(providers).toEqual(["east"]);
});

test("what is known not to fit is refused before anybody is asked, in the words that clients look for", async () => {
  const { status, body, providers } = await ask("hello", 4, 2, "espalier/routed", "word ".repeat(20_000));
  expect([status, body.error.code]).toEqual([400, "context_length_exceeded"]);
  expect(body.error.message).toContain("maximum context length is 4000 tokens");
  expect(providers).toEqual([]);
});

test("sticky: the rollouts of a search go to one provider, and so do those of the next with the same prompt", async () => {
  const { tag, messages } = question("hello");
  for (let run = 0; run < 2; run++) {
    const search = { method: "best_of_n", verifier: "agreement", budget: { max_rollouts: 6 } };
    await call(key, "POST", "/v1/chat/completions", { model: "espalier/sticky", messages, search }).then((one) =>
      one.text(),
    );
  }
  const providers = (await callsOf(tag)).map(({ body }) => body.model);
  expect([providers.length, new Set(providers).size]).toEqual([12, 1]);
});
