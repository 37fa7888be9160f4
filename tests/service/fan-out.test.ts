import { afterAll, beforeAll, expect, test } from "vitest";
import { type ProviderProcess, scriptedProvider, startProvider } from "../../bench/provider/process.ts";
import type { SettingsInput } from "../../bench/provider/settings.ts";
import { type BareService, startBareService } from "../../bench/workerd/service.ts";

// The Worker on workerd itself and the scripted provider in a process of its own, which holds each invocation to six
// connections that wait for headers, as production does and local workerd does not.
const SLOW_HEADERS: SettingsInput = { latency: { headers: { type: "constant", ms: 100 } }, headerSlots: 6 };

let provider: ProviderProcess;
let withOutlets: BareService;
let alone: BareService;

beforeAll(async () => {
  provider = await startProvider(SLOW_HEADERS);
  const other = { name: "bounded", maxConcurrent: 5 };
  const bounded = scriptedProvider(provider.url, other);
  const providers = [
    scriptedProvider(provider.url),
    { ...bounded, models: bounded.models.map((model) => ({ ...model, id: "espalier/bounded" })) },
  ];
  withOutlets = await startBareService({ providers, variables: { FAN_OUT: '{"outlets":8,"tagged":true}' } });
  alone = await startBareService({ providers, variables: { FAN_OUT: '{"outlets":0,"tagged":true}' } });
});
afterAll(async () => {
  await withOutlets?.close();
  await alone?.close();
  await provider?.close();
});

function ask(service: BareService, width: number, { model = "espalier/scripted", signal }: Asked = {}) {
  return fetch(`${service.url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${service.key}`, "content-type": "application/json" },
    body: JSON.stringify({
      model,
      messages: [{ role: "user", content: "Use 4 9 10 13 to make 24" }],
      max_tokens: 64,
      search: { method: "best-of-n", verifier: "agreement", budget: { max_rollouts: width, max_parallel: width } },
    }),
    ...(signal !== undefined && { signal }),
  });
}

interface Asked {
  readonly model?: string;
  readonly signal?: AbortSignal;
}

/** Calls that were in flight together at most, and the invocations that made them. */
async function seen() {
  const ledger = await provider.ledger();
  return { ...ledger, invocations: new Set(ledger.calls.map(({ invocation }) => invocation)) };
}

test("32 calls whose headers are late wait together, no more than six of one invocation", async () => {
  await provider.configure(SLOW_HEADERS);
  await provider.resetLedger();
  const response = await ask(withOutlets, 32);
  expect(response.status).toBe(200);
  const { count, peakConcurrent, peakHeaderWaiting, invocations } = await seen();
  expect(count).toBe(32);
  expect(peakHeaderWaiting).toBeLessThanOrEqual(6);
  expect(peakConcurrent).toBeGreaterThan(12);
  expect(invocations.size).toBeGreaterThan(2);
});

test("without outlets the seventh waits for a slot", async () => {
  await provider.configure(SLOW_HEADERS);
  await provider.resetLedger();
  expect((await ask(alone, 18)).status).toBe(200);
  const { peakConcurrent, peakHeaderWaiting, invocations } = await seen();
  expect({ peakConcurrent, peakHeaderWaiting, invocations: invocations.size }).toEqual({
    peakConcurrent: 6,
    peakHeaderWaiting: 6,
    invocations: 1,
  });
});

test("a provider's own bound holds, by whatever way calls go out", async () => {
  await provider.configure(SLOW_HEADERS);
  await provider.resetLedger();
  expect((await ask(withOutlets, 16, { model: "espalier/bounded" })).status).toBe(200);
  const { count, peakConcurrent } = await seen();
  expect(count).toBe(16);
  expect(peakConcurrent).toBeLessThanOrEqual(5);
});

test("an ended search hangs up on the calls of its outlets, before their headers and after", async () => {
  for (const fault of ["header-stall", "body-stall"] as const) {
    await provider.configure({ faults: [{ fault }], latency: { headers: { type: "constant", ms: 50 } } });
    await provider.resetLedger();
    const answer = ask(withOutlets, 20);
    for (;;) {
      if ((await provider.ledger()).open === 20) break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const running = await runningSearch();
    await fetch(`${withOutlets.url}/v1/searches/${running}/cancel`, {
      method: "POST",
      headers: { authorization: `Bearer ${withOutlets.key}` },
    });
    await answer;
    for (let tries = 0; (await provider.ledger()).open > 0; tries++) {
      if (tries > 100) throw new Error(`${fault}: ${(await provider.ledger()).open} calls are still open`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect((await seen()).invocations.size).toBeGreaterThan(1);
  }
});

/** Its id, from the calls that it makes itself. */
async function runningSearch(): Promise<string> {
  const id = [...(await seen()).invocations].find((invocation) => invocation.startsWith("srch_"));
  if (id === undefined) throw new Error("no search runs");
  return id;
}
