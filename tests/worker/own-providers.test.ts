import {
  abortAllDurableObjects,
  createExecutionContext,
  runDurableObjectAlarm,
  runInDurableObject,
} from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import { app } from "../../src/api/app.ts";
import type { OpenApiDocument } from "../../src/api/openapi/document.ts";
import { providersOf } from "../../src/env.ts";
import type { StoredProvider } from "../../src/own-providers.ts";
import { ADMIN_KEY, CREDENTIAL_KEYS } from "../setup/admin-key.ts";
import { HELLO } from "../setup/scenarios.ts";
import { accepts } from "./accepts.ts";
import { type Answer, admin, mintManager, operator } from "./admin-client.ts";
import { administer, call, callsOf, MODEL, mintKey, question, tenantOf, until } from "./client.ts";

// RELIABILITY.md, "Tenant provider credentials at rest"; T1, T3, T22, I12.

const UPSTREAM = providersOf(env).find(({ name }) => name === "scripted")?.baseUrl ?? "";
const OWN = "mine/model";

let tenants = 0;

interface Party {
  readonly tenantId: string;
  readonly manager: string;
  readonly key: string;
}

async function party(): Promise<Party> {
  const tenantId = `tenant_own_${tenants++}`;
  const key = await mintKey(tenantId);
  return { tenantId, key, manager: await mintManager(tenantId) };
}

/** An entry as PROVIDERS has it, of the scripted upstream. */
function entry(apiKey: string | null, more: object = {}) {
  return { name: "mine", baseUrl: UPSTREAM, apiKey, models: [{ id: OWN, upstream: "scripted" }], ...more };
}

async function bring(manager: string, body: object): Promise<Answer["body"]> {
  const made = await admin(manager, "POST", "/providers", body);
  expect([made.status, made.text]).toEqual([200, expect.anything()]);
  return made.body;
}

/** Asks that model once, and says with which keys the upstream was asked. */
async function ask(key: string, model = OWN, scenario = "hello") {
  const { tag, messages } = question(scenario);
  const response = await call(key, "POST", "/v1/chat/completions", { model, messages, store: true });
  const body = await response.json<Answer["body"]>();
  const keys = (await callsOf(tag)).map(({ headers }) => headers.authorization ?? null);
  const searchId = response.headers.get("x-search-id");
  // What the log says, where it has failed: the error that a client is shown is the same for all refused credentials.
  const reason = response.ok ? "" : await (await call(key, "GET", `/v1/searches/${searchId}/events`)).text();
  return { status: response.status, headers: response.headers, body, keys, tag, reason };
}

/** The admin API of a deployment with other master keys: its tenants are the same. */
async function deployedWith(
  keys: object | null,
  key: string,
  method: string,
  path: string,
  body?: object,
): Promise<Answer> {
  const request = new Request(`https://espalier.test/v1/admin${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const bindings = { ...env, CREDENTIAL_KEYS: keys === null ? "" : JSON.stringify(keys) };
  const response = await app.fetch(request, bindings, createExecutionContext());
  const text = await response.text();
  return { status: response.status, text, body: JSON.parse(text) };
}

const ONLY_OLD = { current: "old", keys: { old: CREDENTIAL_KEYS.keys.old } };
const ONLY_NEW = { current: "new", keys: { new: CREDENTIAL_KEYS.keys.new } };

describe("a tenant's own provider", () => {
  test("is asked with its own key, and is no other tenant's", async () => {
    const [a, b] = [await party(), await party()];
    await bring(a.manager, entry("sk-own-of-a-0123456789"));
    expect(await ask(a.key)).toMatchObject({ status: 200, keys: ["Bearer sk-own-of-a-0123456789"] });
    expect(await ask(b.key)).toMatchObject({ status: 404, body: { error: { code: "model_not_found" } }, keys: [] });
    await bring(b.manager, entry("sk-own-of-b-0123456789"));
    const rounds = Array.from({ length: 8 }, (_unused, round) => ask(round % 2 === 0 ? a.key : b.key));
    const answers = await Promise.all(rounds);
    const expected = answers.map((_unused, round) => [`Bearer sk-own-of-${round % 2 === 0 ? "a" : "b"}-0123456789`]);
    expect(answers.map(({ keys }) => keys)).toEqual(expected);
  });

  test("serves a model of the deployment's instead of the deployment, for this tenant alone", async () => {
    const [a, b] = [await party(), await party()];
    await bring(a.manager, entry("sk-own-shadow-0123456789", { models: [{ id: MODEL, upstream: "scripted" }] }));
    expect((await ask(a.key, MODEL)).keys).toEqual(["Bearer sk-own-shadow-0123456789"]);
    expect((await ask(b.key, MODEL)).keys).toEqual(["Bearer sk-upstream-canary"]);
  });

  test("never hands over to the deployment's when it fails", async () => {
    const { manager, key } = await party();
    await bring(manager, entry("sk-own-down-0123456789", { models: [{ id: MODEL, upstream: "scripted" }] }));
    const { status, keys } = await ask(key, MODEL, "unavailable");
    expect(status).toBe(502);
    expect(new Set(keys)).toEqual(new Set(["Bearer sk-own-down-0123456789"]));
  });

  test("is asked in a search of many calls, and after a crash", async () => {
    const { manager, key, tenantId } = await party();
    await bring(manager, entry("sk-own-crash-0123456789"));
    const { tag, messages } = question("slow");
    const search = { method: "best_of_n", verifier: "agreement", budget: { max_rollouts: 6, max_parallel: 2 } };
    const response = call(key, "POST", "/v1/chat/completions", { model: OWN, messages, stream: true, search });
    const id = (await response).headers.get("x-search-id") ?? "";
    await until(async () => (await callsOf(tag)).length >= 3);
    await abortAllDurableObjects();
    const stub = env.SEARCH_TREE.getByName(`${tenantId}/${id}`);
    await runDurableObjectAlarm(stub);
    await until(async () => {
      const view = await (await call(key, "GET", `/v1/searches/${id}`)).json<{ state: string }>();
      return view.state === "completed";
    });
    const calls = await callsOf(tag);
    expect(calls.length).toBeGreaterThanOrEqual(6);
    expect(new Set(calls.map(({ headers }) => headers.authorization))).toEqual(
      new Set(["Bearer sk-own-crash-0123456789"]),
    );
  });

  test("I8: the same Idempotency-Key is the same search, though it is planned twice each time", async () => {
    const { manager, key } = await party();
    await bring(manager, entry("sk-own-keyed-0123456789"));
    const { tag, messages } = question("hello");
    const send = () =>
      exports.default.fetch("https://espalier.test/v1/chat/completions", {
        method: "POST",
        headers: { authorization: `Bearer ${key}`, "content-type": "application/json", "idempotency-key": "once" },
        body: JSON.stringify({ model: OWN, messages }),
      });
    const [first, second] = [await send(), await send()];
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(second.headers.get("x-search-id")).toBe(first.headers.get("x-search-id"));
    expect(await callsOf(tag)).toHaveLength(1);
  });

  test("is planned with in an estimate", async () => {
    const { manager, key } = await party();
    const price = { promptMicrodollarsPerMillion: 5_000_000, completionMicrodollarsPerMillion: 5_000_000 };
    const { messages } = question("hello");
    const estimate = () => call(key, "POST", "/v1/search/estimate", { model: OWN, messages });
    expect((await estimate()).status).toBe(404);
    await bring(manager, entry(null, { models: [{ id: OWN, upstream: "scripted", price }] }));
    expect((await estimate()).status).toBe(200);
  });

  test("is in the list of models of its tenant, and of no other", async () => {
    const [a, b] = [await party(), await party()];
    await bring(a.manager, entry(null));
    const ids = async (key: string) =>
      (await (await call(key, "GET", "/v1/models")).json<{ data: { id: string }[] }>()).data.map(({ id }) => id);
    expect(await ids(a.key)).toContain(OWN);
    expect(await ids(b.key)).not.toContain(OWN);
    expect((await call(a.key, "GET", `/v1/models/${OWN}`)).status).toBe(200);
    expect((await call(b.key, "GET", `/v1/models/${OWN}`)).status).toBe(404);
  });

  test("without a key is asked without one", async () => {
    const { manager, key } = await party();
    expect((await bring(manager, entry(null))).credential).toBeNull();
    expect(await ask(key)).toMatchObject({ status: 200, keys: [null] });
  });

  test("is gone when it is deleted", async () => {
    const { manager, key } = await party();
    const { id } = await bring(manager, entry("sk-own-gone-0123456789"));
    expect((await ask(key)).status).toBe(200);
    expect((await admin(manager, "DELETE", `/providers/${id}`)).body).toEqual({
      object: "provider.deleted",
      id,
      deleted: true,
    });
    expect((await ask(key)).status).toBe(404);
    expect((await admin(manager, "GET", `/providers/${id}`)).body.error.code).toBe("provider_not_found");
  });

  test("is priced as its tenant says, in the tenant's own usage", async () => {
    const { manager, key } = await party();
    const price = { promptMicrodollarsPerMillion: 1_000_000, completionMicrodollarsPerMillion: 1_000_000 };
    await bring(manager, entry(null, { models: [{ id: OWN, upstream: "scripted", price }] }));
    const { body, headers } = await ask(key);
    const tokens = body.usage.total_tokens;
    expect(tokens).toBeGreaterThan(0);
    expect(Number(headers.get("x-search-cost-usd"))).toBeCloseTo(tokens / 1_000_000, 9);
  });
});

describe("what a tenant may bring", () => {
  let manager = "";
  beforeAll(async () => {
    ({ manager } = await party());
  });

  test.each([
    [{ baseUrl: "http://127.0.0.1:9/v1" }, "baseUrl"],
    [{ baseUrl: "https://10.0.0.1/v1" }, "baseUrl"],
    [{ baseUrl: "https://metadata.internal/v1" }, "baseUrl"],
    [{ baseUrl: "http://api.openai.com/v1" }, "baseUrl"],
    [{ baseUrl: "https://user:pass@api.openai.com/v1" }, "baseUrl"],
    [{ baseUrl: undefined }, "baseUrl"],
    [{ adapter: "workers-ai" }, "adapter"],
    [{ apiKey: "sk-with\nnewline" }, "apiKey"],
    [{ models: [] }, "models"],
    [
      { models: [{ id: OWN, price: { promptMicrodollarsPerMillion: -1 } }] },
      "models[0].price.promptMicrodollarsPerMillion",
    ],
    [{ misspelt: 1 }, "misspelt"],
    [{ sealedKey: "x" }, "sealedKey"],
    [{ addressRules: null, name: "" }, "name"],
  ])("is not %j", async (more, param) => {
    const refused = await admin(manager, "POST", "/providers", entry(null, more));
    expect([refused.status, refused.body.error.param]).toEqual([400, param]);
    expect((await admin(manager, "GET", "/providers")).body.data).toEqual([]);
  });

  test("is no second of the same name", async () => {
    const { manager: other } = await party();
    await bring(other, entry(null));
    expect((await admin(other, "POST", "/providers", entry(null))).body.error.code).toBe("provider_exists");
  });

  test("needs a key that manages the whole tenant", async () => {
    const { tenantId, key } = await party();
    expect((await admin(key, "GET", "/providers")).status).toBe(403);
    const reader = await mintManager(tenantId, ["providers:read"]);
    expect((await admin(reader, "GET", "/providers")).status).toBe(200);
    expect((await admin(reader, "POST", "/providers", entry(null))).body.error.code).toBe("missing_scope");
  });

  test("needs a deployment that can seal it, if it has a key", async () => {
    const { manager: other } = await party();
    const refused = await deployedWith(null, other, "POST", "/providers", entry("sk-x"));
    expect([refused.status, refused.body.error.code]).toEqual([400, "credentials_not_configured"]);
    expect((await deployedWith(null, other, "POST", "/providers", entry(null))).status).toBe(200);
  });
});

describe("a credential", () => {
  test("is shown by its last four characters and a fingerprint, and never again as it is", async () => {
    const { manager } = await party();
    const made = await bring(manager, entry("sk-own-shown-0123456789"));
    expect(made.credential).toEqual({
      last_four: "6789",
      fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
      origin: new URL(UPSTREAM).origin,
      version: 1,
      decryptable: true,
    });
    const read = await admin(manager, "GET", `/providers/${made.id}`);
    expect(read.body).toEqual(made);
    expect((await admin(manager, "GET", "/providers")).body.data).toEqual([made]);
    expect(JSON.stringify(made)).not.toMatch(/sk-own-shown|apiKey|sealed/);
  });

  test("is needed once more for another origin, and not for another path of its own", async () => {
    const { manager, key } = await party();
    const { id } = await bring(manager, entry("sk-own-origin-0123456789"));
    const elsewhere = await admin(manager, "POST", `/providers/${id}`, { baseUrl: "https://10.0.0.1/v1" });
    expect([elsewhere.status, elsewhere.body.error.code, elsewhere.body.error.param]).toEqual([
      400,
      "invalid_value",
      "baseUrl",
    ]);
    const other = `${new URL(env.SCORER_URL).origin}/v1`;
    const moved = await admin(manager, "POST", `/providers/${id}`, { baseUrl: other });
    expect([moved.status, moved.body.error.code, moved.body.error.param]).toEqual([
      400,
      "credential_required",
      "apiKey",
    ]);
    const path = await admin(manager, "POST", `/providers/${id}`, { baseUrl: `${UPSTREAM}/` });
    expect([path.status, path.body.credential.version]).toEqual([200, 1]);
    expect((await ask(key)).keys).toEqual(["Bearer sk-own-origin-0123456789"]);
    const both = await admin(manager, "POST", `/providers/${id}`, {
      baseUrl: other,
      apiKey: "sk-own-other-0123456789",
    });
    expect(both.body.credential).toMatchObject({ origin: new URL(other).origin, version: 3, decryptable: true });
  });

  test("does not open for another origin, should somebody change the row itself", async () => {
    const { manager, key, tenantId } = await party();
    await bring(manager, entry("sk-own-bound-0123456789"));
    const other = `${new URL(env.SCORER_URL).origin}/v1`;
    const provider = await rowOf(tenantId);
    await administer(tenantId, "provider.update", {
      provider: { ...provider, revision: 2, config: { ...provider.config, baseUrl: other } },
      dataKey: null,
    });
    expect((await admin(manager, "GET", "/providers")).body.data[0].credential.decryptable).toBe(false);
    const { status, keys, reason } = await ask(key);
    expect([status, keys, reason]).toEqual([502, [], expect.stringContaining("cannot be decrypted")]);
  });

  test("does not open in another provider's place, nor in another tenant's", async () => {
    const [a, b] = [await party(), await party()];
    await bring(a.manager, entry("sk-own-place-0123456789"));
    const stolen = await rowOf(a.tenantId);
    await administer(a.tenantId, "provider.create", {
      provider: { ...stolen, providerId: "prov_copy", config: { ...stolen.config, name: "copy" } },
      dataKey: null,
    });
    const [dataKey = null] = await administer(a.tenantId, "data-key.list", {});
    await administer(b.tenantId, "provider.create", { provider: stolen, dataKey });
    const shown = async (manager: string) =>
      (await admin(manager, "GET", "/providers")).body.data.map((one: Answer["body"]) => [
        one.name,
        one.credential.decryptable,
      ]);
    expect(await shown(a.manager)).toEqual(
      expect.arrayContaining([
        ["mine", true],
        ["copy", false],
      ]),
    );
    expect(await shown(b.manager)).toEqual([["mine", false]]);
    expect((await ask(b.key)).keys).toEqual([]);
  });

  test("is another one as soon as it is changed, and none where it is taken away", async () => {
    const { manager, key } = await party();
    const made = await bring(manager, entry("sk-own-first-0123456789"));
    expect((await ask(key)).keys).toEqual(["Bearer sk-own-first-0123456789"]);
    const second = await admin(manager, "POST", `/providers/${made.id}`, { apiKey: "sk-own-second-0123456789" });
    expect(second.body.credential).toMatchObject({ version: 2, decryptable: true });
    expect(second.body.credential.fingerprint).not.toBe(made.credential.fingerprint);
    expect(second.body.models).toEqual(made.models);
    expect((await ask(key)).keys).toEqual(["Bearer sk-own-second-0123456789"]);
    const renamed = await admin(manager, "POST", `/providers/${made.id}`, { name: "renamed", maxConcurrent: 3 });
    expect(renamed.body).toMatchObject({ name: "renamed", maxConcurrent: 3, credential: second.body.credential });
    const unbound = await admin(manager, "POST", `/providers/${made.id}`, { maxConcurrent: null });
    expect(unbound.body).not.toHaveProperty("maxConcurrent");
    expect((await admin(manager, "POST", `/providers/${made.id}`, { apiKey: null })).body.credential).toBeNull();
    expect((await ask(key)).keys).toEqual([null]);
  });

  test("of which only one of two changes at once is made, the other is told", async () => {
    const { manager, tenantId } = await party();
    await bring(manager, entry("sk-own-race-0123456789"));
    const provider = { ...(await rowOf(tenantId)), revision: 2 };
    await administer(tenantId, "provider.update", { provider, dataKey: null });
    await expect(administer(tenantId, "provider.update", { provider, dataKey: null })).rejects.toThrow(
      "provider_changed",
    );
  });

  test("leaves exactly one entry in the audit log for each change, and nothing of itself", async () => {
    const { manager } = await party();
    const { id } = await bring(manager, entry("sk-own-audit-0123456789"));
    await admin(manager, "POST", `/providers/${id}`, { apiKey: "sk-own-audit2-0123456789" });
    await admin(manager, "POST", `/providers/${id}/test`, {});
    await admin(manager, "DELETE", `/providers/${id}`);
    const log = await admin(manager, "GET", "/audit?limit=100");
    const actions = log.body.data.map(({ action }: { action: string }) => action);
    expect(actions.filter((action: string) => action.startsWith("provider."))).toEqual([
      "provider.create",
      "provider.update",
      "provider.delete",
    ]);
    expect(log.text).not.toContain("sk-own-audit");
  });
});

describe("the test call", () => {
  test("says that the provider answers, how fast and as which model", async () => {
    const { manager } = await party();
    const { id } = await bring(manager, entry("sk-own-test-0123456789"));
    const tested = await admin(manager, "POST", `/providers/${id}/test`, { model: OWN });
    expect(tested.body).toMatchObject({ object: "provider.test", provider_id: id, model: OWN, ok: true, error: null });
    expect(tested.body.latency_ms).toBeGreaterThanOrEqual(0);
    expect(typeof tested.body.answered_model).toBe("string");
  });

  test("says by a typed error that it does not", async () => {
    const { manager } = await party();
    const baseUrl = `${new URL(env.SCORER_URL).origin}/v1`;
    const { id } = await bring(manager, entry("sk-own-refused-0123456789", { baseUrl }));
    const tested = await admin(manager, "POST", `/providers/${id}/test`, {});
    expect(tested.body).toMatchObject({ ok: false, answered_model: null, error: { type: "model-not-found" } });
    expect(tested.text).not.toContain("sk-own-refused");
    expect((await admin(manager, "POST", `/providers/${id}/test`, { model: "nobody's" })).status).toBe(404);
  });

  test("T1: an address that is public no more is not called, though it is stored", async () => {
    const { manager, tenantId } = await party();
    await bring(manager, entry(null));
    const provider = await rowOf(tenantId);
    const config = { ...provider.config, baseUrl: env.CONTROL_URL };
    await administer(tenantId, "provider.update", { provider: { ...provider, revision: 2, config }, dataKey: null });
    const tested = await admin(manager, "POST", `/providers/${provider.providerId}/test`, {});
    expect(tested.body).toMatchObject({ ok: false, error: { type: "unavailable" } });
    expect(tested.body.error.message).toContain("address");
  });
});

describe("T22: the master keys are rotated", () => {
  test("tenants' keys work before, during and after, and the old one may go when nothing remains", async () => {
    const { manager, key } = await party();
    const made = await deployedWith(ONLY_OLD, manager, "POST", "/providers", entry("sk-own-rotated-0123456789"));
    expect(made.body.credential.decryptable).toBe(true);
    expect((await ask(key)).keys).toEqual(["Bearer sk-own-rotated-0123456789"]);
    const before = (await operator("GET", "/credential_keys")).body;
    expect(before).toMatchObject({ current: "new", configured: ["old", "new"], undecryptable: 0, removable: [] });
    expect(before.remaining).toBeGreaterThan(0);
    expect((await deployedWith(ONLY_NEW, ADMIN_KEY, "GET", "/credential_keys")).body.undecryptable).toBe(
      before.remaining,
    );
    const rotated = (await operator("POST", "/credential_keys/rotate", {})).body;
    expect(rotated).toMatchObject({ remaining: 0, undecryptable: 0, removable: ["old"], next_after: null });
    expect(rotated.by_key).toEqual({ new: rotated.up_to_date });
    const read = await deployedWith(ONLY_NEW, manager, "GET", `/providers/${made.body.id}`);
    expect(read.body.credential).toEqual(made.body.credential);
    expect((await ask(key)).keys).toEqual(["Bearer sk-own-rotated-0123456789"]);
    const actions = (await admin(manager, "GET", "/audit?limit=100")).body.data.map(
      ({ action }: Answer["body"]) => action,
    );
    expect(actions.filter((action: string) => action === "data-key.rewrap")).toHaveLength(1);
    expect((await admin(manager, "POST", "/audit/verify", {})).body).toMatchObject({ intact: true });
  });

  test("under load: searches go on while two rotations run at once", async () => {
    const { manager, key } = await party();
    await deployedWith(ONLY_OLD, manager, "POST", "/providers", entry("sk-own-loaded-0123456789"));
    const asked = Array.from({ length: 8 }, () => ask(key, OWN, "slow"));
    const rotations = [
      operator("POST", "/credential_keys/rotate", {}),
      operator("POST", "/credential_keys/rotate", {}),
    ];
    const answers = await Promise.all(asked);
    for (const { status, keys } of answers) expect([status, keys]).toEqual([200, ["Bearer sk-own-loaded-0123456789"]]);
    for (const { body } of await Promise.all(rotations)) expect(body).toMatchObject({ remaining: 0, undecryptable: 0 });
    expect((await deployedWith(ONLY_NEW, manager, "GET", "/providers")).body.data[0].credential.decryptable).toBe(true);
  });

  test("a credential whose master key is gone is told in the list and by every call; the others go on", async () => {
    const { manager, key } = await party();
    const gone = { current: "gone", keys: { gone: btoa("g".repeat(32)) } };
    const models = [{ id: "mine/lost", upstream: "scripted" }];
    const lost = await deployedWith(
      gone,
      manager,
      "POST",
      "/providers",
      entry("sk-own-lost-0123456789", { name: "lost", models }),
    );
    expect(lost.body.credential.decryptable).toBe(true);
    await bring(manager, entry("sk-own-kept-0123456789"));
    const listed = (await admin(manager, "GET", "/providers")).body.data;
    expect(listed.map(({ name, credential }: Answer["body"]) => [name, credential.decryptable])).toEqual([
      ["lost", false],
      ["mine", true],
    ]);
    const failed = await ask(key, "mine/lost");
    expect([failed.status, failed.keys]).toEqual([502, []]);
    expect(failed.reason).toContain("cannot be decrypted");
    expect((await ask(key)).keys).toEqual(["Bearer sk-own-kept-0123456789"]);
    const audit = (await operator("GET", "/credential_keys")).body;
    expect([audit.undecryptable, audit.by_key.gone]).toEqual([1, 1]);
    const mended = await admin(manager, "POST", `/providers/${lost.body.id}`, { apiKey: "sk-own-mended-0123456789" });
    expect(mended.body.credential.decryptable).toBe(true);
    expect((await ask(key, "mine/lost")).keys).toEqual(["Bearer sk-own-mended-0123456789"]);
  });

  test("is the operator's alone", async () => {
    const { manager } = await party();
    expect((await admin(manager, "GET", "/credential_keys")).status).toBe(401);
    expect((await admin(manager, "POST", "/credential_keys/rotate", {})).status).toBe(401);
  });
});

test("I12: the clear text of a credential is nowhere at rest, and in no answer", async () => {
  const { manager, key, tenantId } = await party();
  const canary = "sk-canary-at-rest-5b1f77";
  const { id } = await bring(manager, entry(canary));
  const { body, keys, tag } = await ask(key);
  expect(keys).toEqual([`Bearer ${canary}`]);
  expect(body.choices[0].message.content).toBe(HELLO);
  const failed = await ask(key, OWN, "unauthorized");
  const texts = [
    JSON.stringify([body, failed.body]),
    (await admin(manager, "GET", "/providers")).text,
    (await admin(manager, "GET", `/providers/${id}`)).text,
    await (await call(key, "GET", `/v1/searches/${body.search.id}/events`)).text(),
    await (await call(key, "GET", `/v1/searches/${body.search.id}`)).text(),
    await everythingIn(tenantOf(tenantId)),
    await everythingIn(env.SEARCH_TREE.getByName(`${tenantId}/${body.search.id}`)),
    await everythingInD1(),
  ];
  const all = texts.join("\n");
  // The dumps are dumps: what is known to be there is found.
  expect(texts[5]).toContain("v1.A256GCM.");
  expect(texts[6]).toContain(tag);
  expect(texts[7]).toContain(tenantId);
  for (const form of [canary, btoa(canary), btoa(canary).slice(0, 20), "at-rest-5b1f"]) expect(all).not.toContain(form);
});

test("answers are as the OpenAPI document says", async () => {
  const { manager } = await party();
  const document = await (await call(null, "GET", "/openapi.json")).json<OpenApiDocument>();
  const made = await bring(manager, entry("sk-own-document-0123456789"));
  const answers = {
    Provider: made,
    ProviderList: (await admin(manager, "GET", "/providers")).body,
    ProviderTestAnswer: (await admin(manager, "POST", `/providers/${made.id}/test`, {})).body,
    CredentialKeys: (await operator("GET", "/credential_keys")).body,
  };
  for (const [name, value] of Object.entries(answers)) expect(accepts(document, name, value), name).toBe(true);
});

async function rowOf(tenantId: string): Promise<StoredProvider> {
  const [provider] = (await administer(tenantId, "provider.list", {})).providers;
  if (provider === undefined) throw new Error(`${tenantId} has no provider`);
  return provider;
}

/** All rows of all tables of an object, and all of its key-value pairs. */
async function everythingIn(stub: DurableObjectStub): Promise<string> {
  return runInDurableObject(stub, (_instance, { storage }) => {
    const names = storage.sql
      .exec<{ name: string }>(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\'",
      )
      .toArray();
    const tables = names.map(({ name }) => storage.sql.exec(`SELECT * FROM "${name}"`).toArray());
    const decode = (_key: string, value: unknown) =>
      value instanceof ArrayBuffer ? new TextDecoder().decode(value) : value;
    return JSON.stringify([tables, [...storage.kv.list()]], decode);
  });
}

async function everythingInD1(): Promise<string> {
  const { results } = await env.DB.prepare(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\'",
  ).all<{ name: string }>();
  const tables = await Promise.all(results.map(({ name }) => env.DB.prepare(`SELECT * FROM "${name}"`).all()));
  return JSON.stringify(tables.map(({ results: rows }) => rows));
}
