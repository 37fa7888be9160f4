import { env, exports } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import { createKey, parseKey } from "../../src/api/keys/format.ts";
import { searchStub } from "../../src/api/searches/search-stub.ts";
import type { Env } from "../../src/env.ts";
import { providersOf } from "../../src/env.ts";
import { administer, call, MODEL, mintKey, question } from "./client.ts";

let key = "";
beforeAll(async () => {
  key = await mintKey("tenant_a");
});

const PRESETS = ["off", "fast", "balanced", "deep", "max"];

interface Refusal {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly param: string | null;
    readonly code: string | null;
  };
}

async function refusalOf(response: Response): Promise<Refusal["error"]> {
  expect(response.headers.get("content-type")).toMatch(/^application\/json/);
  expect(response.headers.get("x-request-id")).toMatch(/^req_/);
  const { error } = await response.json<Refusal>();
  expect(Object.keys(error).sort()).toEqual(["code", "message", "param", "type"]);
  return error;
}

describe("keys", () => {
  test.each([
    ["no key", null, null],
    ["noise", "sk-nonsense", "invalid_api_key"],
    ["a key of the right shape with a wrong checksum", `esp_test_${"a".repeat(61)}`, "invalid_api_key"],
  ])("%s is 401", async (_name, text, code) => {
    const response = await call(text, "GET", "/v1/models");
    expect(response.status).toBe(401);
    expect(await refusalOf(response)).toMatchObject({ type: "invalid_request_error", code });
  });

  test("a well-formed key that was never issued is 401", async () => {
    const randomBytes = (length: number) => crypto.getRandomValues(new Uint8Array(length));
    // Of a tenant that has keys, and of one that has none.
    for (const tenantId of ["tenant_a", "tenant_x"]) {
      const { text } = createKey(randomBytes, "test", tenantId);
      expect((await call(text, "GET", "/v1/models")).status).toBe(401);
    }
  });

  test("a revoked key is 401 at once", async () => {
    const revoked = await mintKey("tenant_r");
    expect((await call(revoked, "GET", "/v1/models")).status).toBe(200);
    const { publicId = "" } = parseKey(revoked) ?? {};
    await administer("tenant_r", "key.revoke", { keyId: publicId });
    expect((await call(revoked, "GET", "/v1/models")).status).toBe(401);
  });

  test("x-api-key is accepted as well", async () => {
    const response = await exports.default.fetch("https://espalier.test/v1/models", { headers: { "x-api-key": key } });
    expect(response.status).toBe(200);
  });
});

describe("routes", () => {
  test("health needs no key", async () => {
    expect(await (await call(null, "GET", "/health")).json()).toEqual({ status: "ok" });
  });

  test.each(["/v1/models", "/models", "/v1/models/"])("%s lists the models", async (path) => {
    const list = await (await call(key, "GET", path)).json<{
      object: string;
      data: { id: string; object: string }[];
    }>();
    expect(list.object).toBe("list");
    const ids = [...new Set(providersOf(env).flatMap(({ models }) => models.map(({ id }) => id)))];
    expect(ids).toEqual(expect.arrayContaining([MODEL, "espalier/down"]));
    expect(list.data.map(({ id, object }) => [id, object])).toEqual(
      ids.flatMap((id) => [id, ...PRESETS.map((preset) => `${id}:${preset}`)]).map((id) => [id, "model"]),
    );
  });

  test.each(["espalier/test:free", "espalier%2Ftest%3Afree", "espalier%2Ftest:free"])(
    "/v1/models/%s is one",
    async (id) => {
      expect(await (await call(key, "GET", `/v1/models/${id}`)).json()).toMatchObject({ id: MODEL, object: "model" });
    },
  );

  test("an unknown model is 404 model_not_found in the words that clients look for", async () => {
    const response = await call(key, "GET", "/v1/models/gpt-9");
    expect(response.status).toBe(404);
    const error = await refusalOf(response);
    expect(error).toMatchObject({ code: "model_not_found" });
    expect(error.message).toBe("The model `gpt-9` does not exist or you do not have access to it.");
  });

  test.each([
    ["GET", "/v1/nothing"],
    ["POST", "/"],
    ["POST", "/v1/embeddings"],
  ])("%s %s is 404 unknown_url", async (method, path) => {
    const response = await call(key, method, path);
    expect(response.status).toBe(404);
    expect(await refusalOf(response)).toMatchObject({ code: "unknown_url" });
  });

  test.each([
    ["PUT", "/v1/chat/completions", "POST, GET"],
    ["PUT", "/v1/chat/completions/chatcmpl-1", "GET, POST, DELETE"],
    ["PUT", "/v1/searches/srch_1", "GET, DELETE"],
  ])("%s %s is 405 and says what is allowed", async (method, path, allowed) => {
    const response = await call(key, method, path);
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe(allowed);
    await refusalOf(response);
  });

  test("a browser's preflight is answered without a key, for any header", async () => {
    const response = await exports.default.fetch("https://espalier.test/v1/chat/completions", {
      method: "OPTIONS",
      headers: {
        origin: "https://example.org",
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,content-type,x-stainless-lang",
      },
    });
    expect(response.status).toBe(204);
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    expect(response.headers.get("access-control-allow-headers")).toContain("x-stainless-lang");
  });
});

describe("bodies", () => {
  const messages = [{ role: "user", content: "hi" }];
  const base = { model: MODEL, messages };

  test.each<[string, unknown, number, string | null, string | null]>([
    ["no JSON", "{", 400, "invalid_json", null],
    ["an empty body", "", 400, "invalid_json", null],
    ["an array", [], 400, "invalid_json", null],
    ["JSON nested too deep", `${"[".repeat(100)}${"]".repeat(100)}`, 400, "invalid_json", null],
    ["no messages", { model: MODEL }, 400, "missing_required_parameter", "messages"],
    ["null messages", { model: MODEL, messages: null }, 400, "invalid_type", "messages"],
    ["empty messages", { model: MODEL, messages: [] }, 400, "array_below_min_length", "messages"],
    ["no model", { messages }, 400, "missing_required_parameter", "model"],
    ["an unknown model", { ...base, model: "nope" }, 404, "model_not_found", "model"],
    [
      "an unknown role",
      { ...base, messages: [{ role: "king", content: "" }] },
      400,
      "invalid_value",
      "messages[0].role",
    ],
    [
      "no role",
      { ...base, messages: [...messages, { content: "" }] },
      400,
      "missing_required_parameter",
      "messages[1].role",
    ],
    [
      "content of a wrong type",
      { ...base, messages: [{ role: "user", content: 7 }] },
      400,
      "invalid_type",
      "messages[0].content",
    ],
    ["a temperature out of range", { ...base, temperature: 2.5 }, 400, "decimal_above_max_value", "temperature"],
    ["max_tokens of 0", { ...base, max_tokens: 0 }, 400, "integer_below_min_value", "max_tokens"],
    ["n of 0", { ...base, n: 0 }, 400, "integer_below_min_value", "n"],
    ["five stops", { ...base, stop: ["a", "b", "c", "d", "e"] }, 400, null, "stop"],
    ["a seed that is no integer", { ...base, seed: 1.5 }, 400, "invalid_type", "seed"],
    ["logprobs", { ...base, logprobs: true }, 400, "unsupported_parameter", "logprobs"],
    ["audio", { ...base, modalities: ["text", "audio"] }, 400, "unsupported_value", "modalities"],
    ["an unknown key in search", { ...base, search: { metod: "x" } }, 400, "unknown_parameter", "search.metod"],
    [
      "an unknown key in the budget",
      { ...base, search: { budget: { max_rolouts: 3 } } },
      400,
      "unknown_parameter",
      "search.budget.max_rolouts",
    ],
    [
      "a budget above its range",
      { ...base, search: { budget: { max_rollouts: 1e6 } } },
      400,
      "integer_above_max_value",
      "search.budget.max_rollouts",
    ],
    [
      "a budget below its range",
      { ...base, search: { budget: { max_rollouts: 0 } } },
      400,
      "integer_below_min_value",
      "search.budget.max_rollouts",
    ],
    ["an unknown method", { ...base, search: { method: "magic" } }, 400, "invalid_value", "search.method"],
    [
      "a verifier for another kind of problem",
      { ...base, search: { method: "best_of_n", verifier: "game_of_24" } },
      400,
      "unsupported_value",
      "search.verifier",
    ],
    [
      "a verifier's parameter it does not have",
      { ...base, search: { method: "best_of_n", verifier: ["agreement", { type: "agreement", sample: 3 }] } },
      400,
      "unknown_parameter",
      "search.verifier[1].sample",
    ],
    [
      "a parameter outside its range",
      { ...base, search: { method: "mcts", params: { exploration_weight: -1 } } },
      400,
      null,
      "search.params.exploration_weight",
    ],
    [
      "a prompt template with an unknown placeholder",
      { ...base, search: { method: "best_of_n", verifier: "value", prompts: { value: { template: "Rate {it}" } } } },
      400,
      "invalid_value",
      "search.prompts.value.template",
    ],
    [
      "a prompt that this search does not use",
      { ...base, search: { method: "best_of_n", verifier: "agreement", prompts: { critique: { samples: 2 } } } },
      400,
      "unknown_parameter",
      "search.prompts.critique",
    ],
    [
      "a selection that does not exist",
      { ...base, search: { method: "best_of_n", selection: "coin" } },
      400,
      "invalid_value",
      "search.selection",
    ],
    [
      "a method whose needs are not met",
      { ...base, search: { method: "beam", verifier: "agreement" } },
      400,
      "unsupported_value",
      "search.method",
    ],
  ])("%s", async (_name, body, status, code, param) => {
    const response = await call(key, "POST", "/v1/chat/completions", body);
    const error = await refusalOf(response);
    expect([response.status, error.param]).toEqual([status, param]);
    if (code !== null) expect(error.code).toBe(code);
  });

  test("a body over the limit is 413, counted while it is read", async () => {
    let sent = 0;
    const piece = new Uint8Array(1024 * 1024).fill(0x20);
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        if (sent++ < 25) controller.enqueue(piece);
        else controller.close();
      },
    });
    const response = await exports.default.fetch("https://espalier.test/v1/chat/completions", {
      method: "POST",
      headers: { authorization: `Bearer ${key}` },
      body,
    });
    expect(response.status).toBe(413);
    expect(await refusalOf(response)).toMatchObject({ code: "request_too_large" });
  });

  test("a body just under the limit is carried through whole, whatever its characters", async () => {
    const text = `scenario=hello ${"a".repeat(18_000_000)}🌳`;
    const response = await call(key, "POST", "/v1/chat/completions", {
      ...base,
      messages: [{ role: "user", content: text }],
    });
    expect(response.status).toBe(200);
  });

  test("null is accepted for every optional parameter, and unknown ones are ignored", async () => {
    const nothing = Object.fromEntries(
      "stream stream_options max_completion_tokens max_tokens temperature top_p n stop seed logprobs modalities tools tool_choice response_format search metadata user store reasoning_effort"
        .split(" ")
        .map((name) => [name, null]),
    );
    const body = {
      ...nothing,
      stop: [],
      tools: [],
      top_k: 5,
      madeUp: { deep: 1 },
      model: MODEL,
      messages: question("hello").messages,
    };
    expect((await call(key, "POST", "/v1/chat/completions", body)).status).toBe(200);
  });

  test.each(["/chat/completions", "/v1/chat/completions/"])("%s is accepted", async (path) => {
    const response = await call(key, "POST", path, { model: MODEL, messages: question("hello").messages });
    expect(response.status).toBe(200);
  });
});

test("whoever starts a search says where it should live; whoever looks for it does not", () => {
  const asked: unknown[] = [];
  const recorder = { SEARCH_TREE: { getByName: (...args: unknown[]) => asked.push(args) } } as unknown as Env;
  searchStub(recorder, "t", "s", "weur");
  searchStub(recorder, "t", "s");
  expect(asked).toEqual([
    ["t/s", { locationHint: "weur" }],
    ["t/s", {}],
  ]);
});
