import { beforeAll, describe, expect, test } from "vitest";
import { HELLO } from "../../setup/scenarios.ts";
import type { Ask } from "../client.ts";
import { MODEL, setStage } from "../stage.ts";
import { askPython, PythonError } from "./client.ts";
import { pythonWithSdk } from "./environment.ts";

// WIRE 5.1: what only OpenAI's SDK for Python has, beside what it shares with all clients in clients.test.ts.

const { ask, callsOf } = setStage();

/** pip fetches some 30 MB the first time. */
beforeAll(() => pythonWithSdk(), 300_000);

test("create with stream=True and include_usage", async () => {
  expect(((await askPython("create_stream", ask("hello"))) as string[]).join("")).toBe(HELLO);
});

test("extra_body carries `search`, and the answer's own `search` comes back as an extra of the model", async () => {
  const asked = ask("distinct");
  const search = { method: "best-of-n", verifier: "agreement", budget: { max_rollouts: 3 } };
  const completion = (await askPython("whole", asked, { search })) as { search: object; usage: { search: object } };
  expect(completion.search).toMatchObject({ method: "best-of-n", rollouts: 3 });
  expect(completion.usage.search).toMatchObject({ model_calls: callsOf(asked).length });
});

test("a misspelt key in extra_body is a BadRequestError that names it", async () => {
  const failed = askPython("text", ask("hello"), { search: { budget: { max_rolouts: 3 } } });
  expect(await classOf(failed)).toBe("BadRequestError");
  await expect(failed).rejects.toMatchObject({ failure: { param: "search.budget.max_rolouts" } });
});

describe("every status is the class that its documentation promises", () => {
  test.each<[string, string, Partial<Ask>, string, string | null]>([
    ["a wrong key", "hello", { apiKey: "esp_wrong" }, "AuthenticationError", "invalid_api_key"],
    ["an unknown model", "hello", { model: "espalier/nothing" }, "NotFoundError", "model_not_found"],
    ["a wrong value", "hello", { temperature: 3 }, "BadRequestError", "decimal_above_max_value"],
    ["a context that is too long", "context-length", {}, "BadRequestError", "context_length_exceeded"],
    ["a provider's rate limit", "rate-limited", {}, "RateLimitError", "rate_limit_exceeded"],
    ["a provider that is down", "unavailable", {}, "InternalServerError", "upstream_unavailable"],
  ])("%s", async (_name, scenario, changes, name, code) => {
    const failed = askPython("text", ask(scenario, changes));
    expect(await classOf(failed)).toBe(name);
    await expect(failed).rejects.toMatchObject({ failure: { code } });
  });

  test("and in the middle of a stream it raises, whatever the status was", async () => {
    expect(await classOf(askPython("stream", ask("unavailable")))).toBe("APIError");
  });
});

describe("responses", () => {
  test("create", async () => {
    expect(await askPython("response_text", ask("hello"))).toBe(HELLO);
  });

  test("stream", async () => {
    expect(((await askPython("response_stream", ask("hello"))) as string[]).join("")).toBe(HELLO);
  });

  test("parse", async () => {
    expect(await askPython("response_parse", ask("weather"))).toEqual({ city: "Bonn", degrees: 21 });
  });

  test("a search by the model's suffix", async () => {
    expect(await askPython("response_text", ask("distinct", { model: `${MODEL}:bon-4` }))).toMatch(/^Candidate /);
  });
});

async function classOf(failed: Promise<unknown>): Promise<string> {
  const error = await failed.then(
    (value) => new Error(`answered: ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  if (!(error instanceof PythonError)) throw error;
  return error.failure.class;
}
