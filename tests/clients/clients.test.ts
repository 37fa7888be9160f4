import { beforeAll, describe, expect, test } from "vitest";
import { HELLO } from "../setup/scenarios.ts";
import { CLIENTS } from "./all.ts";
import type { Ask, Client, Failure } from "./client.ts";
import { langchainResponses } from "./langchain.ts";
import { pythonWithSdk } from "./python/environment.ts";
import { RED_PIXEL } from "./scenarios.ts";
import { MODEL, setStage, until } from "./stage.ts";

const { ask, callsOf } = setStage();
/** pip fetches some 30 MB the first time. */
beforeAll(() => pythonWithSdk(), 300_000);

describe.each(CLIENTS)("WIRE 5.1: $name", (client) => {
  test("gets an answer", async () => {
    expect(await client.text(ask("hello"))).toBe(HELLO);
  });

  test("gets the answer of a search that the model's suffix asks for", async () => {
    const asked = ask("distinct", { model: `${MODEL}:bon-4` });
    expect(await client.text(asked)).toMatch(/^Candidate /);
    expect(callsOf(asked).length).toBeGreaterThan(0);
  });

  test("streams an answer in pieces", async () => {
    const pieces = await client.stream(ask("hello"));
    expect(pieces.join("")).toBe(HELLO);
    expect(pieces.length).toBeGreaterThan(1);
  });

  test("gets a tool call that it requires", async () => {
    const asked = ask("tools");
    expect(await client.toolCalls(asked)).toEqual([{ city: "Bonn" }]);
    // What LangChain makes of it for the Responses API, it does not send at all.
    if (client !== langchainResponses) expect(callsOf(asked)[0]?.body).toMatchObject({ tool_choice: "required" });
  });

  test("gets a streamed tool call", async () => {
    expect(await client.streamedToolCalls(ask("tools"))).toEqual([{ city: "Bonn" }]);
  });

  test("gets two tool calls in parallel", async () => {
    expect(await client.toolCalls(ask("two-tools"))).toEqual([{ city: "Bonn" }, { city: "Köln" }]);
  });

  test("gets two tool calls in parallel, streamed", async () => {
    expect(await client.streamedToolCalls(ask("two-tools"))).toEqual([{ city: "Bonn" }, { city: "Köln" }]);
  });

  test("shows the model a picture", async () => {
    expect(await client.text(ask("image", { image: RED_PIXEL }))).toBe("A red pixel.");
  });

  test("gets an object of the schema it asks for", async () => {
    expect(await client.object(ask("weather"))).toEqual({ city: "Bonn", degrees: 21 });
  });

  test("shows a wrong key as 401", async () => {
    const { status, message, code } = await failure(client, ask("hello", { apiKey: "esp_wrong" }));
    expect([status, code]).toEqual([401, "invalid_api_key"]);
    expect(message).toContain("Incorrect API key provided");
  });

  test("shows a model that does not exist as 404", async () => {
    const { status, message } = await failure(client, ask("hello", { model: "espalier/nothing" }));
    expect(status).toBe(404);
    expect(message).toContain("The model `espalier/nothing` does not exist");
  });

  test("shows a wrong value as 400, with the parameter's name", async () => {
    const { status, message, param } = await failure(client, ask("hello", { temperature: 3 }));
    expect(status).toBe(400);
    expect(message).toContain("temperature");
    expect(param).toBe("temperature");
  });

  test("shows a provider's rate limit as 429", async () => {
    const { status, message, code } = await failure(client, ask("rate-limited"));
    expect([status, code]).toEqual([429, "rate_limit_exceeded"]);
    expect(message).toContain("Please try again in 3600s");
  });

  test("shows a provider that is down as 502", async () => {
    const { status, message, code } = await failure(client, ask("unavailable"));
    expect([status, code]).toEqual([502, "upstream_unavailable"]);
    expect(message).toContain("is down");
  });

  test("aborted while it waits, stops waiting", async () => {
    const controller = new AbortController();
    const asked = ask("slow", { signal: controller.signal });
    const answer = client.text(asked).then(
      () => "answered",
      () => "aborted",
    );
    await until(() => callsOf(asked).length > 0);
    controller.abort();
    expect(await answer).toBe("aborted");
  });
});

async function failure(client: Client, asked: Ask): Promise<Failure> {
  const error = await client.text(asked).then(
    (text) => new Error(`answered: ${text}`),
    (reason: unknown) => reason,
  );
  return client.failureOf(error);
}
