import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { aroundEach, describe, expect, test } from "vitest";
import { createSqliteStore } from "../../durable-objects/search-tree/sqlite-store.ts";
import type { SearchEvent } from "../../src/core/event.ts";
import { storeContract } from "../contracts/store.ts";

// A file of its own: a run that was once wrapped this way does not survive `abortAllDurableObjects`.
describe("the store contract, each test inside an object of its own", () => {
  let inside: DurableObjectState | null = null;
  let objects = 0;
  aroundEach(async (runTest) => {
    await runInDurableObject(env.SEARCH_TREE.getByName(`store-${objects++}`), async (_instance, state) => {
      inside = state;
      await runTest();
    });
  });

  storeContract("SQLite store", () => {
    if (inside === null) throw new Error("not inside an object");
    return createSqliteStore(inside.storage);
  });
});

test("SQLite store: another store over the same storage goes on where the log ends", async () => {
  const end = (sequence: number): SearchEvent => ({ sequence, atMs: 1, type: "step-end", stepId: 1, attempts: [] });
  await runInDurableObject(env.SEARCH_TREE.getByName("store-again"), (_instance, { storage }) => {
    createSqliteStore(storage).append([end(0), end(1)]);
    const again = createSqliteStore(storage);
    expect(() => again.append([end(1)])).toThrow(/sequence 1/);
    again.append([end(2)]);
    expect(again.read(0)).toHaveLength(3);
  });
});
