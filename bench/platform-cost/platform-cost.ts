import { globSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { parseArgs } from "node:util";
import { type LocalService, startLocalService } from "../../scripts/local/service.ts";
import { DEFAULT_RETENTION } from "../../src/db/retention.ts";
import { scriptedProvider, startProvider } from "../provider/process.ts";
import { costOf } from "./prices.ts";

const ROLLOUTS = 64;
const WIDTH = 8;
/** Eight waves of it are the 20 s of PLATFORM.md A9. */
const CALL_MS = 2400;
/** What a typical search of that size pays its provider for: tokens of a call, and a small hosted model's prices. */
const CALL = { promptTokens: 300, completionTokens: 600 };
const USD_PER_MILLION = { prompt: 0.15, completion: 0.6 };
/** PLATFORM.md A9's cheapest: an own GPU's completion tokens. */
const CHEAPEST_USD_PER_MILLION = 0.2;
/** An object without work stays awake that long, and is billed (PLATFORM.md A3). */
const IDLE_SECONDS = 10;
/** Of the Worker for one request with its stream (PLATFORM.md A9). */
const PROCESSOR_MS = 30;

interface Meter {
  readonly workerRequests: number;
  /** By class, as is the next. */
  readonly objectRequests: Readonly<Record<string, number>>;
  readonly rowsWritten: Readonly<Record<string, number>>;
  readonly databaseRowsWritten: number;
  readonly archivePuts: number;
}

/**
 * What the platform costs one search of 64 rollouts for a tenant that runs no other: the whole product on workerd, with a
 * meter between the Worker and the platform, times the published prices. Nothing of what is included for free is taken off.
 */
export async function platformCost(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: { json: { type: "boolean", default: false } } });
  const provider = await startProvider({ latency: { firstToken: { type: "constant", ms: CALL_MS } } });
  const state = mkdtempSync(join(tmpdir(), "espalier-cost-"));
  const service = await startLocalService({
    port: 0,
    stateDirectory: state,
    providers: [scriptedProvider(provider.url)],
    entry: "bench/platform-cost/worker.js",
  });
  try {
    await search(service, 1);
    await readMeter(service, "DELETE");
    const { id, wallSeconds } = await search(service, ROLLOUTS);
    const meter = await untilQuiet(service);
    const tree = storedTree(state, id);
    const sum = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((a, b) => a + b, 0);
    // The tenant's object is awake as long as the search that renews its lease there.
    const objectSeconds = 2 * (wallSeconds + IDLE_SECONDS);
    const rowsWritten = sum(meter.rowsWritten) + meter.databaseRowsWritten;
    const cost = costOf({
      workerRequests: meter.workerRequests,
      processorMs: PROCESSOR_MS,
      objectRequests: sum(meter.objectRequests),
      objectSeconds,
      rowsWritten,
      archivePuts: meter.archivePuts,
      storedBytes: tree.bytes,
      storedMonths: DEFAULT_RETENTION.treeDays / 30,
    });
    const usdPerSearch = sum(cost);
    const { promptTokens, completionTokens } = CALL;
    const callMicrodollars = promptTokens * USD_PER_MILLION.prompt + completionTokens * USD_PER_MILLION.completion;
    const providerUsd = (ROLLOUTS * callMicrodollars) / 1e6;
    const cheapestUsd = (ROLLOUTS * completionTokens * CHEAPEST_USD_PER_MILLION) / 1e6;
    const shareOfProviderSpend = usdPerSearch / providerUsd;
    console.log(`${ROLLOUTS} rollouts at width ${WIDTH}, ${wallSeconds.toFixed(1)} s`);
    console.table({ ...meter.objectRequests, Worker: meter.workerRequests });
    console.log("rows written by class; D1:", meter.databaseRowsWritten);
    console.table(meter.rowsWritten);
    console.log(
      `the tree in its object: ${tree.rows} rows of log, ${tree.logBytes} bytes; its file ${tree.bytes} bytes`,
    );
    console.log("USD of a million such searches");
    console.table(Object.fromEntries(Object.entries(cost).map(([part, usd]) => [part, Math.round(usd * 1e8) / 100])));
    console.log(
      `${(usdPerSearch * 1e6).toFixed(1)} USD a million; ${(100 * shareOfProviderSpend).toFixed(2)} % of ${providerUsd.toFixed(4)} USD for the provider, ${((100 * usdPerSearch) / cheapestUsd).toFixed(2)} % of ${cheapestUsd.toFixed(4)} at the cheapest`,
    );
    if (values.json) {
      const figures = { usdPerSearch, rowsWritten, objectSeconds, shareOfProviderSpend };
      console.log(JSON.stringify({ ...figures, wallSeconds, providerUsd, meter, cost, tree }));
    }
  } finally {
    await service.close();
    await provider.close();
    rmSync(state, { recursive: true, force: true });
  }
}

async function search(service: LocalService, rollouts: number): Promise<{ id: string; wallSeconds: number }> {
  const startedAt = performance.now();
  const response = await fetch(`${service.url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${service.key}`, "content-type": "application/json" },
    body: JSON.stringify({
      model: "espalier/scripted",
      stream: true,
      messages: [{ role: "user", content: "Use 4 9 10 13 to make 24" }],
      // Agreement proves nothing: every rollout is made.
      search: { method: "best-of-n", verifier: "agreement", budget: { max_rollouts: rollouts, max_parallel: WIDTH } },
    }),
  });
  if (!response.ok) throw new Error(await response.text());
  await response.arrayBuffer();
  return { id: response.headers.get("x-search-id") ?? "", wallSeconds: (performance.now() - startedAt) / 1000 };
}

async function readMeter(service: LocalService, method: "GET" | "DELETE"): Promise<Meter> {
  return (await (await fetch(`${service.url}/meter`, { method })).json()) as Meter;
}

/** What the search does after its answer is part of it. */
async function untilQuiet(service: LocalService): Promise<Meter> {
  for (let last = ""; ; ) {
    await new Promise((resolve) => setTimeout(resolve, 2000));
    const meter = await readMeter(service, "GET");
    const text = JSON.stringify(meter);
    if (text === last && meter.archivePuts > 0) return meter;
    last = text;
  }
}

/** The search's object on disk, found by its log. */
function storedTree(state: string, searchId: string): { rows: number; logBytes: number; bytes: number } {
  for (const path of globSync(join(state, "**/*.sqlite"))) {
    const database = new DatabaseSync(path, { readOnly: true });
    try {
      const hasLog = database.prepare("SELECT count(*) AS n FROM sqlite_master WHERE name = 'log'").get()?.n === 1;
      const [first] = hasLog ? database.prepare("SELECT text FROM log ORDER BY sequence LIMIT 1").all() : [];
      if (first === undefined || !String(first.text).includes(searchId)) continue;
      const log = database.prepare("SELECT count(*) AS n, sum(length(text)) AS bytes FROM log").get();
      const file = database
        .prepare("SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size")
        .get();
      return { rows: Number(log?.n), logBytes: Number(log?.bytes), bytes: Number(file?.bytes) };
    } finally {
      database.close();
    }
  }
  throw new Error("the search's object is not on disk");
}
