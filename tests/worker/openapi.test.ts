import { describe, expect, test } from "vitest";
import type { OpenApiDocument } from "../../src/api/openapi/document.ts";
import { accepts } from "./accepts.ts";
import { call, MODEL, mintKey, question } from "./client.ts";

describe("GET /openapi.json", () => {
  test.each(["/openapi.json", "/v1/openapi.json"])("%s answers without a key", async (path) => {
    const response = await call(null, "GET", path);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ openapi: "3.1.0", info: { title: "Espalier" } });
  });

  test("describes what is really answered", async () => {
    const key = await mintKey("openapi");
    const document = await (await call(null, "GET", "/openapi.json")).json<OpenApiDocument>();
    const { messages } = question("hello");
    const completion = await answerOf(key, "POST", "/v1/chat/completions", { model: MODEL, messages });
    const stored = await answerOf(key, "POST", "/v1/chat/completions", { model: MODEL, messages, store: true });
    const path = `/v1/chat/completions/${stored.id}`;
    const response = await answerOf(key, "POST", "/v1/responses", { model: MODEL, input: messages });
    const search = await answerOf(key, "GET", `/v1/searches/${completion.search.id}`);
    const answers = {
      ChatCompletion: completion,
      StoredCompletion: await answerOf(key, "GET", path),
      StoredCompletionList: await answerOf(key, "GET", "/v1/chat/completions"),
      StoredMessageList: await answerOf(key, "GET", `${path}/messages`),
      CompletionDeleted: await answerOf(key, "DELETE", path),
      Response: response,
      Search: search,
      ModelList: await answerOf(key, "GET", "/v1/models"),
      Model: await answerOf(key, "GET", `/v1/models/${MODEL}`),
      List: await answerOf(key, "GET", "/v1/searches"),
      Health: await answerOf(key, "GET", "/health"),
      Error: await answerOf(key, "GET", "/v1/models/nothing"),
    };
    const misfits = Object.entries(answers).filter(([name, value]) => !accepts(document, name, value));
    expect(misfits).toEqual([]);
    expect(accepts(document, "ChatCompletion", { ...completion, usage: null })).toBe(false);
    expect(accepts(document, "StoredCompletion", completion)).toBe(false);
  });
});

test("GET /docs is a page that may run no script", async () => {
  const response = await call(null, "GET", "/docs");
  expect(response.headers.get("content-type")).toMatch(/^text\/html/);
  expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
  expect(await response.text()).toContain("POST /chat/completions");
});

// biome-ignore lint/suspicious/noExplicitAny: what it is, is what the test asks
async function answerOf(key: string, method: string, path: string, body?: unknown): Promise<any> {
  return (await call(key, method, path, body)).json();
}
