import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test, vi } from "vitest";
import { createJudgementStore, JUDGEMENT_BOUNDS } from "../../durable-objects/judgements/judgement-store.ts";
import { createJudgementCache } from "../../durable-objects/search-tree/judgement-cache.ts";
import { worldClock } from "../../durable-objects/search-tree/world-clock.ts";
import { call, callsOf, MODEL, mintKey, question } from "./client.ts";

const SEARCH = {
  method: "best_of_n",
  verifier: { type: "judge", rubric: "Is it an answer?", steps: false },
  budget: { max_rollouts: 2, max_parallel: 1 },
};

interface Answer {
  readonly search: { readonly verdict: { readonly reason: string; readonly value: number } };
}

/** Asks and tells how often the judge was called for it. */
async function ask(key: string, { messages, tag }: ReturnType<typeof question>) {
  const judged = async () =>
    (await callsOf(tag)).filter(({ body }) => JSON.stringify(body.messages).includes("<rubric>")).length;
  const before = await judged();
  const response = await call(key, "POST", "/v1/chat/completions", { model: MODEL, messages, search: SEARCH });
  const { search } = await response.json<Answer>();
  return { verdict: search.verdict, judgeCalls: (await judged()) - before };
}

describe("within a tenant and never beyond", () => {
  test("I10: a tenant's second search remembers, another tenant's does not", async () => {
    const [a, b] = await Promise.all([mintKey("tenant_judging_a"), mintKey("tenant_judging_b")]);
    const asked = question("judged");
    const first = await ask(a, asked);
    expect(first.judgeCalls).toBe(1);
    expect(first.verdict.reason).not.toMatch(/remembered/);
    const second = await ask(a, asked);
    expect(second.judgeCalls).toBe(0);
    expect(second.verdict.value).toBe(first.verdict.value);
    expect(second.verdict.reason).toMatch(/remembered from an earlier search/);
    const foreign = await ask(b, asked);
    expect(foreign.judgeCalls).toBe(1);
    expect(foreign.verdict.reason).not.toMatch(/remembered/);
  });

  test("I10: two keys of one tenant share, and tenants' objects hold their own rows only", async () => {
    const tenant = "tenant_judging_c";
    const asked = question("judged");
    expect((await ask(await mintKey(tenant), asked)).judgeCalls).toBe(1);
    expect((await ask(await mintKey(tenant), asked)).judgeCalls).toBe(0);
    const rowsOf = (name: string) =>
      runInDurableObject(
        env.JUDGEMENTS?.getByName(name) as DurableObjectStub,
        (_instance, { storage }) => storage.sql.exec<{ key: string }>("SELECT key FROM judgements_0").toArray().length,
      );
    expect(await rowsOf(tenant)).toBe(1);
  });
});

describe("the store", () => {
  async function inside<Value>(name: string, use: (storage: DurableObjectStorage) => Value): Promise<Value> {
    const stub = env.JUDGEMENTS?.getByName(name) as DurableObjectStub;
    return (await runInDurableObject(stub, (_instance, { storage }) => use(storage))) as Value;
  }
  const entry = (key: string, value = "{}") => ({ key, value });

  test("gives back what was put, keeps the first, and forgets what is too old", async () => {
    await inside("store-a", (storage) => {
      const store = createJudgementStore(storage, { ...JUDGEMENT_BOUNDS, longestAgeMs: 1000 });
      store.put([entry("a", "1"), entry("b", "2")], 0);
      store.put([entry("a", "9")], 500);
      expect(store.get(["b", "x", "a"], 1000)).toEqual(["2", null, "1"]);
      expect(store.get(["a"], 1001)).toEqual([null]);
      store.put([entry("a", "9")], 2000);
      expect(store.get(["a"], 2500)).toEqual(["9"]);
    });
  });

  test("is bounded: the older half goes when both generations are full", async () => {
    await inside("store-b", (storage) => {
      const store = createJudgementStore(storage, { ...JUDGEMENT_BOUNDS, generationRows: 3 });
      const keys = Array.from({ length: 10 }, (_unused, index) => `k${index}`);
      for (const key of keys) store.put([entry(key)], 0);
      const known = keys.filter((_key, index) => store.get(keys, 0)[index] !== null);
      expect(known).toEqual(["k6", "k7", "k8", "k9"]);
      const rows = [0, 1].map((table) => storage.sql.exec(`SELECT key FROM judgements_${table}`).toArray().length);
      expect(rows.sort()).toEqual([1, 3]);
      // Opened again it goes on where it stopped.
      createJudgementStore(storage, { ...JUDGEMENT_BOUNDS, generationRows: 3 }).put([entry("k10")], 0);
      expect(store.get(["k9", "k10"], 0)).toEqual(["{}", "{}"]);
    });
  });
});

describe("the way to it", () => {
  const remoteOf = (get: () => Promise<(string | null)[]>) => ({ get, put: () => Promise.reject(new Error("down")) });
  const kept: Promise<unknown>[] = [];
  const cacheOf = (get: () => Promise<(string | null)[]>) =>
    createJudgementCache(remoteOf(get), worldClock, (work) => kept.push(work));

  test.each<[string, () => Promise<(string | null)[]>]>([
    ["is down", () => Promise.reject(new Error("down"))],
    ["knows nothing", async () => [null]],
    ["knows too little", async () => []],
    ["says something else", async () => ["no JSON"]],
    ["says words", async () => ['{"values": ["1"]}']],
    ["says less than nothing", async () => ['{"values": [-1]}']],
    ["never answers", () => new Promise(() => {})],
  ])("a cache that %s knows nothing, in bounded time", async (_name, get) => {
    expect(await cacheOf(get).get(["a"])).toEqual(new Map());
  });

  test("what is to be put while a call is under way goes with the next, all of it", async () => {
    const calls: string[][] = [];
    const answers: (() => void)[] = [];
    const put = (entries: readonly { readonly key: string }[]): Promise<void> => {
      calls.push(entries.map(({ key }) => key));
      return new Promise((resolve) => answers.push(resolve));
    };
    const work: Promise<unknown>[] = [];
    const cache = createJudgementCache({ get: async () => [], put }, worldClock, (one) => work.push(one));
    for (const key of ["a", "b", "c"]) cache.put(new Map([[key, { values: [1] }]]));
    expect(calls).toEqual([["a"]]);
    answers[0]?.();
    await vi.waitFor(() => expect(calls).toEqual([["a"], ["b", "c"]]));
    answers[1]?.();
    await Promise.all(work);
    cache.put(new Map([["d", { values: [1] }]]));
    expect(calls[2]).toEqual(["d"]);
  });

  test("what cannot be put is forgotten without a word", async () => {
    cacheOf(async () => []).put(new Map([["a", { values: [1] }]]));
    await expect(Promise.all(kept)).resolves.toBeDefined();
    expect(kept.length).toBeGreaterThan(0);
  });
});
