import { env, runInDurableObject } from "cloudflare:test";
import { afterEach, describe, expect, test, vi } from "vitest";
import { OPERATIONS } from "../../durable-objects/tenant/administration/operations.ts";
import { createDeploymentKey } from "../../src/api/keys/deployment-key.ts";
import { createKey, digestOf } from "../../src/api/keys/format.ts";
import { ADMIN_KEY } from "../setup/admin-key.ts";
import { type Answer, admin, mintManager, operator } from "./admin-client.ts";
import { call, mintKey, tenantOf } from "./client.ts";

/** Of a tenant's own providers, which tests of their own ask. */
const ELSEWHERE = /^(provider|data-key)\./;

test("I20: every change there is makes exactly one entry, told by what the routes did, in their order", async () => {
  const tenant = `tenant_i20_${Date.now()}`;
  const root = (await operator("POST", "/tenants", { id: tenant, name: "I20" })).body.management_key.key;
  const done: string[] = ["tenant.create", "key.create"];
  const change = async (action: string, method: string, path: string, body?: object): Promise<Answer["body"]> => {
    const answer = await admin(root, method, path, body);
    expect(answer.status, `${action}: ${answer.text}`).toBe(200);
    done.push(action);
    return answer.body;
  };
  await change("tenant.update", "POST", "/tenant", { name: "renamed" });
  await change("project.create", "POST", "/projects", { id: "p", name: "P" });
  await change("project.update", "POST", "/projects/p", { name: "Q" });
  const key = await change("key.create", "POST", "/keys", { name: "k", project_id: "p" });
  await change("key.update", "POST", `/keys/${key.id}`, { name: "l" });
  const successor = await change("key.rotate", "POST", `/keys/${key.id}/rotate`, {});
  await change("key.revoke", "POST", `/keys/${successor.id}/revoke`);
  // A second time changes nothing, and was done all the same.
  await change("key.revoke", "DELETE", `/keys/${successor.id}`);
  const budget = await change("budget.create", "POST", "/budgets", {
    scope: "tenant",
    amount_usd: 1,
    period: { type: "lifetime" },
  });
  await change("budget.update", "POST", `/budgets/${budget.id}`, { amount_usd: 2 });
  await change("budget.top-up", "POST", `/budgets/${budget.id}/top_ups`, { amount_usd: 1 });
  await change("budget.delete", "DELETE", `/budgets/${budget.id}`);
  await change("limits.set", "POST", "/limits/tenant", { parallel_searches: 9 });
  await change("limits.clear", "DELETE", "/limits/tenant");
  const later = Math.floor(Date.now() / 1000) + 1000;
  const price = { model: "m", effective_from: later, input_usd: 1, output_usd: 1 };
  const { id: priceId } = await change("price.create", "POST", "/prices", price);
  await change("price.delete", "DELETE", `/prices/${priceId}`);
  const url = new URL("/hooks/i20", env.SCORER_URL).href;
  const hook = await change("webhook.create", "POST", "/webhooks", { url, events: ["search.ended"] });
  await change("webhook.update", "POST", `/webhooks/${hook.id}`, { disabled: true });
  await change("webhook.rotate", "POST", `/webhooks/${hook.id}/rotate`);
  await change("webhook.delete", "DELETE", `/webhooks/${hook.id}`);
  await change("project.archive", "DELETE", "/projects/p");

  const { data } = (await admin(root, "GET", "/audit?limit=1000")).body;
  expect(data.map(({ action }: Answer["body"]) => action)).toEqual(done);
  const changes = Object.entries(OPERATIONS).filter(([name, { type }]) => type === "write" && !ELSEWHERE.test(name));
  expect([...new Set(done)].sort()).toEqual(changes.map(([name]) => name).sort());
});

test("I20: what fails halfway leaves neither a change nor an entry", async () => {
  const tenant = "tenant_half";
  const by = await mintManager(tenant);
  const entries = async () => (await admin(by, "GET", "/audit?limit=1000")).body.data.length;
  const before = await entries();
  await runInDurableObject(tenantOf(tenant), (_instance, state) => {
    state.storage.sql.exec("CREATE TRIGGER no_entry BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'full'); END");
  });
  expect((await admin(by, "POST", "/projects", { id: "half", name: "Half" })).status).toBe(500);
  await runInDurableObject(
    tenantOf(tenant),
    (_instance, state) => void state.storage.sql.exec("DROP TRIGGER no_entry"),
  );
  expect((await admin(by, "GET", "/projects/half")).status).toBe(404);
  expect(await entries()).toBe(before);
});

describe("T6: unknown and wrong are the same work", () => {
  afterEach(() => vi.restoreAllMocks());

  /** How often digests are compared, and of what lengths, while a key is refused. */
  async function comparisonsOf(ask: () => Promise<{ readonly status: number }>): Promise<readonly string[]> {
    const compare = vi.spyOn(crypto.subtle, "timingSafeEqual");
    expect((await ask()).status).toBe(401);
    const lengths = compare.mock.calls.map((pair) => pair.map((one) => one.byteLength).join("="));
    compare.mockRestore();
    return lengths;
  }

  const randomBytes = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length));

  test("for a tenant's keys: an id that is none, and one with another's secret", async () => {
    const tenant = "tenant_t6_work";
    const known = await mintKey(tenant);
    const unknown = createKey(randomBytes, "test", tenant).text;
    const nobodys = createKey(randomBytes, "test", "tenant_t6_nobody").text;
    const ask = (key: string) => comparisonsOf(() => call(key, "GET", "/v1/models"));
    expect(await ask(unknown)).toEqual(["64=64"]);
    expect(await ask(nobodys)).toEqual(["64=64"]);
    const { publicId } = createKey(randomBytes, "test", tenant);
    const wrong = await tenantOf(tenant).admit({ keyId: known.slice(9, 21), digest: await digestOf(publicId) });
    expect(wrong).toEqual({ ok: false, type: "unknown-key" });
    expect((await call(known, "GET", "/v1/models")).status).toBe(200);
  });

  test("for the deployment's credential", async () => {
    const { text } = createDeploymentKey(randomBytes);
    expect(await comparisonsOf(() => call(text, "GET", "/v1/admin/tenants"))).toEqual(["64=64"]);
    expect((await call(ADMIN_KEY, "GET", "/v1/admin/tenants")).status).toBe(200);
  });

  test("noise is refused before anything is asked or compared", async () => {
    const broken = `${(await mintKey("tenant_t6_noise")).slice(0, -1)}!`;
    expect(await comparisonsOf(() => call(broken, "GET", "/v1/models"))).toEqual([]);
  });
});
