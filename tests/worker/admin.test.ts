import { env, runInDurableObject } from "cloudflare:test";
import { beforeAll, describe, expect, test } from "vitest";
import { rowToKey } from "../../durable-objects/tenant/imported-key.ts";
import { createDeploymentKey } from "../../src/api/keys/deployment-key.ts";
import { parseKey } from "../../src/api/keys/format.ts";
import type { OpenApiDocument } from "../../src/api/openapi/document.ts";
import { ROUTES } from "../../src/api/routes.ts";
import { listKeys } from "../../src/db/keys.ts";
import { PERMISSIONS, type Permission } from "../../src/ledger/keys/permissions.ts";
import { accepts } from "./accepts.ts";
import { type Answer, admin, mintManager, operator } from "./admin-client.ts";
import { call, MODEL, mintKey, question, tenantOf, until } from "./client.ts";

const TENANT = "tenant_admin";
let manager = "";

beforeAll(async () => {
  manager = await mintManager(TENANT);
});

const completion = (key: string) => {
  const { messages } = question("hello");
  return call(key, "POST", "/v1/chat/completions", { model: MODEL, messages });
};

describe("tenants", () => {
  test("the deployment makes a tenant, whose first key manages and does not infer (T9)", async () => {
    const made = await operator("POST", "/tenants", { id: "acme", name: "Acme" });
    expect(made.status).toBe(200);
    expect(made.body).toMatchObject({
      object: "tenant",
      id: "acme",
      name: "Acme",
      management_key: { kind: "management" },
    });
    const { key } = made.body.management_key;
    expect(key).toMatch(/^esp_devmgmt_[0-9A-Za-z]{61}$/);
    expect((await admin(key, "GET", "/tenant")).body).toMatchObject({ id: "acme", name: "Acme" });
    expect((await call(key, "GET", "/v1/models")).status).toBe(403);
    expect((await completion(key)).status).toBe(403);
    expect((await operator("POST", "/tenants", { id: "acme", name: "Other" })).body.error.code).toBe("tenant_exists");
    expect((await operator("GET", "/tenants/acme")).body.name).toBe("Acme");
    expect((await operator("GET", "/tenants")).body.data.map(({ id }: { id: string }) => id)).toContain("acme");
  });

  test("who lost the last management key gets another from the deployment", async () => {
    const made = await operator("POST", `/tenants/${TENANT}/keys`, {});
    expect((await admin(made.body.key, "GET", "/tenant")).body.id).toBe(TENANT);
    expect((await operator("POST", "/tenants/nobody/keys", {})).status).toBe(404);
  });

  test("T6: a wrong credential of the deployment is as unknown as none of the kind, and it does nothing else", async () => {
    const { text } = createDeploymentKey((length) => crypto.getRandomValues(new Uint8Array(length)));
    for (const key of [text, manager, "esp_admin_x"]) {
      const refused = await admin(key, "GET", "/tenants");
      expect([refused.status, refused.body.error.code]).toEqual([401, "invalid_api_key"]);
    }
    expect((await operator("GET", "/keys")).status).toBe(401);
  });
});

describe("keys", () => {
  test("are shown once, infer at once, and are dead at once when revoked (I11)", async () => {
    const made = await admin(manager, "POST", "/keys", { name: "app" });
    expect(made.body).toMatchObject({
      kind: "inference",
      status: "active",
      scopes: ["searches:create", "searches:read"],
    });
    const { id, key } = made.body;
    expect((await completion(key)).status).toBe(200);
    const read = await admin(manager, "GET", `/keys/${id}`);
    expect(read.body).toEqual({ ...made.body, key: undefined });
    expect(read.text).not.toContain(key);
    expect((await admin(key, "GET", "/keys")).body.error).toMatchObject({ code: "missing_scope" });
    expect((await admin(manager, "POST", `/keys/${id}/revoke`)).body.status).toBe("revoked");
    expect((await call(key, "GET", "/v1/models")).status).toBe(401);
    expect((await admin(manager, "DELETE", `/keys/${id}`)).body.status).toBe("revoked");
    expect((await admin(manager, "POST", `/keys/${id}`, { disabled: false })).body.error.code).toBe("key_not_live");
  });

  test("are disabled and enabled again", async () => {
    const { id, key } = (await admin(manager, "POST", "/keys", { name: "pause" })).body;
    await admin(manager, "POST", `/keys/${id}`, { disabled: true });
    expect((await call(key, "GET", "/v1/models")).status).toBe(401);
    expect((await admin(manager, "POST", `/keys/${id}`, { disabled: false })).body.status).toBe("active");
    expect((await call(key, "GET", "/v1/models")).status).toBe(200);
  });

  test("are rotated: both work within the grace, without one only the successor does", async () => {
    const first = (await admin(manager, "POST", "/keys", { name: "rotating" })).body;
    const second = (await admin(manager, "POST", `/keys/${first.id}/rotate`, {})).body;
    for (const key of [first.key, second.key]) expect((await call(key, "GET", "/v1/models")).status).toBe(200);
    expect((await admin(manager, "GET", `/keys/${first.id}`)).body).toMatchObject({
      status: "rotated",
      successor_id: second.id,
    });
    const third = (await admin(manager, "POST", `/keys/${second.id}/rotate`, { grace_seconds: 0 })).body;
    expect((await call(second.key, "GET", "/v1/models")).status).toBe(401);
    expect((await call(third.key, "GET", "/v1/models")).status).toBe(200);
  });

  test("are known to D1 as they are, so that an object which lost its storage would take them over as they were", async () => {
    const made = (await admin(manager, "POST", "/keys", { name: "kept", allowed: { methods: ["beam"] } })).body;
    const { publicId: id = "" } = parseKey(made.key) ?? {};
    await admin(manager, "POST", `/keys/${id}/rotate`, { grace_seconds: 0 });
    await admin(manager, "DELETE", `/keys/${id}`);
    const told = async () => (await listKeys(env.DB, id)).map(rowToKey)[0];
    await until(async () => (await told())?.key.revokedAtMs != null);
    const stored = await runInDurableObject(tenantOf(TENANT), (_instance, state) =>
      JSON.parse(state.storage.sql.exec<{ json: string }>("SELECT json FROM api_key WHERE id = ?", id).one().json),
    );
    expect(stored.key).toMatchObject({ allowed: { methods: ["beam"] }, rotation: { successorId: expect.any(String) } });
    expect(await told()).toEqual(stored);
  });

  test("expire", async () => {
    const { key } = (await admin(manager, "POST", "/keys", { name: "old", expires_at: 1 })).body;
    expect((await call(key, "GET", "/v1/models")).status).toBe(401);
  });

  test("of a test reach no model that costs anything", async () => {
    const { key } = (await admin(manager, "POST", "/keys", { name: "try", kind: "test" })).body;
    expect(key).toMatch(/^esp_devtest_/);
    const { messages } = question("hello");
    const free = await call(key, "POST", "/v1/chat/completions", { model: "espalier/telling", messages });
    expect(free.status).toBe(200);
    const paid = await call(key, "POST", "/v1/chat/completions", { model: MODEL, messages });
    expect(paid.status).toBe(429);
    expect(await paid.json()).toMatchObject({ error: { code: "insufficient_quota" } });
  });

  test("are never wider than their creator", async () => {
    const narrow = await mintManager(TENANT, ["keys:write", "keys:read", "searches:read"]);
    const wide = await admin(narrow, "POST", "/keys", { name: "wide" });
    expect([wide.status, wide.body.error.param]).toEqual([403, "scopes"]);
    expect((await admin(narrow, "POST", "/keys", { name: "narrow", scopes: ["searches:read"] })).status).toBe(200);
    const manages = { name: "both", scopes: ["searches:read", "keys:read"] };
    expect((await admin(narrow, "POST", "/keys", manages)).body.error).toMatchObject({ param: "scopes" });
    const { id } = (await admin(manager, "POST", "/keys", { name: "target" })).body;
    expect((await admin(narrow, "POST", `/keys/${id}`, { name: "renamed" })).body.error.param).toBe("scopes");
  });

  test.each([
    [{ name: "x", tenant_id: "tenant_other" }, "unknown_parameter", "tenant_id"],
    [{ name: "x", digest: "0" }, "unknown_parameter", "digest"],
    [{ name: "x", allowed: { model: [] } }, "unknown_parameter", "allowed.model"],
    [{ name: "x", scopes: ["everything"] }, "invalid_value", "scopes[0]"],
    [{ name: "x", kind: "management" }, "missing_required_parameter", "scopes"],
    [{ kind: "inference" }, "missing_required_parameter", "name"],
    [{ name: "x", expires_at: -1 }, "integer_below_min_value", "expires_at"],
  ])("T10: the body %o is refused", async (body, code, param) => {
    const refused = await admin(manager, "POST", "/keys", body);
    expect([refused.status, refused.body.error.code, refused.body.error.param]).toEqual([400, code, param]);
  });

  test("of a project manage that project, and see nothing beside it", async () => {
    const project = (await admin(manager, "POST", "/projects", { name: "Inner" })).body;
    const outer = (await admin(manager, "POST", "/keys", { name: "outer" })).body;
    const bound = await mintManager(TENANT, PERMISSIONS, project.id);
    const own = (await admin(bound, "POST", "/keys", { name: "own", project_id: project.id })).body;
    expect((await admin(bound, "POST", "/keys", { name: "all" })).body.error.param).toBe("project_id");
    expect((await admin(bound, "GET", `/keys/${outer.id}`)).status).toBe(404);
    expect((await admin(bound, "GET", "/audit")).status).toBe(403);
    expect((await admin(bound, "GET", "/projects")).body.data.map(({ id }: { id: string }) => id)).toEqual([
      project.id,
    ]);
    expect((await admin(bound, "POST", "/limits/tenant", {})).status).toBe(404);
    expect((await admin(bound, "POST", `/limits/project:${project.id}`, { parallel_searches: 3 })).status).toBe(200);
    await admin(manager, "DELETE", `/projects/${project.id}`);
    expect((await call(own.key, "GET", "/v1/models")).status).toBe(401);
    const late = await admin(manager, "POST", "/keys", { name: "late", project_id: project.id });
    expect(late.body.error.code).toBe("project_archived");
  });
});

describe("budgets and limits", () => {
  test("a budget that is used up refuses, and a top-up admits again", async () => {
    const { id, key } = (await admin(manager, "POST", "/keys", { name: "spender" })).body;
    const budget = { scope: `key:${id}`, amount_usd: 0, period: { type: "calendar", unit: "day" } };
    const made = (await admin(manager, "POST", "/budgets", budget)).body;
    expect(made).toMatchObject({
      scope: `key:${id}`,
      amount_usd: 0,
      posted_usd: 0,
      free_usd: 0,
      thresholds: [50, 80, 100],
    });
    const { messages } = question("hello");
    const paid = () => call(key, "POST", "/v1/chat/completions", { model: MODEL, messages });
    expect((await paid()).status).toBe(429);
    const topped = await admin(manager, "POST", `/budgets/${made.id}/top_ups`, { id: "first", amount_usd: 5 });
    expect(topped.body.free_usd).toBe(5);
    expect(
      (await admin(manager, "POST", `/budgets/${made.id}/top_ups`, { id: "first", amount_usd: 5 })).body.free_usd,
    ).toBe(5);
    expect((await admin(manager, "POST", `/budgets/${made.id}/top_ups`, { id: "first", amount_usd: 6 })).status).toBe(
      409,
    );
    expect((await paid()).status).toBe(200);
    await until(async () => {
      const { reserved_usd, top_ups } = (await admin(manager, "GET", `/budgets/${made.id}`)).body;
      return reserved_usd === 0 && top_ups[0].reserved_usd === 0 && top_ups[0].posted_usd > 0;
    });
  });

  test("a budget's period never changes, and its amount is exact to a nanodollar", async () => {
    const budget = { scope: "user:alice", amount_usd: 1_234_567.123456789, period: { type: "rolling", seconds: 3600 } };
    const made = (await admin(manager, "POST", "/budgets", budget)).body;
    expect(made.amount_usd).toBe(1_234_567.123456789);
    expect(made.scope).toMatch(/^user_hash:[0-9a-f]{64}$/);
    expect(
      (await admin(manager, "POST", `/budgets/${made.id}`, { period: { type: "lifetime" } })).body.error,
    ).toMatchObject({
      code: "unknown_parameter",
      param: "period",
    });
    const listed = await admin(manager, "GET", "/budgets?scope=user:alice");
    expect(listed.body.data.map(({ id }: { id: string }) => id)).toEqual([made.id]);
    expect((await admin(manager, "DELETE", `/budgets/${made.id}`)).body.deleted).toBe(true);
    expect((await admin(manager, "GET", `/budgets/${made.id}`)).status).toBe(404);
  });

  test.each([
    [{ amount_usd: -1 }, "amount_usd"],
    [{ scope: "planet" }, "scope"],
    [{ thresholds: [80, 50] }, "thresholds"],
    [{ period: { type: "calendar", unit: "day", time_zone: "Mars/Base" } }, "period.time_zone"],
    [{ period: { type: "fortnight" } }, "period.type"],
  ])("a budget with %o is refused", async (fault, param) => {
    const fine = { scope: "tenant", amount_usd: 1, period: { type: "lifetime" } };
    const refused = await admin(manager, "POST", "/budgets", { ...fine, ...fault });
    expect([refused.status, refused.body.error.param]).toEqual([400, param]);
  });

  test("a limit binds at once, and null takes it away", async () => {
    const { id, key } = (await admin(manager, "POST", "/keys", { name: "limited" })).body;
    const set = await admin(manager, "POST", `/limits/key:${id}`, {
      requests_per_minute: 0,
      allowed: { methods: ["beam"] },
    });
    expect(set.body).toMatchObject({ requests_per_minute: 0, tokens_per_minute: null, allowed: { methods: ["beam"] } });
    expect((await completion(key)).status).not.toBe(200);
    await admin(manager, "POST", `/limits/key:${id}`, { requests_per_minute: null, allowed: {} });
    expect((await completion(key)).status).toBe(200);
    expect((await admin(manager, "DELETE", `/limits/key:${id}`)).status).toBe(200);
    expect((await admin(manager, "POST", "/limits/key:nobody", {})).status).toBe(404);
  });
});

describe("usage", () => {
  test("adds up by key, project, model and method, as JSON and as CSV", async () => {
    const tenant = "tenant_usage";
    const by = await mintManager(tenant);
    const project = (await admin(by, "POST", "/projects", { id: "web", name: "Web" })).body;
    const inside = (await admin(by, "POST", "/keys", { name: "in", project_id: project.id })).body;
    const outside = (await admin(by, "POST", "/keys", { name: "out" })).body;
    await admin(by, "POST", "/prices", { model: MODEL, effective_from: 0, input_usd: 10, output_usd: 20 });
    for (const key of [inside.key, inside.key, outside.key]) expect((await completion(key)).status).toBe(200);
    const usage = async (query: string) => (await admin(by, "GET", `/usage?${query}`)).body;
    await until(async () => (await usage("group_by=key")).data.length === 2);
    await until(async () => (await usage("group_by=model")).data[0]?.searches === 3);
    const byKey = (await usage("group_by=project,key")).data;
    expect(byKey).toMatchObject([
      { project: "", key: outside.id, searches: 1 },
      { project: "web", key: inside.id, searches: 2 },
    ]);
    const [whole] = (await usage("group_by=model")).data;
    expect(whole).toMatchObject({ model: MODEL, searches: 3 });
    expect(whole.cost_usd).toBeGreaterThan(0);
    const charge = (row: Answer["body"]) => row.prompt_tokens * 10e-6 + row.completion_tokens * 20e-6;
    expect(whole.charge_usd).toBeCloseTo(charge(whole), 9);
    expect(whole.charge_usd).toBeGreaterThan(0);
    expect((await usage("group_by=day&project=web")).data).toMatchObject([{ searches: 2 }]);
    const first = await usage("group_by=key&limit=1");
    expect(first).toMatchObject({ has_more: true, data: [{ searches: expect.any(Number) }] });
    const second = await usage(`group_by=key&limit=1&after=${encodeURIComponent(first.next)}`);
    expect(new Set([first.data[0].key, second.data[0].key]).size).toBe(2);
    expect(second.has_more).toBe(false);
    const csv = await admin(by, "GET", "/usage?group_by=key&format=csv");
    const [head, ...lines] = csv.text.trim().split("\r\n");
    expect(head).toBe("key,searches,model_calls,prompt_tokens,completion_tokens,cost_usd,charge_usd");
    expect(lines.map((line) => line.split(",")[0]).sort()).toEqual([inside.id, outside.id].sort());
  });

  test.each(["group_by=planet", "group_by=day,day", "from=x", "to=1&from=2", "limit=0", "after=x"])(
    "refuses ?%s",
    async (query) => {
      const refused = await admin(manager, "GET", `/usage?${query}`);
      expect([refused.status, refused.body.error.code]).toEqual([400, "invalid_value"]);
    },
  );
});

describe("the audit log", () => {
  test("I20: has exactly one entry per change, none for what was read or refused, and no secret in it", async () => {
    const by = await mintManager("tenant_audit");
    const entries = async () => (await admin(by, "GET", "/audit?limit=1000")).body.data;
    const before = (await entries()).length;
    const { id, key } = (await admin(by, "POST", "/keys", { name: "one" })).body;
    await admin(by, "POST", "/keys", { name: "x", scopes: ["keys:read"] });
    await admin(by, "GET", `/keys/${id}`);
    await admin(by, "POST", `/keys/${id}`, { disabled: true });
    await admin(by, "POST", `/keys/${id}`, { unheard_of: true });
    await admin(by, "DELETE", "/projects/none");
    const budget = (
      await admin(by, "POST", "/budgets", { scope: "tenant", amount_usd: 1, period: { type: "lifetime" } })
    ).body;
    const added = (await entries()).slice(before);
    expect(added.map(({ action, target }: Answer["body"]) => [action, target])).toEqual([
      ["key.create", id],
      ["key.update", id],
      ["budget.create", budget.id],
    ]);
    expect(JSON.stringify(added)).not.toContain(key.slice(-49));
    expect((await admin(by, "POST", "/audit/verify", {})).body).toMatchObject({ intact: true, entries: before + 3 });
  });

  test("I20: tells an entry that was changed, one that was cut off, and a log that was made anew", async () => {
    const by = await mintManager("tenant_tampered");
    for (const name of ["a", "b", "c"]) await admin(by, "POST", "/projects", { id: name, name });
    const { data } = (await admin(by, "GET", "/audit")).body;
    const known = { id: data.at(-1).id, hash: data.at(-1).hash };
    expect((await admin(by, "POST", "/audit/verify", { known })).body.intact).toBe(true);
    const tamper = (sql: string) =>
      runInDurableObject(tenantOf("tenant_tampered"), (_instance, state) => void state.storage.sql.exec(sql));
    await tamper(`DELETE FROM audit WHERE sequence = ${data.length}`);
    expect((await admin(by, "POST", "/audit/verify", {})).body.intact).toBe(true);
    expect((await admin(by, "POST", "/audit/verify", { known })).body).toMatchObject({ intact: false, fault: "head" });
    await tamper(`UPDATE audit SET json = json_set(json, '$.actor', 'nobody') WHERE sequence = 2`);
    expect((await admin(by, "POST", "/audit/verify", {})).body).toMatchObject({
      intact: false,
      broken_at: "2",
      fault: "hash",
    });
  });
});

describe("what a route demands is what its operation demands", () => {
  const FILLED: Readonly<Record<string, string>> = { ":id": "nobody", ":scope": "tenant" };
  const routes = ROUTES.filter(({ path, scope }) => path.startsWith("/admin/") && scope !== "deployment");

  test.each(routes)("$method $path", async ({ method, path, scope }) => {
    const filled = path.replace(/:\w+/g, (name) => FILLED[name] ?? "").slice("/admin".length);
    const only = await mintManager(TENANT, [scope as Permission]);
    const others = await mintManager(
      TENANT,
      PERMISSIONS.filter((one) => one !== scope),
    );
    const body = method === "POST" ? {} : undefined;
    expect((await admin(only, method, filled, body)).status).not.toBe(403);
    expect((await admin(others, method, filled, body)).body.error).toMatchObject({ code: "missing_scope" });
  });
});

test("answers are what the document says", async () => {
  const document = await (await call(null, "GET", "/openapi.json")).json<OpenApiDocument>();
  const by = await mintManager("tenant_described");
  const made = (await admin(by, "POST", "/keys", { name: "k" })).body;
  const hook = { url: "https://hooks.example.com/in", events: ["search.ended"] };
  const period = { type: "lifetime" };
  const answers = {
    NewTenant: (await operator("POST", "/tenants", { id: "described", name: "D" })).body,
    TenantList: (await operator("GET", "/tenants")).body,
    Tenant: (await admin(by, "GET", "/tenant")).body,
    Project: (await admin(by, "POST", "/projects", { id: "p", name: "P" })).body,
    ProjectList: (await admin(by, "GET", "/projects")).body,
    NewKey: made,
    Key: (await admin(by, "GET", `/keys/${made.id}`)).body,
    KeyList: (await admin(by, "GET", "/keys")).body,
    Budget: (await admin(by, "POST", "/budgets", { scope: "tenant", amount_usd: 1, period })).body,
    BudgetList: (await admin(by, "GET", "/budgets")).body,
    Limits: (await admin(by, "POST", "/limits/project:p", { parallel_calls: 1 })).body,
    LimitsList: (await admin(by, "GET", "/limits")).body,
    Price: (await admin(by, "POST", "/prices", { model: "m", effective_from: 0, input_usd: 1, output_usd: 1 })).body,
    PriceList: (await admin(by, "GET", "/prices")).body,
    UsageList: (await admin(by, "GET", "/usage")).body,
    AuditList: (await admin(by, "GET", "/audit")).body,
    AuditVerdict: (await admin(by, "POST", "/audit/verify", {})).body,
    NewWebhook: (await admin(by, "POST", "/webhooks", { ...hook, url: new URL("/in", env.SCORER_URL).href })).body,
    WebhookList: (await admin(by, "GET", "/webhooks")).body,
    Deleted: (await admin(by, "DELETE", "/limits/project:p")).body,
  };
  const misfits = Object.entries(answers).filter(([name, value]) => !accepts(document, name, value));
  expect(misfits).toEqual([]);
  expect(accepts(document, "Key", { ...answers.Key, status: "great" })).toBe(false);
});

test("keys of other tenants stay apart although one inference key is like another", async () => {
  const key = await mintKey("tenant_admin_stranger");
  expect((await admin(key, "GET", "/keys")).status).toBe(403);
});
