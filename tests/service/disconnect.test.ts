import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ServiceProcess, startProcess } from "../crash/processes.ts";

/** Real connections to the real service, cut: what workerd notices of it is the platform's to say (PLATFORM.md B5). */
const state = mkdtempSync(join(tmpdir(), "espalier-disconnect-"));
let service: ServiceProcess;
beforeAll(async () => {
  service = await startProcess(state, ["--latency-ms", "2000"]);
});
afterAll(async () => {
  await service?.kill();
  rmSync(state, { recursive: true, force: true });
});

interface Begun {
  readonly id: string;
  readonly connection: AbortController;
}

/** A streamed search of some 60 s. */
async function begin(search: object): Promise<Begun> {
  const connection = new AbortController();
  const response = await service.api("/v1/chat/completions", {
    method: "POST",
    signal: connection.signal,
    body: JSON.stringify({
      model: "espalier/24",
      stream: true,
      messages: [{ role: "user", content: "Use 4 9 10 13 to make 24" }],
      search: {
        method: "best-of-n",
        verifier: "agreement",
        budget: { max_rollouts: 60, max_parallel: 2, max_wall_ms: 120_000 },
        ...search,
      },
    }),
  });
  expect(response.status).toBe(200);
  await response.body?.getReader().read();
  return { id: response.headers.get("x-search-id") ?? "", connection };
}

async function stateOf(id: string): Promise<string> {
  return ((await (await service.api(`/v1/searches/${id}`)).json()) as { state: string }).state;
}

test("a stream that is cut ends its search soon after, unless that is to be finished", async () => {
  const [left, kept] = [await begin({}), await begin({ on_disconnect: "finish" })];
  left.connection.abort();
  kept.connection.abort();
  // The grace of a retry, and the alarm after it.
  const deadlineMs = Date.now() + 45_000;
  while ((await stateOf(left.id)) === "running" && Date.now() < deadlineMs) {
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  expect([await stateOf(left.id), await stateOf(kept.id)]).toEqual(["cancelled", "running"]);
  await service.api(`/v1/searches/${kept.id}/cancel`, { method: "POST" });
});
