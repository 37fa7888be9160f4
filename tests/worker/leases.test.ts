import { abortAllDurableObjects, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import type { BudgetState } from "../../durable-objects/tenant/administration/protocol.ts";
import { SCOPES } from "../../durable-objects/tenant/admission.ts";
import { createKey, digestOf, parseKey } from "../../src/api/keys/format.ts";
import type { Clock } from "../../src/ledger/clock.ts";
import { tenantCodeOf } from "../../src/ledger/keys/tenant-code.ts";
import type { Scope } from "../../src/ledger/rows.ts";
import { GRACE_MS } from "../../src/ledger/settle.ts";
import { administer, call, callsOf, MODEL, mintKey, mintKeyOf, openAi, question, tenantOf, until } from "./client.ts";

/** A tenant of the test's own, with a key and, in nanodollars, a budget that never comes back. */
async function tenantWith(nanodollars: number | null, limits: Partial<Scope> = {}, scopeId: string = SCOPES.tenant) {
  const tenantId = `tenant_${crypto.randomUUID()}`;
  const key = await mintKey(tenantId);
  if (nanodollars !== null) {
    const period = { type: "lifetime" } as const;
    await administer(tenantId, "budget.create", {
      budgetId: "b",
      scopeId,
      period,
      nanodollars,
      thresholdPercents: [],
    });
  }
  if (Object.keys(limits).length > 0) await administer(tenantId, "limits.set", { scopeId, change: limits });
  return { tenantId, key, keyId: parseKey(key)?.publicId ?? "" };
}

function budgetOf(tenantId: string): Promise<BudgetState> {
  return administer(tenantId, "budget.get", { budgetId: "b" });
}

/** Once nothing is held any more. */
async function settled(tenantId: string): Promise<BudgetState> {
  await until(async () => (await budgetOf(tenantId)).reserved === 0);
  return budgetOf(tenantId);
}

const NANODOLLARS = 1_000_000_000;

const ask = (key: string, scenario: string, extra: object = {}, headers: Record<string, string> = {}) => {
  const { messages, tag } = question(scenario);
  const body = { model: MODEL, messages, max_tokens: 20, search: { method: "single" }, ...extra };
  return { tag, response: call(key, "POST", "/v1/chat/completions", body, headers) };
};

/** What one call of such a request may cost at most, in nanodollars: about 250 bytes of prompt and 20 tokens. */
const ONE_CALL = 600_000;

interface Completion {
  readonly choices: readonly unknown[];
  readonly search: { readonly stop_reason: string; readonly clamped: readonly string[]; readonly rollouts: number };
  readonly usage: { readonly cost: number };
}

interface ErrorAnswer {
  readonly error: { readonly type: string; readonly code: string; readonly message: string; readonly param: string };
}

describe("a search's lease", () => {
  test("is settled at what its calls cost, to the nanodollar", async () => {
    const { tenantId, key } = await tenantWith(NANODOLLARS);
    const search = { method: "best_of_n", verifier: "agreement", budget: { max_rollouts: 4 } };
    const answer = await (await ask(key, "distinct", { search }).response).json<Completion>();
    const { posted, reserved } = await settled(tenantId);
    expect({ posted, reserved }).toEqual({ posted: Math.round(answer.usage.cost * 1e9), reserved: 0 });
    expect(posted).toBeGreaterThan(0);
  });

  test("holds money while the search runs", async () => {
    const { tenantId, key } = await tenantWith(NANODOLLARS);
    const { response } = ask(key, "slow");
    await until(async () => (await budgetOf(tenantId)).reserved > 0);
    expect((await response).status).toBe(200);
    expect((await settled(tenantId)).posted).toBeGreaterThan(0);
  });

  test("ends the search with its best so far when the money is spent (I2)", async () => {
    const { tenantId, key } = await tenantWith(3 * ONE_CALL);
    const search = { method: "best_of_n", verifier: "agreement", budget: { max_rollouts: 200, max_parallel: 4 } };
    const response = await ask(key, "distinct", { search }).response;
    expect(response.status).toBe(200);
    const answer = await response.json<Completion>();
    expect(answer.search.stop_reason).toBe("cost");
    expect(answer.choices).toHaveLength(1);
    const { posted } = await settled(tenantId);
    expect(posted).toBeLessThanOrEqual(3 * ONE_CALL);
    // It did not stop at what it was given first.
    expect(posted).toBeGreaterThan(2 * ONE_CALL);
  });

  test("grows while there is money: a search comes to all its candidates", async () => {
    const { tenantId, key } = await tenantWith(NANODOLLARS);
    const search = { method: "best_of_n", verifier: "agreement", budget: { max_rollouts: 40, max_parallel: 1 } };
    const answer = await (await ask(key, "distinct", { search }).response).json<Completion>();
    expect(answer.search).toMatchObject({ stop_reason: "completed", rollouts: 40 });
    expect((await settled(tenantId)).posted).toBe(Math.round(answer.usage.cost * 1e9));
  });

  test("together with all others' never comes to more than the budget (I1, I2)", async () => {
    const budget = 6 * ONE_CALL;
    const { tenantId, key } = await tenantWith(budget);
    const search = { method: "best_of_n", verifier: "agreement", budget: { max_rollouts: 8 } };
    const asked = Array.from({ length: 24 }, () => ask(key, "distinct", { search }));
    const statuses = await Promise.all(asked.map(async ({ response }) => (await response).status));
    expect(new Set(statuses)).toEqual(new Set([200, 429]));
    const { posted } = await settled(tenantId);
    expect(posted).toBeLessThanOrEqual(budget);
    const calls = (await Promise.all(asked.map(({ tag }) => callsOf(tag)))).flat();
    expect(calls.length).toBeGreaterThan(0);
  });

  test("is another tenant's business only there", async () => {
    const poor = await tenantWith(0);
    const rich = await tenantWith(NANODOLLARS);
    expect((await ask(poor.key, "hello").response).status).toBe(429);
    expect((await ask(rich.key, "hello").response).status).toBe(200);
  });

  test("counts for the end user whom the request names, under a digest", async () => {
    const tenantId = `tenant_${crypto.randomUUID()}`;
    const key = await mintKey(tenantId);
    const alice = await digestOf(JSON.stringify(["user", tenantCodeOf(tenantId), "alice"]));
    const change = { requestsPerMinute: 1 };
    await administer(tenantId, "limits.set", { scopeId: SCOPES.endUser(alice), change });
    const statuses = [];
    for (const user of ["alice", "bob", "alice", "bob"])
      statuses.push((await ask(key, "hello", { user }).response).status);
    expect(statuses).toEqual([200, 200, 429, 200]);
  });

  test("that nobody took over is void, not paid", async () => {
    const { tenantId, key, keyId } = await tenantWith(NANODOLLARS);
    const leaseId = `srch_${"u".repeat(26)}/x`;
    const wanted = { wanted: ONE_CALL, minimum: 0 };
    const none = { wanted: 0, minimum: 0 };
    const lease = { leaseId, nanodollars: wanted, tokens: none, calls: none, asks: {}, ttlMs: 1, spentBefore: null };
    await tenantOf(tenantId).admit({ keyId, digest: await digestOf(key), lease });
    expect((await budgetOf(tenantId)).reserved).toBe(ONE_CALL);
    await letTimePass(tenantId, 10 * 60_000);
    await runDurableObjectAlarm(tenantOf(tenantId));
    expect(await budgetOf(tenantId)).toMatchObject({ posted: 0, reserved: 0 });
  });

  test("I3: an alarm that finds a lease not due yet rings again when it is, however long nobody else has asked", async () => {
    const { tenantId, key, keyId } = await tenantWith(NANODOLLARS);
    const none = { wanted: 0, minimum: 0 };
    const leaseId = `srch_${"d".repeat(26)}/x`;
    const money = { wanted: ONE_CALL, minimum: 0 };
    const lease = {
      leaseId,
      nanodollars: money,
      tokens: none,
      calls: none,
      asks: {},
      ttlMs: 10_000,
      spentBefore: null,
    };
    await tenantOf(tenantId).admit({ keyId, digest: await digestOf(key), lease });
    await letTimePass(tenantId, 60_000);
    await runDurableObjectAlarm(tenantOf(tenantId));
    const atMs = await runInDurableObject(tenantOf(tenantId), (_instance, { storage }) => storage.getAlarm());
    expect((atMs ?? 0) - Date.now()).toBeLessThanOrEqual(lease.ttlMs + GRACE_MS - 60_000);
  });
});

/** As if the tenant's object had last looked at its clock so long ago. */
function letTimePass(tenantId: string, milliseconds: number): Promise<void> {
  return runInDurableObject(tenantOf(tenantId), (_instance, { storage }) => {
    const clock = storage.kv.get<Clock>("clock");
    if (clock === undefined) throw new Error("the ledger has never looked at its clock");
    storage.kv.put("clock", { ...clock, wallMs: clock.wallMs - milliseconds });
  });
}

describe("what ends a search's spending", () => {
  test("I11: a revoked key's searches make no call after their lease's time to live", async () => {
    const { tenantId, key, keyId } = await tenantWith(null);
    const search = { method: "best_of_n", verifier: "agreement", budget: { max_rollouts: 200, max_parallel: 1 } };
    const { messages, tag } = question("unhurried");
    const body = { model: MODEL, messages, max_tokens: 20, search };
    const running = Array.from({ length: 100 }, () => call(key, "POST", "/v1/chat/completions", body));
    await until(async () => (await callsOf(tag)).length >= running.length);
    await administer(tenantId, "key.revoke", { keyId });
    const revokedAtMs = Date.now();
    expect((await ask(key, "hello").response).status).toBe(401);
    const answers = await Promise.all(
      running.map(async (response) => (await response).json<Completion & ErrorAnswer>()),
    );
    // With its best so far, or where there was none yet with that.
    const ends = answers.map(({ search: told, error }) => told?.stop_reason ?? error.code);
    expect(ends.filter((end) => end !== "cancelled" && end !== "search_cancelled")).toEqual([]);
    const last = Math.max(...(await callsOf(tag)).map(({ receivedAtMs }) => receivedAtMs));
    expect(last).toBeLessThan(revokedAtMs + 10_000);
  });

  test("a lowered budget ends it within the lease's time to live, with the best so far", async () => {
    const { tenantId, key } = await tenantWith(NANODOLLARS);
    const search = { method: "best_of_n", verifier: "agreement", budget: { max_rollouts: 200, max_parallel: 1 } };
    const { response, tag } = ask(key, "unhurried", { search });
    await until(async () => (await callsOf(tag)).length > 1);
    await administer(tenantId, "budget.update", { budgetId: "b", nanodollars: 0 });
    const loweredAtMs = Date.now();
    const answer = await (await response).json<Completion>();
    expect(answer.search.stop_reason).toBe("cost");
    expect(answer.choices).toHaveLength(1);
    const last = Math.max(...(await callsOf(tag)).map(({ receivedAtMs }) => receivedAtMs));
    expect(last).toBeLessThan(loweredAtMs + 10_000);
    expect((await settled(tenantId)).posted).toBe(Math.round(answer.usage.cost * 1e9));
  });
});

describe("a refusal (WIRE.md 1.5)", () => {
  test("for want of money names the budget, and no client asks again", async () => {
    const { key } = await tenantWith(1);
    const { response, tag } = ask(key, "hello");
    const refused = await response;
    expect(refused.status).toBe(429);
    expect(refused.headers.get("x-should-retry")).toBe("false");
    const { error } = await refused.json<ErrorAnswer>();
    expect(error).toMatchObject({ type: "insufficient_quota", code: "insufficient_quota" });
    expect(error.message).toContain("the budget 'b' of your organization allows $0.000000001");
    const { messages } = question("hello");
    const body = { model: MODEL, messages, max_tokens: 20 };
    await expect(openAi(key, { maxRetries: 2 }).chat.completions.create(body)).rejects.toThrow("429");
    expect(await callsOf(tag)).toEqual([]);
  });

  test("while others hold the money says when to ask again", async () => {
    const { key } = await tenantWith(1.5 * ONE_CALL);
    const first = ask(key, "slow", { max_tokens: 250 });
    await until(async () => (await callsOf(first.tag)).length > 0);
    const refused = await ask(key, "hello", { max_tokens: 250 }).response;
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(refused.headers.get("x-should-retry")).toBeNull();
    const { error } = await refused.json<ErrorAnswer>();
    expect(error).toMatchObject({ type: "requests", code: "rate_limit_exceeded" });
    expect(error.message).toMatch(/budget 'b'.*Please try again in \d+s\./);
    expect((await first.response).status).toBe(200);
  });

  test("by a rate comes with the rate's headers, as the answers before it do", async () => {
    const { key } = await tenantWith(null, { requestsPerMinute: 2, tokensPerMinute: 100_000 });
    const [first, second, third] = [
      await ask(key, "hello").response,
      await ask(key, "hello").response,
      await ask(key, "hello").response,
    ];
    const told = (response: Response, name: string) => response.headers.get(`x-ratelimit-${name}`);
    expect([first.status, second.status, third.status]).toEqual([200, 200, 429]);
    expect([told(first, "limit-requests"), told(first, "remaining-requests")]).toEqual(["2", "1"]);
    expect(told(second, "remaining-requests")).toBe("0");
    expect(told(third, "reset-requests")).toMatch(/^(\d+m)?[\d.]+s$/);
    expect(told(first, "limit-tokens")).toBe("100000");
    expect(Number(told(first, "remaining-tokens"))).toBeLessThan(100_000);
    const { error } = await third.json<ErrorAnswer>();
    expect(error.message).toContain("requests per minute");
    expect(Number(third.headers.get("retry-after"))).toBeLessThanOrEqual(30);
  });

  test("of a model says that there is none, of a method that it is not allowed", async () => {
    const tenantId = `tenant_${crypto.randomUUID()}`;
    const inference = { kind: "inference", permissions: ["searches:create"] } as const;
    const noModel = await mintKeyOf(tenantId, { ...inference, allowed: { models: ["espalier/other"] } });
    const noMethod = await mintKeyOf(tenantId, { ...inference, allowed: { methods: ["mcts"] } });
    const unknown = await ask(noModel, "hello").response;
    expect(unknown.status).toBe(404);
    expect((await unknown.json<ErrorAnswer>()).error).toMatchObject({ code: "model_not_found", param: "model" });
    const refused = await ask(noMethod, "hello").response;
    expect(refused.status).toBe(403);
    expect((await refused.json<ErrorAnswer>()).error).toMatchObject({ param: "search.method" });
  });

  test("of a test key is that it never costs money (T9)", async () => {
    const tenantId = `tenant_${crypto.randomUUID()}`;
    const key = await mintKeyOf(tenantId, { kind: "test", permissions: ["searches:create"] });
    const { response, tag } = ask(key, "hello");
    expect((await response).status).toBe(429);
    expect((await (await response).json<ErrorAnswer>()).error.message).toContain("test key");
    expect(await callsOf(tag)).toEqual([]);
    const free = { model: "espalier/telling", messages: question("hello").messages };
    expect((await call(key, "POST", "/v1/chat/completions", free)).status).toBe(200);
  });

  test("is not told to whoever has no key, nor is a fault of the request", async () => {
    const { tenantId } = await tenantWith(1);
    const unknown = mintUnknown(tenantId);
    for (const body of [
      "{",
      { model: MODEL, messages: [] },
      { model: "no/such", messages: question("hello").messages },
    ]) {
      const answer = await call(unknown, "POST", "/v1/chat/completions", body);
      expect(answer.status).toBe(401);
      expect((await answer.json<ErrorAnswer>()).error.code).toBe("invalid_api_key");
    }
  });
});

/** Well-formed, and nobody's: made for the tenant, and never told to it. */
function mintUnknown(tenantId: string): string {
  return createKey((length) => crypto.getRandomValues(new Uint8Array(length)), "test", tenantId).text;
}

describe("limits of a scope", () => {
  test("the largest cost per search lowers the search's own, and is reported", async () => {
    const { key } = await tenantWith(null, { nanodollarsPerSearch: 2 * ONE_CALL });
    const search = { method: "best_of_n", verifier: "agreement", budget: { max_rollouts: 200, max_cost_usd: 1 } };
    const answer = await (await ask(key, "distinct", { search }).response).json<Completion>();
    expect(answer.search).toMatchObject({ stop_reason: "cost", clamped: ["search.budget.max_cost_usd"] });
    expect(answer.usage.cost).toBeLessThanOrEqual((2 * ONE_CALL) / 1e9);
  });

  test("parallel searches: a repeated idempotency key joins the one that runs", async () => {
    const { key } = await tenantWith(null, { parallelSearches: 1 });
    const { messages, tag } = question("slow");
    const body = { model: MODEL, messages, search: { method: "single" } };
    const headers = { "idempotency-key": crypto.randomUUID() };
    const send = () => call(key, "POST", "/v1/chat/completions", body, headers);
    const first = send();
    await until(async () => (await callsOf(tag)).length > 0);
    expect((await ask(key, "hello").response).status).toBe(429);
    const second = await send();
    expect([(await first).status, second.status]).toEqual([200, 200]);
    expect(second.headers.get("x-search-id")).toBe((await first).headers.get("x-search-id"));
    expect(await callsOf(tag)).toHaveLength(1);
    await until(async () => (await ask(key, "hello").response).status === 200);
  });
});

describe("after a crash", () => {
  const search = { method: "best_of_n", verifier: "agreement", budget: { max_rollouts: 6, max_parallel: 2 } };

  /** A search that was killed with calls in flight, and its tenant with it. */
  async function killed() {
    const { tenantId, key, keyId } = await tenantWith(NANODOLLARS);
    const { response, tag } = ask(key, "slow", { search, stream: true });
    const id = (await response).headers.get("x-search-id") ?? "";
    const read = async () => (await call(key, "GET", `/v1/searches/${id}`)).json<Killed>();
    await until(async () => (await read()).tree.length > 1);
    const stub = env.SEARCH_TREE.getByName(`${tenantId}/${id}`);
    // It ends with the connection to the object.
    const text = (await response).text().catch(() => "");
    await abortAllDurableObjects();
    return { tenantId, keyId, key, tag, read, stub, text };
  }

  interface Killed {
    readonly state: string;
    readonly stop_reason: string;
    readonly tree: readonly unknown[];
    readonly usage: { readonly cost: number };
  }

  test("the search goes on under its lease, which is settled once, with what was lost in flight", async () => {
    const { tenantId, read, stub, text } = await killed();
    await runDurableObjectAlarm(stub);
    await until(async () => (await read()).state === "completed");
    const { posted } = await settled(tenantId);
    expect(posted).toBe(Math.round((await read()).usage.cost * 1e9));
    await text;
  });

  test("a lease that ran out meanwhile is settled, and the search goes on under the next", async () => {
    const { tenantId, read, stub, text } = await killed();
    await letTimePass(tenantId, 10 * 60_000);
    await runDurableObjectAlarm(tenantOf(tenantId));
    // Nobody could say what its calls had cost: all of it is posted, until somebody can.
    const { posted: inFull, reserved } = await budgetOf(tenantId);
    expect(reserved).toBe(0);
    await runDurableObjectAlarm(stub);
    await until(async () => (await read()).state === "completed");
    const { posted } = await settled(tenantId);
    expect(posted).toBe(Math.round((await read()).usage.cost * 1e9));
    expect(inFull).toBeGreaterThan(0);
    await text;
  });

  test("a key that was revoked meanwhile spends nothing more", async () => {
    const { tenantId, keyId, tag, stub, text } = await killed();
    const before = (await callsOf(tag)).length;
    await administer(tenantId, "key.revoke", { keyId });
    await runDurableObjectAlarm(stub);
    await until(async () => (await stub.report())?.stopReason === "cancelled");
    expect(await callsOf(tag)).toHaveLength(before);
    await settled(tenantId);
    await text;
  });
});
