import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { scriptedProvider } from "../../bench/provider/process.ts";
import { createProvider } from "../../bench/provider/server.ts";
import { startToOrder } from "../../durable-objects/search-tree/start-event.ts";
import { createCanceller } from "../../src/core/cancellation.ts";
import type { SearchEvent } from "../../src/core/event.ts";
import { search } from "../../src/core/search.ts";
import { createMemoryStore } from "../../src/core/store.ts";
import { foldTree } from "../../src/core/tree.ts";
import { createGate } from "../../src/providers/gate.ts";
import { answersOfRecipe, backupOfRecipe, createSetup } from "../../src/setup.ts";
import { bookedAttempts, settlementsTwice } from "./log-books.ts";

/** What storage held in the middle of a search, by the code of that day (keep-logs.ts). */
const FOLDER = join(import.meta.dirname, "logs");
const FILES = readdirSync(FOLDER);

const provider = await createProvider();
afterAll(() => provider.close());

function readLog(file: string): readonly SearchEvent[] {
  return JSON.parse(readFileSync(join(FOLDER, file), "utf8")) as SearchEvent[];
}

test("logs of several days and methods are kept", () => {
  expect(new Set(FILES.map((file) => file.slice(0, "2026-11-22-1958".length))).size).toBeGreaterThan(1);
  expect(FILES.length).toBeGreaterThan(7);
});

test.each(FILES)(
  "I19: %s, cut off in the middle by the code of that day, is brought to its end by today's",
  async (file) => {
    const log = readLog(file);
    const [start] = log;
    const last = log.at(-1);
    if (start?.type !== "search-start" || last === undefined) throw new Error(`${file} does not begin`);
    const before = foldTree(log, answersOfRecipe, backupOfRecipe);
    const open = [...before.openSteps.keys()];
    const answered = log.flatMap((event) => (event.type === "step-end" ? [event.stepId] : []));
    expect([open.length > 0, answered.length > 0, before.end]).toEqual([true, true, null]);

    // No time has gone by: the deadline is not what is asked here.
    const startedAt = performance.now();
    const clock = {
      now: () => Math.round(last.atMs + performance.now() - startedAt),
      schedule: (delayMs: number, callback: () => void) => {
        const timer = setTimeout(callback, delayMs);
        return () => clearTimeout(timer);
      },
    };
    const deps = { providers: [scriptedProvider(provider.url)], gate: createGate(), clock };
    const setup = createSetup({ ...startToOrder(start), codeVersion: "today" }, deps);
    if (!setup.ok) throw new Error(setup.error.message);
    const store = createMemoryStore(log);
    provider.ledger.reset();
    const tree = await search(setup.value, { store, clock, signal: createCanceller().signal, onAppend: () => {} });

    expect(tree.end?.reason).toMatch(/^(completed|rollouts|calls)$/);
    expect(tree.end?.answerNodeId).toBeTypeOf("string");
    const events = store.read(0);
    expect(events.slice(0, log.length)).toEqual(log);
    const later = events.slice(log.length);
    // What was in flight is asked again, once; what was answered is not (I7).
    const again = later.flatMap((event) => (event.type === "step-start" ? [event.stepId] : []));
    expect(again.filter((stepId) => open.includes(stepId)).toSorted()).toEqual(open.toSorted());
    expect(again.filter((stepId) => answered.includes(stepId))).toEqual([]);
    // Every call that arrived is in the books, once (I6), and nothing is held any more (I3).
    expect(settlementsTwice(events)).toEqual([]);
    const calls = bookedAttempts(later).filter(({ attempt }) => attempt.provider !== "");
    expect(provider.ledger.snapshot().count).toBe(calls.length);
    expect(tree.reserved).toEqual({ rollouts: 0, calls: 0, tokens: 0, microdollars: 0 });
  },
);
