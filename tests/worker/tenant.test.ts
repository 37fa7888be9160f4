import { env, runInDurableObject } from "cloudflare:test";
import { describe, expect, test } from "vitest";
import { createKey, digestOf, parseKey } from "../../src/api/keys/format.ts";
import { administer, call, mintKey, tenantOf } from "./client.ts";

const randomBytes = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length));

describe("a tenant's object", () => {
  test("takes over the keys that D1 knows of before the object is first asked", async () => {
    const tenantId = `tenant_${crypto.randomUUID()}`;
    const { publicId, text } = createKey(randomBytes, "test", tenantId);
    const insert = "INSERT INTO api_keys (public_id, digest, tenant_id, created_at_ms) VALUES (?, ?, ?, 1)";
    await env.DB.prepare(insert)
      .bind(publicId, await digestOf(text), tenantId)
      .run();
    expect((await call(text, "GET", "/v1/models")).status).toBe(200);
  });

  test("writes nothing for a key of a tenant that does not exist", async () => {
    const { text } = createKey(randomBytes, "test", "tenant_nobody");
    expect((await call(text, "GET", "/v1/models")).status).toBe(401);
    const tables = await runInDurableObject(tenantOf("tenant_nobody"), (_instance, state) =>
      state.storage.sql.exec("SELECT name FROM sqlite_master WHERE name NOT LIKE '\\_cf%' ESCAPE '\\'").toArray(),
    );
    expect(tables).toEqual([]);
  });

  test("T6: a right id with another's secret is as unknown as a wrong id", async () => {
    const key = await mintKey("tenant_t6");
    const { publicId = "" } = parseKey(key) ?? {};
    const admission = await tenantOf("tenant_t6").admit({ keyId: publicId, digest: "0".repeat(64) });
    expect(admission).toEqual({ ok: false, type: "unknown-key" });
  });

  test("keeps another tenant's key out, whose code would have to be the same", async () => {
    await mintKey("tenant_first");
    const { publicId, text } = createKey(randomBytes, "test", "tenant_first");
    const input = JSON.stringify({ digest: await digestOf(text), key: { ...KEY, keyId: publicId } });
    const done = await tenantOf("tenant_first").administer("tenant_second", "deployment", "key.create", input);
    expect(JSON.parse(done)).toMatchObject({ ok: false, error: { type: "not-found", thing: "tenant" } });
    expect((await call(text, "GET", "/v1/models")).status).toBe(401);
  });

  test("grants the same lease to the same wish, and counts it once", async () => {
    const key = await mintKey("tenant_lease");
    await administer("tenant_lease", "limits.set", { scopeId: "tenant", change: { parallelSearches: 10 } });
    const { publicId = "" } = parseKey(key) ?? {};
    const tenant = tenantOf("tenant_lease");
    const wish = { keyId: publicId, digest: await digestOf(key), lease: WISH };
    const first = await tenant.admit(wish);
    const again = await tenant.admit(wish);
    if (!first.ok || !again.ok) throw new Error("refused");
    expect(first.lease).toMatchObject({ leaseId: "lease_1", state: "open", nanodollars: 1000, calls: 4 });
    expect({ ...again.lease, expiresInMs: 0 }).toEqual({ ...first.lease, expiresInMs: 0 });
    expect(await tenant.settle({ leaseId: "lease_1", spent: 400, tokens: 10 })).toMatchObject({ ok: true });
    expect(await tenant.settle({ leaseId: "lease_1", spent: 400, tokens: 10 })).toMatchObject({ ok: true });
    expect(await tenant.settle({ leaseId: "lease_1", spent: 500, tokens: 10 })).toMatchObject({
      ok: false,
      reason: "lease-ended",
    });
  });
});

test("a tenant without any limit has no row written for a lease, which its key's end ends all the same", async () => {
  const key = await mintKey("tenant_unlimited");
  const { publicId = "" } = parseKey(key) ?? {};
  const tenant = tenantOf("tenant_unlimited");
  const leases = () =>
    runInDurableObject(tenant, (_instance, { storage }) => storage.sql.exec("SELECT id FROM lease").toArray());
  const admission = await tenant.admit({ keyId: publicId, digest: await digestOf(key), lease: WISH });
  if (!admission.ok) throw new Error("refused");
  expect(admission.lease).toMatchObject({ isCounted: false, isBinding: false });
  const renewal = { leaseId: "lease_1", spent: 1, inFlight: 0, wanted: 5000, ttlMs: 10_000, keyId: publicId };
  expect(await tenant.renew({ ...renewal, seq: 1 })).toMatchObject({ ok: true, lease: { expiresInMs: 10_000 } });
  expect(await leases()).toEqual([]);
  await administer("tenant_unlimited", "key.revoke", { keyId: publicId });
  expect(await tenant.renew({ ...renewal, seq: 2 })).toMatchObject({ ok: false, reason: "key-not-live" });
});

const WISH = {
  leaseId: "lease_1",
  nanodollars: { wanted: 1000, minimum: 100 },
  tokens: { wanted: 100, minimum: 10 },
  calls: { wanted: 4, minimum: 1 },
  asks: {},
  ttlMs: 10_000,
  spentBefore: null,
};

const KEY = {
  kind: "inference" as const,
  projectId: null,
  permissions: ["searches:create" as const],
  allowed: {},
  createdBy: null,
  isDisabled: false,
  expiresAtMs: null,
  revokedAtMs: null,
  rotation: null,
};
