import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { median } from "../../src/core/statistics.ts";
import { type ProviderProcess, scriptedProvider, startProvider } from "../provider/process.ts";
import { type BareService, startBareService } from "../workerd/service.ts";

const ROLLOUTS = 32;
/** What a model of some size takes to its first token, as in the bench `latency`. */
const CALL_MS = 300;
/** Calls that take ten times as long: the figures. */
const STRAGGLERS = { share: 0.05, factor: 10 };

interface Arm {
  readonly name: "without" | "with";
  readonly provider: ProviderProcess;
  readonly service: BareService;
  readonly wallsMs: number[];
}

interface Result {
  readonly p99WithoutMs: number;
  readonly p99WithMs: number;
  /** Calls made beside others, as a share of all calls made. */
  readonly extraCallsShare: number;
}

/**
 * Does hedging pay? Searches of 32 rollouts, all at once, through the service on bare workerd, over a provider of which one
 * call in twenty takes ten times as long; with and without hedges, in turns, so that a noisy minute meets both.
 */
export async function hedging(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { json: { type: "boolean", default: false }, searches: { type: "string", default: "100" } },
  });
  const searches = Number(values.searches);
  const arms = [
    await openArm("without", {}),
    await openArm("with", { ROUTING: JSON.stringify({ "*": { hedge: true } }) }),
  ];
  try {
    for (const arm of arms) {
      for (let warmUp = 0; warmUp < 3; warmUp++) await search(arm.service);
      await arm.provider.resetLedger();
    }
    for (let run = 0; run < searches; run++) {
      for (const { service, wallsMs } of arms) wallsMs.push(await search(service));
    }
    await report(arms, searches, values.json);
  } finally {
    for (const { service, provider } of arms) {
      await service.close();
      await provider.close();
    }
  }
}

async function openArm(name: Arm["name"], variables: Readonly<Record<string, string>>): Promise<Arm> {
  const provider = await startProvider({
    seed: 7,
    latency: { firstToken: { type: "constant", ms: CALL_MS } },
    stragglers: STRAGGLERS,
  });
  const service = await startBareService({ providers: [scriptedProvider(provider.url)], variables });
  return { name, provider, service, wallsMs: [] };
}

async function search({ url, key }: BareService): Promise<number> {
  const startedAt = performance.now();
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({
      model: "espalier/scripted",
      messages: [{ role: "user", content: "Say something." }],
      max_tokens: 64,
      search: {
        method: "best-of-n",
        // Agreement proves nothing: every rollout is made.
        verifier: "agreement",
        budget: { max_rollouts: ROLLOUTS, max_parallel: ROLLOUTS },
      },
    }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  const { search: told } = JSON.parse(text) as { search: { rollouts: number } };
  if (told.rollouts !== ROLLOUTS) throw new Error(`${told.rollouts} rollouts instead of ${ROLLOUTS}`);
  return performance.now() - startedAt;
}

async function report(arms: readonly Arm[], searches: number, isJson: boolean): Promise<void> {
  const calls = new Map<string, number>();
  console.log(
    ["", "p50 ms", "p90 ms", "p99 ms", "calls", "stragglers", "cancelled"].map((name) => name.padStart(11)).join(""),
  );
  for (const { name, provider, wallsMs, service } of arms) {
    const ledger = await provider.ledger();
    calls.set(name, ledger.count);
    await checkMetered(service, ledger.count);
    const stragglers = ledger.calls.filter((call) => call.isStraggler).length;
    const [p50, p90, p99] = [0.5, 0.9, 0.99].map((share) => Math.round(quantile(wallsMs, share)));
    console.log(
      [name, p50, p90, p99, ledger.count, stragglers, ledger.aborted].map((cell) => String(cell).padStart(11)).join(""),
    );
  }
  const [without, hedged] = arms.map(({ wallsMs }) => Math.round(quantile(wallsMs, 0.99)));
  const made = calls.get("with") ?? 0;
  const result: Result = {
    p99WithoutMs: without ?? 0,
    p99WithMs: hedged ?? 0,
    extraCallsShare: Math.round((10_000 * (made - searches * ROLLOUTS)) / made) / 10_000,
  };
  const medians = arms.map(({ wallsMs }) => Math.round(median(wallsMs))).join(" and ");
  console.log(
    `${searches} searches of ${ROLLOUTS} rollouts each, medians ${medians} ms; load ${loadavg()[0]?.toFixed(1)}, ${cpus().length} cores`,
  );
  if (isJson) console.log(JSON.stringify(result));
}

/** Every call that reached the provider is a row in D1, those of the warm-up besides; hedges and losers included (I6). */
async function checkMetered(service: BareService, calls: number): Promise<void> {
  for (const deadline = performance.now() + 40_000; ; ) {
    const [[row] = []] = await service.sql([{ sql: "SELECT count(*) AS attempts FROM attempts" }]);
    if (Number(row?.attempts) >= calls) return;
    if (performance.now() > deadline) throw new Error(`${calls} calls, but in D1 ${JSON.stringify(row)}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** By nearest rank. */
function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
}
