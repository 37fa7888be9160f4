import { spawn } from "node:child_process";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { median } from "../../src/core/statistics.ts";
import { scriptedProvider, startProvider } from "../provider/process.ts";
import { processorMs } from "../workerd/cpu.ts";
import { type BareService, startBareService } from "../workerd/service.ts";
import type { LoadOrder, LoadPhase, PhaseResult } from "./load.ts";

const CLIENTS = 64;
/** A phase's length: long enough for some hundred calls, short enough that a noisy minute meets both targets. */
const PHASE_MS = 3000;

interface Result {
  readonly addedP50Ms: number;
  readonly addedP99Ms: number;
  readonly requestsPerSecond: number;
  readonly shareOfDirect: number;
  /** Processor time of workerd per call at 64 clients; null where the system does not tell. */
  readonly processorMsPerCall: number | null;
}

/**
 * What the service adds to one plain call: the same request made directly to the provider and through the service on bare
 * workerd (authentication, ledger, durable log and delivery to D1 on), in alternation, by a generator in its own process.
 * First one client, for latency; then 64, for throughput as a share of what they get directly.
 */
export async function passThrough(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: "boolean", default: false },
      rounds: { type: "string", default: "5" },
      "latency-ms": { type: "string", default: "100" },
    },
  });
  const latencyMs = Number(values["latency-ms"]);
  const provider = await startProvider({ latency: { firstToken: { type: "constant", ms: latencyMs } } });
  const service = await startBareService({ providers: [scriptedProvider(provider.url)] });
  const message = { role: "user", content: "Say something." };
  const bodyFor = (model: string) => JSON.stringify({ model, messages: [message], max_tokens: 16, seed: 1 });
  const order = (clients: number): LoadOrder => ({
    targets: {
      direct: { url: `${provider.url}/v1/chat/completions`, headers: {}, body: bodyFor("scripted") },
      through: {
        url: `${service.url}/v1/chat/completions`,
        headers: { authorization: `Bearer ${service.key}` },
        body: bodyFor("espalier/scripted"),
      },
    },
    phases: alternating(Number(values.rounds), clients),
  });
  try {
    const warmUp = alternating(1, 8).map((phase) => ({ ...phase, durationMs: 1000 }));
    const warm = await generate({ ...order(8), phases: warmUp });
    const alone = await generate(order(1));
    const before = processorMs(service.processId);
    const crowded = await generate(order(CLIENTS));
    const after = processorMs(service.processId);
    const usedMs = before === null || after === null ? null : after - before;
    const result = resultOf(alone, crowded, usedMs);
    await check(service, [...warm, ...alone, ...crowded]);
    print(alone, crowded, latencyMs);
    console.log(`workerd used ${result.processorMsPerCall} ms of a processor per call at ${CLIENTS} clients`);
    if (values.json) console.log(JSON.stringify(result));
  } finally {
    await service.close();
    await provider.close();
  }
}

function alternating(rounds: number, clients: number): LoadPhase[] {
  const phase = (target: string): LoadPhase => ({ target, clients, durationMs: PHASE_MS });
  return Array.from({ length: rounds }, () => [phase("direct"), phase("through")]).flat();
}

async function generate(order: LoadOrder): Promise<PhaseResult[]> {
  const program = join(import.meta.dirname, "load.ts");
  const flags = ["--disable-warning=ExperimentalWarning", program, JSON.stringify(order)];
  const child = spawn(process.execPath, flags, { stdio: ["ignore", "pipe", "inherit"] });
  const results: PhaseResult[] = [];
  for await (const line of createInterface({ input: child.stdout })) results.push(JSON.parse(line) as PhaseResult);
  if (results.length !== order.phases.length) throw new Error("the load generator broke off");
  return results;
}

/** Latencies: medians over the rounds of what each round's pair differs by. Throughput: the same, of shares. */
function resultOf(alone: readonly PhaseResult[], crowded: readonly PhaseResult[], usedMs: number | null): Result {
  const added = (share: number) =>
    median(pairs(alone).map(([direct, through]) => quantile(through, share) - quantile(direct, share)));
  const calls = pairs(crowded).reduce((sum, [, through]) => sum + through.latenciesMs.length + through.clients, 0);
  return {
    addedP50Ms: round(added(0.5), 2),
    addedP99Ms: round(added(0.99), 2),
    requestsPerSecond: round(median(pairs(crowded).map(([, through]) => perSecond(through))), 0),
    shareOfDirect: round(median(pairs(crowded).map(([direct, through]) => perSecond(through) / perSecond(direct))), 3),
    processorMsPerCall: usedMs === null ? null : round(usedMs / calls, 2),
  };
}

function pairs(phases: readonly PhaseResult[]): [PhaseResult, PhaseResult][] {
  const of = (name: string) => phases.filter(({ target }) => target === name);
  const through = of("through");
  return of("direct").flatMap((direct, index) => {
    const other = through[index];
    return other === undefined ? [] : [[direct, other] as [PhaseResult, PhaseResult]];
  });
}

/** Nothing failed, and nothing was left out: every call through the service is a search in D1, metered once. */
async function check(service: BareService, phases: readonly PhaseResult[]): Promise<void> {
  const failures = phases.reduce((sum, phase) => sum + phase.failures, 0);
  if (failures > 0) throw new Error(`${failures} calls failed`);
  const through = phases.filter(({ target }) => target === "through");
  // Each phase opens its connections with a call per client that is not timed.
  const calls = through.reduce((sum, { latenciesMs, clients }) => sum + latenciesMs.length + clients, 0);
  const deadline = performance.now() + DELIVERY_MS;
  for (;;) {
    const [[row] = []] = await service.sql([{ sql: COUNT_ROWS }]);
    if (row?.searches === calls && row.attempts === calls) return;
    if (performance.now() > deadline) throw new Error(`${calls} calls, but in D1 ${JSON.stringify(row)}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

const COUNT_ROWS = "SELECT (SELECT count(*) FROM searches) AS searches, (SELECT count(*) FROM attempts) AS attempts";
/** Rows follow the answer; a delivery that failed is repeated by the next alarm, 15 s later. */
const DELIVERY_MS = 40_000;

function print(alone: readonly PhaseResult[], crowded: readonly PhaseResult[], latencyMs: number): void {
  const line = (...cells: readonly unknown[]) => console.log(cells.map((cell) => String(cell).padStart(12)).join(""));
  line("", "clients", "p50 ms", "p99 ms", "req/s", "p50 min-max");
  for (const phases of [alone, crowded]) {
    for (const name of ["direct", "through"]) {
      const rounds = phases.filter(({ target }) => target === name);
      const of = (value: (phase: PhaseResult) => number) => round(median(rounds.map(value)), 1);
      const p50s = rounds.map((phase) => quantile(phase, 0.5));
      const spread = `${round(Math.min(...p50s), 1)}-${round(Math.max(...p50s), 1)}`;
      const [p50, p99] = [0.5, 0.99].map((share) => of((phase) => quantile(phase, share)));
      line(name, rounds[0]?.clients, p50, p99, of(perSecond), spread);
    }
  }
  console.log(
    `the provider answers after ${latencyMs} ms; load of the machine ${loadavg()[0]?.toFixed(1)}, ${cpus().length} cores`,
  );
}

function quantile({ latenciesMs }: PhaseResult, share: number): number {
  const sorted = [...latenciesMs].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

function perSecond({ latenciesMs, wallMs }: PhaseResult): number {
  return (1000 * latenciesMs.length) / wallMs;
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
