import { listDurableObjectIds } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import type { z } from "zod";
import { chatRequestSchema } from "../../src/api/chat-completions/request.ts";
import { completionRequestSchema } from "../../src/api/completions/request.ts";
import { responseRequestSchema } from "../../src/api/responses/request.ts";
import { callsOf, MODEL, mintKey, question } from "./client.ts";

// T11: whatever a body is, it is answered in OpenAI's shape; what is refused leaves nothing behind and costs nothing.

let key = "";
beforeAll(async () => {
  key = await mintKey("tenant_hostile");
});

interface Endpoint {
  readonly path: string;
  readonly schema: z.ZodObject;
  /** The field that holds the text. */
  readonly field: string;
  readonly bodyOf: (text: string) => Record<string, unknown>;
}

const ENDPOINTS: readonly Endpoint[] = [
  {
    path: "/v1/chat/completions",
    schema: chatRequestSchema,
    field: "messages",
    bodyOf: (text) => ({ model: MODEL, messages: [{ role: "user", content: text }] }),
  },
  {
    path: "/v1/responses",
    schema: responseRequestSchema,
    field: "input",
    bodyOf: (text) => ({ model: MODEL, input: text }),
  },
  {
    path: "/v1/completions",
    schema: completionRequestSchema,
    field: "prompt",
    bodyOf: (text) => ({ model: MODEL, prompt: text }),
  },
];

type Sent = string | Uint8Array;

async function send(path: string, body: Sent, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await exports.default.fetch(`https://espalier.test${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json", ...headers },
    body,
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** A refusal in the right shape; returns its `error`. */
function refusalIn({ status, headers, text }: Answer): { readonly param: string | null; readonly code: string | null } {
  expect([status, text.slice(0, 200)]).toEqual([
    expect.toSatisfy((value) => value >= 400 && value < 500),
    expect.anything(),
  ]);
  expect(headers.get("content-type")).toMatch(/^application\/json/);
  expect(headers.get("x-request-id")).toMatch(/^req_/);
  const { error } = JSON.parse(text);
  expect(Object.keys(error).sort()).toEqual(["code", "message", "param", "type"]);
  expect(error.type).toBe("invalid_request_error");
  return error;
}

/** All that the service keeps: its objects and its rows. */
async function kept(): Promise<{ objects: number; rows: number }> {
  const objects = (await listDurableObjectIds(env.SEARCH_TREE)).length;
  const rows = await env.DB.prepare("SELECT count(*) AS count FROM searches").first<number>("count");
  return { objects, rows: rows ?? 0 };
}

const quoted = (text: string): string => JSON.stringify(text);

/** Each kind of hostile body, around a text whose tag says whether a provider was ever asked. */
const REFUSED: readonly (readonly [string, (endpoint: Endpoint, text: string) => Sent, Record<string, string>?])[] = [
  ["nothing", () => ""],
  ["a space", () => " "],
  ["half an object", (_endpoint, text) => `{"model":${quoted(MODEL)},"input":${quoted(text)}`],
  ["an object and more", ({ bodyOf }, text) => `${JSON.stringify(bodyOf(text))}{}`],
  ["a comment in it", ({ bodyOf }, text) => `/* */${JSON.stringify(bodyOf(text))}`],
  ["a byte order mark in the middle", ({ bodyOf }, text) => `{\ufeff${JSON.stringify(bodyOf(text)).slice(1)}`],
  ["a NUL outside strings", ({ bodyOf }, text) => `${JSON.stringify(bodyOf(text))}\0`],
  ["a NUL as it is in a string", ({ bodyOf }, text) => JSON.stringify(bodyOf(`${text}@`)).replace("@", "\0")],
  ["null", () => "null"],
  ["a number", () => "7"],
  ["a string", (_endpoint, text) => quoted(text)],
  ["an array", ({ bodyOf }, text) => JSON.stringify([bodyOf(text)])],
  ["NaN", ({ bodyOf }, text) => JSON.stringify(bodyOf(text)).replace("{", '{"temperature":NaN,')],
  ["a number beyond all", ({ bodyOf }, text) => JSON.stringify(bodyOf(text)).replace("{", '{"temperature":1e999,')],
  ["a huge seed", ({ bodyOf }, text) => JSON.stringify(bodyOf(text)).replace("{", '{"top_p":1e308,')],
  ["100,000 levels", ({ field }) => `{"${field}":${"[".repeat(100_000)}${"]".repeat(100_000)}}`],
  ["100,000 levels of objects without an end", () => '{"a":'.repeat(100_000)],
  ["21 MB", ({ bodyOf }, text) => JSON.stringify(bodyOf(text + "a".repeat(21 * 1024 * 1024)))],
  ["a key twice", ({ bodyOf }, text) => JSON.stringify(bodyOf(text)).replace("{", `{"model":"nothing",`)],
  [
    "a key twice, once in disguise",
    ({ bodyOf }, text) => JSON.stringify(bodyOf(text)).replace("{", `{"\\u006dodel":${quoted(MODEL)},`),
  ],
  ["a key twice deep down", ({ bodyOf }, text) => JSON.stringify(bodyOf(text)).replace("{", `{"x":[{"a":1,"a":2}],`)],
  ["the wrong text of the right form", ({ field }) => JSON.stringify({ model: MODEL, [field]: 7 })],
  ["another content type", ({ bodyOf }, text) => JSON.stringify(bodyOf(text)), { "content-type": "text/plain" }],
  [
    "a form",
    (_endpoint, text) => `model=${MODEL}&input=${encodeURIComponent(text)}`,
    { "content-type": "application/x-www-form-urlencoded" },
  ],
  ["JSON said to be gzip", ({ bodyOf }, text) => JSON.stringify(bodyOf(text)), { "content-encoding": "gzip" }],
];

describe.each(ENDPOINTS)("POST $path", (endpoint) => {
  const { path, bodyOf, schema } = endpoint;

  const refused = REFUSED.map(([name, bodyFrom, headers = {}]) => [name, bodyFrom, headers] as const);
  test.each(refused)("refuses %s, keeps nothing of it and asks no provider", async (_name, bodyFrom, headers) => {
    const { tag, messages } = question("hello");
    const before = await kept();
    refusalIn(await send(path, bodyFrom(endpoint, messages[0]?.content ?? ""), headers));
    expect(await kept()).toEqual(before);
    expect(await callsOf(tag)).toEqual([]);
  });

  test("refuses a bomb of gzip without unfolding it", async () => {
    const { messages } = question("hello");
    const unfolded = JSON.stringify(bodyOf(`${messages[0]?.content} ${"a".repeat(10 * 1024 * 1024)}`));
    const compressed = new Blob([unfolded]).stream().pipeThrough(new CompressionStream("gzip"));
    const bytes = new Uint8Array(await new Response(compressed).arrayBuffer());
    refusalIn(await send(path, bytes, { "content-encoding": "gzip" }));
    refusalIn(await send(path, bytes));
  });

  test("refuses whatever a field's schema refuses, and names the field", async () => {
    const { tag, messages } = question("hello");
    const valid = bodyOf(messages[0]?.content ?? "");
    const fields = Object.keys(schema.shape);
    const before = await kept();
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...fields), fc.jsonValue({ maxDepth: 3 }), async (field, value) => {
        fc.pre(value !== null && schema.shape[field]?.safeParse(value).success === false);
        const { param } = refusalIn(await send(path, JSON.stringify({ ...valid, [field]: value })));
        expect([field, param?.split(/[.[]/)[0]]).toEqual([field, field]);
      }),
      { numRuns: 250 },
    );
    expect(await kept()).toEqual(before);
    expect(await callsOf(tag)).toEqual([]);
  });

  test("has no answer of its own making for any value of any field", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...Object.keys(schema.shape), "search", "metadata", "tools", "tool_choice", "reasoning"),
        fc.oneof(fc.jsonValue({ maxDepth: 4 }), fc.array(fc.dictionary(fc.constantFrom("type", "role"), fc.string()))),
        async (field, value) => {
          const { messages } = question("hello");
          const body = { ...bodyOf(messages[0]?.content ?? ""), [field]: value };
          const answer = await send(path, JSON.stringify(body));
          if (answer.status !== 200) refusalIn(answer);
        },
      ),
      { numRuns: 120 },
    );
  });

  test.each<[string, (text: string) => string]>([
    ["a lone surrogate", (text) => JSON.stringify(bodyOf(`${text} \ud83c`))],
    ["a NUL, escaped", (text) => JSON.stringify(bodyOf(`${text} \0`))],
    [
      "__proto__",
      (text) => JSON.stringify(bodyOf(text)).replace("{", '{"__proto__":{"model":"nothing","stream":true},'),
    ],
    ["a constructor", (text) => JSON.stringify(bodyOf(text)).replace("{", '{"constructor":{"prototype":{"n":9}},')],
    ["10 MB", (text) => JSON.stringify(bodyOf(text + "a".repeat(10 * 1024 * 1024)))],
    ["white space around it", (text) => `\r\n\t ${JSON.stringify(bodyOf(text))} \n`],
    ["a byte order mark before it", (text) => `\ufeff${JSON.stringify(bodyOf(text))}`],
  ])("answers a request with %s as what it is", async (_name, jsonOf) => {
    const { tag, messages } = question("hello");
    const { status, text } = await send(path, jsonOf(messages[0]?.content ?? ""));
    expect([status, text.slice(0, 300)]).toEqual([200, expect.stringContaining('"object"')]);
    expect(await callsOf(tag)).toHaveLength(1);
  });
});

test("100,000 messages are answered or refused, and never a bug", async () => {
  const { messages } = question("hello");
  const many = Array.from({ length: 100_000 }, () => ({ role: "user", content: "a" }));
  const answer = await send("/v1/chat/completions", JSON.stringify({ model: MODEL, messages: [...many, ...messages] }));
  if (answer.status !== 200) refusalIn(answer);
});
