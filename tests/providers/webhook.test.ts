import { createHmac } from "node:crypto";
import { afterEach, describe, expect, test } from "vitest";
import { createCanceller } from "../../src/core/cancellation.ts";
import { createGate } from "../../src/providers/gate.ts";
import { parseScorers } from "../../src/providers/scorers.ts";
import { createWebhook } from "../../src/providers/webhook.ts";
import { parseWebhookSecrets } from "../../src/providers/webhooks/secrets.ts";
import { signedHeaders } from "../../src/providers/webhooks/signature.ts";
import { createJsonServer, type JsonAnswer, type JsonCall, type JsonServer } from "../upstream/json-server.ts";
import { clock } from "./support.ts";

const KEY = Buffer.alloc(24, 7);
const SECRET = `whsec_${KEY.toString("base64")}`;
const OLD_KEY = Buffer.alloc(32, 9);
const OLD_SECRET = `whsec_${OLD_KEY.toString("base64")}`;

const servers: JsonServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function createRig(script: (call: JsonCall) => JsonAnswer, secrets: readonly string[] = [SECRET]) {
  const server = await createJsonServer(script);
  servers.push(server);
  const webhook = createWebhook(
    {
      url: `${server.url}/verify`,
      secret: { name: "s", secrets, origin: server.url },
      rules: { allowedOrigins: [server.url] },
    },
    { gate: createGate(), clock, fetch: (...args) => fetch(...args) },
  );
  const post = (body: string, timeoutMs = 500) => webhook.post(body, timeoutMs, createCanceller().signal);
  return { server, webhook, post };
}

/** As a receiver does it, by the specification and with another implementation of HMAC. */
function signatureOf(call: JsonCall, key: Buffer): string {
  const { "webhook-id": id, "webhook-timestamp": timestamp } = call.headers;
  return `v1,${createHmac("sha256", key).update(`${id}.${timestamp}.${call.text}`).digest("base64")}`;
}

test("T17: the signature is HMAC-SHA256 over id.timestamp.body, and one bit changes it", async () => {
  const { server, post } = await createRig(() => ({ json: { scores: [] } }));
  const { result, attempts } = await post('{"a": "ü"}');
  expect(result).toEqual({ ok: true, value: { scores: [] } });
  const [call] = server.calls;
  if (call === undefined) throw new Error("nothing arrived");
  expect(call.headers["webhook-signature"]).toBe(signatureOf(call, KEY));
  expect(call.headers["webhook-signature"]).not.toBe(signatureOf({ ...call, text: `${call.text} ` }, KEY));
  expect(Math.abs(Number(call.headers["webhook-timestamp"]) - Date.now() / 1000)).toBeLessThan(60);
  expect(call.headers["idempotency-key"]).toBe(call.headers["webhook-id"]);
  expect(attempts).toMatchObject([{ provider: "webhook", outcome: "completed", microdollars: 0, isEstimated: false }]);
});

test("the specification's own example", () => {
  // https://www.standardwebhooks.com: the libraries' common test vector.
  const body = '{"test": 2432232314}';
  const headers = signedHeaders("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330_000, body, [
    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  ]);
  expect(headers["webhook-signature"]).toBe("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
});

test("while a secret is replaced both sign", async () => {
  const { server, post } = await createRig(() => ({ json: {} }), [SECRET, OLD_SECRET]);
  await post("{}");
  const [call] = server.calls;
  if (call === undefined) throw new Error("nothing arrived");
  expect(call.headers["webhook-signature"]).toBe(`${signatureOf(call, KEY)} ${signatureOf(call, OLD_KEY)}`);
});

test("the same content has the same id when it is sent again, other content another", async () => {
  const { server, post } = await createRig(({ number }) => (number === 1 ? { fault: "reset" } : { json: {} }));
  expect((await post("{}")).result).toMatchObject({ ok: false, error: { type: "unavailable" } });
  await post("{}");
  await post("[]");
  const ids = server.calls.map(({ headers }) => headers["webhook-id"]);
  expect(ids[0]).toMatch(/^msg_[0-9a-f]{40}$/);
  expect(ids[1]).toBe(ids[0]);
  expect(ids[2]).not.toBe(ids[0]);
});

test.each<[string, JsonAnswer, string]>([
  ["never answers", { fault: "stall" }, "timeout"],
  ["drips", { dripMs: 20 }, "timeout"],
  ["answers with megabytes", { text: " ".repeat(3_000_000) }, "malformed"],
  ["answers in words", { text: "0.5, I think" }, "malformed"],
  ["is down", { json: {}, status: 502 }, "unavailable"],
  ["wants to be left alone", { json: {}, status: 429, headers: { "retry-after": "1" } }, "rate-limited"],
  ["refuses", { json: { message: "no" }, status: 422 }, "invalid-request"],
])("T14: a scorer that %s fails in time, metered", async (_name, said, type) => {
  const { post } = await createRig(() => said);
  const before = performance.now();
  const { result, attempts } = await post("{}", 300);
  expect(result).toMatchObject({ ok: false, error: { type } });
  expect(attempts.map(({ outcome }) => outcome)).toEqual([type]);
  expect(performance.now() - before).toBeLessThan(5000);
});

test.each([301, 302, 303, 307, 308])(
  "T3: a redirect with %d is not followed, and nothing is retried",
  async (status) => {
    const canary = await createJsonServer(() => ({ json: {} }));
    servers.push(canary);
    const { post } = await createRig(() => ({ json: {}, status, headers: { location: `${canary.url}/` } }));
    expect((await post("{}")).result).toMatchObject({ ok: false, error: { type: "invalid-request" } });
    expect(canary.calls).toEqual([]);
  },
);

test("T1: the address is looked at again when it is sent to, whatever the recipe says", async () => {
  const server = await createJsonServer(() => ({ json: {} }));
  servers.push(server);
  const secret = { name: "s", secrets: [SECRET], origin: server.url };
  const target = { url: `${server.url}/verify`, secret, rules: { allowedOrigins: [] } };
  const webhook = createWebhook(target, { gate: createGate(), clock, fetch: (...args) => fetch(...args) });
  const { result, attempts } = await webhook.post("{}", 500, createCanceller().signal);
  expect(result).toMatchObject({ ok: false, error: { type: "invalid-request" } });
  expect(attempts).toEqual([]);
  expect(server.calls).toEqual([]);
});

describe("WEBHOOK_SECRETS and EGRESS_ALLOW", () => {
  const entry = { secrets: [SECRET], origin: "https://scorer.example.com" };
  test("are read strictly, and are empty where they are left out", () => {
    expect(parseWebhookSecrets(JSON.stringify({ default: entry }))).toEqual({
      ok: true,
      value: [{ name: "default", ...entry }],
    });
    expect(parseScorers({})).toEqual({
      ok: true,
      value: { rewardModels: [], webhookSecrets: [], allowedOrigins: [] },
    });
  });

  test.each<[unknown, RegExp]>([
    [{ a: { ...entry, secrets: [] } }, /WEBHOOK_SECRETS.a.secrets/],
    [{ a: { ...entry, secrets: ["secret-canary"] } }, /WEBHOOK_SECRETS.a.secrets.0/],
    [{ a: { ...entry, origin: "https://scorer.example.com/path" } }, /WEBHOOK_SECRETS.a.origin/],
    [{ a: SECRET }, /WEBHOOK_SECRETS.a/],
    [[], /WEBHOOK_SECRETS/],
  ])("%j is refused without repeating it", (value, message) => {
    const parsed = parseWebhookSecrets(JSON.stringify(value));
    expect(parsed).toMatchObject({ ok: false, error: expect.stringMatching(message) });
    expect(JSON.stringify(parsed)).not.toMatch(/secret-canary|whsec_B/);
  });

  test.each(["x", "{}", '["http://127.0.0.1:9000/path"]', '["127.0.0.1"]'])("EGRESS_ALLOW %s is refused", (text) => {
    expect(parseScorers({ EGRESS_ALLOW: text })).toMatchObject({
      ok: false,
      error: expect.stringMatching(/EGRESS_ALLOW/),
    });
  });
});
