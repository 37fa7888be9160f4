import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { type ServiceProcess, startProcess } from "./processes.ts";

const state = mkdtempSync(join(tmpdir(), "espalier-crash-"));
const processes: ServiceProcess[] = [];
afterAll(async () => {
  for (const one of processes) await one.kill().catch(() => undefined);
  rmSync(state, { recursive: true, force: true });
});

async function start(args: readonly string[]): Promise<ServiceProcess> {
  const started = await startProcess(state, args);
  processes.push(started);
  return started;
}

interface SearchView {
  readonly state: string;
  readonly answer: string | null;
  readonly rollouts: number;
}

async function readSearch(service: ServiceProcess, id: string): Promise<SearchView> {
  const response = await service.api(`/v1/searches/${id}`);
  expect(response.status).toBe(200);
  return (await response.json()) as SearchView;
}

async function until<T>(limitMs: number, read: () => Promise<T | null>): Promise<T> {
  const deadline = Date.now() + limitMs;
  while (Date.now() < deadline) {
    const value = await read();
    if (value !== null) return value;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`not within ${limitMs} ms`);
}

// I4, I5, I7: an acknowledged search is not lost, goes on by itself, and does not pay twice for what was answered.
test("killed with -9 in the middle, the search finishes by itself after the restart under the same id", async () => {
  const rollouts = 24;
  const first = await start(["--latency-ms", "1000"]);
  const sent = new AbortController();
  const response = await first.api("/v1/chat/completions", {
    method: "POST",
    signal: sent.signal,
    body: JSON.stringify({
      model: "espalier/24",
      stream: true,
      seed: 7,
      messages: [{ role: "user", content: "Use 4 9 10 13 to make 24" }],
      // Agreement proves nothing, so the search cannot stop early: all its rollouts have to be made.
      search: { method: "best-of-n", verifier: "agreement", budget: { max_rollouts: rollouts, max_parallel: 4 } },
    }),
  });
  expect(response.status).toBe(200);
  const id = response.headers.get("x-search-id") ?? "";
  expect(id).toMatch(/^srch_/);

  // Two waves of four are answered and recorded, the third is in flight.
  await until(30_000, async () => ((await readSearch(first, id)).rollouts >= 8 ? true : null));
  const before = await first.ledger();
  await first.kill();
  sent.abort();

  const second = await start(["--latency-ms", "0"]);
  // Nobody asks for the search: the alarm alone must bring it back. The model's ledger is the witness.
  const after = await until(60_000, async () => {
    const ledger = await second.ledger();
    return ledger.calls.filter(({ endMs }) => endMs !== null).length >= rollouts - 12 ? ledger : null;
  });
  const done = await until(10_000, async () => {
    const search = await readSearch(second, id);
    return search.state === "running" ? null : search;
  });
  expect(done).toMatchObject({ state: "completed", rollouts });
  expect(done.answer).toMatch(/Answer:/);

  const seedsOf = (ledger: typeof before, isAnswered: boolean) =>
    ledger.calls
      .filter(({ endMs, aborted }) => !isAnswered || (endMs !== null && !aborted))
      .map(({ summary }) => summary?.seed);
  const answered = seedsOf(before, true);
  expect(answered.length).toBeGreaterThanOrEqual(8);
  const again = seedsOf(await second.ledger(), false);
  // Each call has its own seed. What had been answered is not asked again; only what was in flight may be.
  const repeated = again.filter((seed) => answered.includes(seed));
  expect(repeated).toEqual([]);
  expect(new Set([...answered, ...again]).size).toBe(rollouts);
  expect(after.calls.length).toBeLessThanOrEqual(rollouts - answered.length);

  // The same id still answers, now from a finished search.
  expect(await readSearch(second, id)).toEqual(done);
});
