import { env, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { beforeAll, describe, expect, test } from "vitest";
import { signedHeaders } from "../../src/providers/webhooks/signature.ts";
import type { PostsAnswer } from "../setup/upstream.ts";
import { type Answer, admin, mintManager } from "./admin-client.ts";
import { call, MODEL, question, tenantOf, until } from "./client.ts";

const TENANT = "tenant_hooks";
let manager = "";
/** Has a budget of its own, so that half of it is soon spent. */
let key = "";
let keyId = "";

beforeAll(async () => {
  manager = await mintManager(TENANT);
  const made = (await admin(manager, "POST", "/keys", { name: "spender" })).body;
  key = made.key;
  keyId = made.id;
});

const hookUrl = (path: string): string => new URL(path, env.SCORER_URL).href;

async function createHook(path: string, events: readonly string[], by = manager): Promise<Answer["body"]> {
  return (await admin(by, "POST", "/webhooks", { url: hookUrl(path), events })).body;
}

async function postsTo(path: string): Promise<PostsAnswer["posts"]> {
  const response = await fetch(`${env.CONTROL_URL}/?path=${encodeURIComponent(path)}`);
  return (await response.json<PostsAnswer>()).posts;
}

async function ask(by = key): Promise<Response> {
  const { messages } = question("hello");
  return call(by, "POST", "/v1/chat/completions", { model: MODEL, messages });
}

/** Is it what Standard Webhooks wants of that secret? */
function isSigned({ headers, text }: PostsAnswer["posts"][number], secret: string): boolean {
  const [id, timestamp] = [String(headers["webhook-id"]), Number(headers["webhook-timestamp"])];
  const wanted = signedHeaders(id, timestamp * 1000, text, [secret])["webhook-signature"] ?? "";
  return String(headers["webhook-signature"]).split(" ").includes(wanted);
}

describe("webhooks", () => {
  test("T17: an ended search is told of once, signed with the secret that was shown", async () => {
    const hook = await createHook("/hooks/ended", ["search.ended"]);
    const response = await ask();
    const { search } = await response.json<{ search: { id: string } }>();
    await until(async () => (await postsTo("/hooks/ended")).length > 0);
    const posts = await postsTo("/hooks/ended");
    expect(posts).toHaveLength(1);
    const [post] = posts;
    if (post === undefined) throw new Error("nothing came");
    expect(isSigned(post, hook.secret)).toBe(true);
    expect(isSigned(post, `whsec_${btoa("x".repeat(32))}`)).toBe(false);
    const event = JSON.parse(post.text);
    expect(event).toMatchObject({
      type: "search.ended",
      data: { search_id: search.id, key_id: keyId, state: "completed", model_calls: 1 },
    });
    expect(post.headers["webhook-id"]).toBe(event.id);
    await admin(manager, "DELETE", `/webhooks/${hook.id}`);
  });

  test("a budget's thresholds are told of once per window", async () => {
    const hook = await createHook("/hooks/budget", ["budget.threshold_reached"]);
    const budget = { scope: `key:${keyId}`, amount_usd: 1, period: { type: "lifetime" }, thresholds: [1, 100] };
    const { id } = (await admin(manager, "POST", "/budgets", budget)).body;
    expect((await ask()).status).toBe(200);
    const posted = async () => (await admin(manager, "GET", `/budgets/${id}`)).body.posted_usd;
    await until(async () => (await posted()) > 0);
    // So little that what is spent is a hundred percent of it: both thresholds are behind it.
    await admin(manager, "POST", `/budgets/${id}`, { amount_usd: await posted() });
    await until(async () => (await postsTo("/hooks/budget")).length >= 2);
    await admin(manager, "POST", `/budgets/${id}`, { thresholds: [1, 50, 100] });
    const events = (await postsTo("/hooks/budget")).map(({ text }) => JSON.parse(text));
    expect(events.map(({ data }) => data.percent).sort((a, b) => a - b)).toEqual([1, 100]);
    expect(events[0].data).toMatchObject({ budget_id: id, scope: `key:${keyId}` });
    await admin(manager, "DELETE", `/budgets/${id}`);
    await admin(manager, "DELETE", `/webhooks/${hook.id}`);
  });

  test("what is not taken comes again by the alarm, under the same id, and signed by both secrets after a rotation", async () => {
    const by = await mintManager("tenant_hooks_down");
    const made = (await admin(by, "POST", "/keys", { name: "k" })).body;
    const hook = await createHook("/hooks/down", ["search.ended"], by);
    await ask(made.key);
    await until(async () => (await postsTo("/hooks/down")).length > 0);
    const tenant = tenantOf("tenant_hooks_down");
    const row = () =>
      runInDurableObject(tenant, (_instance, state) =>
        state.storage.sql.exec<{ failures: number; due_ms: number }>("SELECT failures, due_ms FROM delivery").one(),
      );
    await until(async () => (await row()).failures === 1);
    expect((await row()).due_ms).toBeGreaterThan(Date.now());
    const rotated = (await admin(by, "POST", `/webhooks/${hook.id}/rotate`)).body;
    expect(rotated.secret).not.toBe(hook.secret);
    await runInDurableObject(
      tenant,
      (_instance, state) => void state.storage.sql.exec("UPDATE delivery SET due_ms = 0"),
    );
    expect(await runDurableObjectAlarm(tenant)).toBe(true);
    await until(async () => (await postsTo("/hooks/down")).length === 2);
    const [first, second] = await postsTo("/hooks/down");
    if (first === undefined || second === undefined) throw new Error("nothing came");
    expect([second.headers["webhook-id"], second.text]).toEqual([first.headers["webhook-id"], first.text]);
    expect([isSigned(first, hook.secret), isSigned(first, rotated.secret)]).toEqual([true, false]);
    expect([isSigned(second, hook.secret), isSigned(second, rotated.secret)]).toEqual([true, true]);
    await admin(by, "DELETE", `/webhooks/${hook.id}`);
  });

  test("a disabled one hears nothing, and its secret is nowhere in the object (I12)", async () => {
    const by = await mintManager("tenant_hooks_quiet");
    const made = (await admin(by, "POST", "/keys", { name: "k" })).body;
    const hook = await createHook("/hooks/quiet", ["search.ended"], by);
    const loud = await createHook("/hooks/loud", ["search.ended"], by);
    await admin(by, "POST", `/webhooks/${hook.id}`, { disabled: true });
    await ask(made.key);
    await until(async () => (await postsTo("/hooks/loud")).length > 0);
    expect(await postsTo("/hooks/quiet")).toEqual([]);
    const everything = await runInDurableObject(tenantOf("tenant_hooks_quiet"), (_instance, state) => {
      const tables = state.storage.sql.exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table'");
      const own = tables.toArray().filter(({ name }) => !name.startsWith("_cf"));
      return JSON.stringify(own.map(({ name }) => state.storage.sql.exec(`SELECT * FROM "${name}"`).toArray()));
    });
    expect(everything).toContain(hook.id);
    for (const secret of [hook.secret, loud.secret, made.key]) expect(everything).not.toContain(secret.slice(6, -6));
  });

  test.each([
    "http://hooks.example.com/in",
    "https://127.0.0.1/in",
    "https://localhost/in",
    "https://hooks.internal/in",
    "https://user:pass@hooks.example.com/in",
    "https://2130706433/in",
    "ftp://hooks.example.com/in",
  ])("T1: %s is no address of a webhook", async (url) => {
    const refused = await admin(manager, "POST", "/webhooks", { url, events: ["search.ended"] });
    expect([refused.status, refused.body.error.param]).toEqual([400, "url"]);
  });
});
