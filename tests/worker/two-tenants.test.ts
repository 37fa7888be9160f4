import { env } from "cloudflare:test";
import { beforeAll, describe, expect, test } from "vitest";
import { createDocument, toTemplate } from "../../src/api/openapi/document.ts";
import { ROUTES, type Route } from "../../src/api/routes.ts";
import { providersOf } from "../../src/env.ts";
import { type Answer, admin, mintManager } from "./admin-client.ts";
import { call, MODEL, mintKey, question, until } from "./client.ts";

// I9: nothing of one tenant's is another's to read, to change, or to know of. Every route is asked, in every place for an
// id, for every kind of id that tenant B has; the answer must be that for an id which nobody has.

const A = "tenant_nine_a";
const B = "tenant_nine_b";
/** In everything that B has a say in. */
const CANARY = "canary7f3a";

interface Keys {
  readonly inference: string;
  readonly management: string;
}

let a: Keys;
let b: Keys;
/** What B has, by kind. */
let ids: Record<string, string> = {};
let budgetOfAll = "";

beforeAll(async () => {
  a = { inference: await mintKey(A), management: await mintManager(A) };
  b = { inference: await mintKey(B), management: await mintManager(B) };
  const { messages } = question("hello", `Remember ${CANARY}.`);
  const ask = async (path: string, body: object) =>
    (await call(b.inference, "POST", path, { model: MODEL, ...body })).json<{ id: string; search?: { id: string } }>();
  const completion = await ask("/v1/chat/completions", { messages, store: true, metadata: { note: CANARY } });
  const response = await ask("/v1/responses", { input: messages });
  const make = async (path: string, body: object): Promise<Answer["body"]> =>
    (await admin(b.management, "POST", path, body)).body;
  const name = `of B, ${CANARY}`;
  const project = await make("/projects", { id: `p-${CANARY}`, name });
  const key = await make("/keys", { name, project_id: project.id });
  const budget = { amount_usd: 1, period: { type: "lifetime" } };
  const future = Math.floor(Date.now() / 1000) + 86_400;
  const price = { model: `model-${CANARY}`, effective_from: future, input_usd: 1, output_usd: 1 };
  const webhook = { url: `${new URL(env.SCORER_URL).origin}/${CANARY}`, events: ["search.ended"] };
  const models = [{ id: `own-${CANARY}`, upstream: "scripted" }];
  const baseUrl = providersOf(env).find((one) => one.name === "scripted")?.baseUrl;
  const provider = { name: `own, ${CANARY}`, baseUrl, apiKey: `sk-${CANARY}`, models };
  await make(`/limits/key:${key.id}`, { parallel_calls: 77 });
  budgetOfAll = (await make("/budgets", { ...budget, scope: `project:${project.id}` })).id;
  ids = {
    completion: completion.id,
    search: completion.search?.id ?? "",
    response: response.id,
    project: project.id,
    key: key.id,
    budget: budgetOfAll,
    price: (await make("/prices", price)).id,
    webhook: (await make("/webhooks", webhook)).id,
    provider: (await make("/providers", provider)).id,
    projectScope: `project:${project.id}`,
    keyScope: `key:${key.id}`,
  };
  await until(async () => (await everythingOf(b)).includes(completion.id));
  for (const [kind, id] of Object.entries(ids)) if (!id) throw new Error(`B has no ${kind}`);
});

/** What can be read with both keys without naming anything. */
async function everythingOf(keys: Keys): Promise<string> {
  const texts = LISTS.map(async ({ path, scope }) => (await call(keyFor(keys, scope), "GET", `/v1${path}`)).text());
  return (await Promise.all(texts)).join("\n");
}

function keyFor(keys: Keys, scope: Route["scope"]): string {
  return scope.startsWith("searches:") ? keys.inference : keys.management;
}

const TENANT_ROUTES = ROUTES.filter(({ scope, path }) => scope !== "public" && !path.startsWith("/:strategy"));
const LISTS = TENANT_ROUTES.filter(
  ({ method, path, scope }) => method === "GET" && !path.includes(":") && scope !== "deployment",
);
const WITH_ID = TENANT_ROUTES.filter(({ path }) => path.includes("/:"));

/** Of the same form as `id`, and nobody's. */
function unknownLike(id: string): string {
  const [, prefix = "", suffix = ""] = /^(.*[_:-])?([^_:-]*)$/.exec(id) ?? [];
  return prefix + suffix.replace(/./g, "0");
}

/** A body that is in order, so that only the id can be at fault. */
const BODIES: Readonly<Record<string, object>> = {
  "POST /chat/completions/:id": { metadata: { note: "taken over" } },
  "POST /admin/projects/:id": { name: "taken over" },
  "POST /admin/keys/:id": { name: "taken over" },
  "POST /admin/budgets/:id": { amount_usd: 0 },
  "POST /admin/budgets/:id/top_ups": { amount_usd: 1 },
  "POST /admin/limits/:scope": { parallel_searches: 0 },
  "POST /admin/webhooks/:id": { disabled: true },
  "POST /admin/providers/:id": { name: "taken over" },
  "POST /admin/providers/:id/test": {},
};

interface Seen {
  readonly status: number;
  readonly text: string;
}

async function ask(key: string, method: string, path: string, body?: object): Promise<Seen> {
  const response = await call(key, method, `/v1${path}`, body);
  return { status: response.status, text: await response.text() };
}

/** Nothing of B, beside what A itself has just said. */
function expectNothingOfB({ text }: Seen, said: readonly string[]): void {
  const rest = said.reduce((left, one) => left.replaceAll(one, "[said]"), text);
  for (const secret of [CANARY, ...Object.values(ids)]) expect(rest).not.toContain(secret);
}

describe("I9: B's ids in A's paths", () => {
  test("there are routes with ids, and B has something in every list that it can read", async () => {
    expect(WITH_ID.length).toBeGreaterThan(25);
    const seen = await everythingOf(b);
    const { projectScope, ...shown } = ids;
    expect(seen).toContain(projectScope);
    for (const [kind, id] of Object.entries(shown)) if (kind !== "response") expect(seen, kind).toContain(id);
    expect(seen).toContain(CANARY);
  });

  test.each(WITH_ID)("$method $path answers as to an id that nobody has, and it is 404", async (route) => {
    const { method, path, scope } = route;
    const body = method === "POST" ? (BODIES[`${method} ${path}`] ?? {}) : undefined;
    const before = await everythingOf(b);
    for (const id of Object.values(ids)) {
      const nobodys = unknownLike(id);
      const at = (one: string) => path.replace(/:(id|scope)(\{[^}]*\})?/, encodeURIComponent(one));
      const theirs = await ask(keyFor(a, scope), method, at(id), body);
      const none = await ask(keyFor(a, scope), method, at(nobodys), body);
      const isOther = scope === "deployment";
      expect(theirs.status, `${id} at ${path}: a body that is in order belongs into BODIES`).toBe(isOther ? 401 : 404);
      const said = [id, encodeURIComponent(id)];
      const unsaid = [nobodys, encodeURIComponent(nobodys)];
      expect(withoutIds(theirs.text, said)).toBe(withoutIds(none.text, unsaid));
      expectNothingOfB(theirs, said);
    }
    expect(await everythingOf(b)).toBe(before);
  });
});

function withoutIds(text: string, said: readonly string[]): string {
  return said.reduce((left, one) => left.replaceAll(one, "[id]"), text);
}

/** Every field of a query or a body in which an id may stand; with one of B's, and how it is then refused. */
interface Field {
  readonly operation: string;
  readonly field: string;
  readonly send: (id: string) => { readonly query?: string; readonly body?: object };
  readonly of: readonly string[];
  /** 200 where the id only filters: then there is nothing. */
  readonly status: number;
}

const after = (operation: string, of: readonly string[], status = 400): Field => {
  return { operation, field: "after", send: (id) => ({ query: `after=${encodeURIComponent(id)}` }), of, status };
};
const spender = { amount_usd: 1, period: { type: "lifetime" } };
const input = [{ role: "user", content: "scenario=hello tag=nine And then?" }];

const FIELDS: readonly Field[] = [
  after("GET /chat/completions", ["completion"]),
  after("GET /searches", ["search"]),
  after("GET /admin/projects", ["project"]),
  after("GET /admin/keys", ["key"]),
  after("GET /admin/budgets", ["budget"]),
  after("GET /admin/prices", ["price"]),
  after("GET /admin/usage", ["key", "project"]),
  // Its entries are numbered, in each tenant from 1: an id is no number.
  after("GET /admin/audit", ["webhook"]),
  {
    operation: "POST /responses",
    field: "previous_response_id",
    send: (id) => ({ body: { model: MODEL, input, previous_response_id: id } }),
    of: ["response"],
    status: 400,
  },
  {
    operation: "GET /admin/keys",
    field: "project_id",
    send: (id) => ({ query: `project_id=${id}` }),
    of: ["project"],
    status: 200,
  },
  {
    operation: "POST /admin/keys",
    field: "project_id",
    send: (id) => ({ body: { name: "mine", project_id: id } }),
    of: ["project"],
    status: 404,
  },
  {
    operation: "GET /admin/budgets",
    field: "scope",
    send: (id) => ({ query: `scope=${encodeURIComponent(id)}` }),
    of: ["projectScope", "keyScope"],
    status: 404,
  },
  {
    operation: "POST /admin/budgets",
    field: "scope",
    send: (id) => ({ body: { ...spender, scope: id } }),
    of: ["projectScope", "keyScope"],
    status: 404,
  },
  {
    operation: "GET /admin/usage",
    field: "key",
    send: (id) => ({ query: `group_by=key&key=${id}` }),
    of: ["key"],
    status: 200,
  },
  {
    operation: "GET /admin/usage",
    field: "project",
    send: (id) => ({ query: `group_by=project&project=${id}` }),
    of: ["project"],
    status: 200,
  },
];

describe("I9: B's ids in A's queries and bodies", () => {
  test.each(FIELDS)("$operation, $field", async ({ operation, send, of, status }) => {
    const [method = "", path = ""] = operation.split(" ");
    const scope = ROUTES.find((one) => one.method === method && one.path === path)?.scope ?? "public";
    for (const kind of of) {
      const id = ids[kind] ?? "";
      const asked = async (one: string) => {
        const { query, body } = send(one);
        return ask(keyFor(a, scope), method, query === undefined ? path : `${path}?${query}`, body);
      };
      const theirs = await asked(id);
      const nobodys = unknownLike(id);
      expect(theirs.status, theirs.text).toBe(status);
      expect(withoutIds(theirs.text, [id])).toBe(withoutIds((await asked(nobodys)).text, [nobodys]));
      expectNothingOfB(theirs, [id]);
    }
  });

  test("an entry of B's audit log says nothing to A", async () => {
    const { data } = (await admin(b.management, "GET", "/audit")).body;
    const known = { id: data[0].id, hash: data[0].hash };
    const verdict = await admin(a.management, "POST", "/audit/verify", { known });
    expect(verdict.body).toMatchObject({ intact: false, fault: "head", hash: null });
  });

  test("a cursor of B's usage is none of A's", async () => {
    const mine = await admin(b.management, "GET", "/usage?group_by=model,key&limit=1");
    const cursor = mine.body.next ?? encodeURIComponent(JSON.stringify(["whatever", "day", "2026-01-01"]));
    const theirs = await admin(a.management, "GET", `/usage?group_by=model,key&after=${encodeURIComponent(cursor)}`);
    expect([theirs.status, theirs.body.error.param]).toEqual([400, "after"]);
  });

  test("no field with an id is left out", () => {
    const document = createDocument(ROUTES);
    const isIdLike = (name: string) => /(^|_)id$|^(after|scope|key|project|known|conversation)$/.test(name);
    // The client's own words for what it makes or is asked about, and what leads nowhere.
    const OWN = ["POST /admin/tenants id", "POST /admin/projects id", "POST /admin/budgets/{id}/top_ups id"];
    const OPERATOR = ["GET /admin/tenants after", "GET /admin/credential_keys after"];
    const ELSEWHERE = ["POST /admin/audit/verify known", "POST /admin/credential_keys/rotate after", ...OPERATOR];
    const covered = new Set([...FIELDS.map(({ operation, field }) => `${operation} ${field}`), ...OWN, ...ELSEWHERE]);
    const found = TENANT_ROUTES.flatMap(({ method, path }) => {
      const template = toTemplate(path);
      const operation = document.paths[template]?.[method.toLowerCase()];
      const queries = (operation?.parameters ?? []).filter((one) => one.in === "query").map(({ name }) => name);
      const reference = JSON.stringify(operation?.requestBody ?? {}).match(/schemas\/(\w+)/)?.[1];
      const schema = document.components.schemas[reference ?? ""] as { readonly properties?: object } | undefined;
      const names = [...queries, ...Object.keys(schema?.properties ?? {})];
      return names.filter(isIdLike).map((name) => `${method} ${template} ${name}`);
    });
    // A page within one thing of A's goes by the thing's own items.
    const inner = /^GET \/(chat\/completions|responses)\/\{id\}\/\w+ after$/;
    expect(found.filter((one) => !covered.has(one) && !inner.test(one))).toEqual([]);
    expect(found.length).toBeGreaterThan(12);
  });
});

test("I8, I9: the same Idempotency-Key is another search for another tenant", async () => {
  const { messages } = question("hello");
  const same = (key: string) =>
    call(key, "POST", "/v1/chat/completions", { model: MODEL, messages }, { "idempotency-key": "idem-nine" });
  const [ofA, ofB] = [await same(a.inference), await same(b.inference)];
  const [first, second] = [await ofA.json<{ id: string }>(), await ofB.json<{ id: string }>()];
  expect([ofA.status, ofB.status]).toEqual([200, 200]);
  expect(second.id).not.toBe(first.id);
});

test("I9: all that A can list, exported as CSV too, has no byte of B's", async () => {
  expectNothingOfB({ status: 200, text: await everythingOf(a) }, []);
  const { text } = await admin(a.management, "GET", "/usage?group_by=key,project,model,method,day&format=csv");
  expectNothingOfB({ status: 200, text }, []);
});
