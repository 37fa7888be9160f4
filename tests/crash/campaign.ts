import { type ProviderProcess, startProvider } from "../../bench/provider/process.ts";
import { createRandom } from "../../src/core/random.ts";
import { type Clients, createClients } from "./clients.ts";
import type { CutPoint } from "./cut-points.ts";
import { readDisk } from "./disk.ts";
import type { Evidence } from "./evidence.ts";
import { LONGEST_LIFE_MS, nextDeath } from "./kill-plan.ts";
import { orderOf } from "./requests.ts";
import { BUDGET, readBudget, readRows, readStates, waitForRows } from "./rest.ts";
import { createSite, type Site } from "./site.ts";

export interface CampaignOptions {
  readonly searches: number;
  /** Processes killed; the one after them is left alive. */
  readonly kills: number;
  /** Of where and when processes are killed; what they are doing then is the machine's affair. */
  readonly seed: number;
  /** Waits, at the end, for what is held by leases that no search ever took over: some two minutes (I3). */
  readonly waitsForHolds: boolean;
  readonly tell: (line: string) => void;
}

export interface Campaign {
  readonly evidence: Evidence;
  readonly points: readonly CutPoint[];
  /** Numbers of the points that some life came to, and of those that one was killed at. */
  readonly seen: ReadonlySet<number>;
  readonly died: ReadonlySet<number>;
  /** From the last restart until every search was in D1; null: not within the minute (I5). */
  readonly restMs: number | null;
  /** Requests that had to be sent again, and those that were refused. */
  readonly repeatedRequests: number;
  readonly refusals: readonly string[];
  readonly failedRuns: readonly string[];
}

/** I5. */
export const REST_LIMIT_MS = 60_000;

/** Calls of some 200 ms, so that a life of a second or two finds searches in all their stages. */
const LATENCY = {
  headers: { type: "lognormal", medianMs: 40, sigma: 0.5 },
  firstToken: { type: "lognormal", medianMs: 60, sigma: 0.5 },
  perToken: { type: "constant", ms: 4 },
} as const;

/**
 * Searches over the whole service on bare workerd, whose process is killed with -9 again and again and started anew on the
 * same disk. The provider is a process of its own and lives on. Nobody asks after a search until all have come to rest.
 */
export async function runCampaign(options: CampaignOptions): Promise<Campaign> {
  const provider = await startProvider({ seed: options.seed, latency: LATENCY });
  const site = await createSite(provider).catch(async (error: unknown) => {
    await provider.close();
    throw error;
  });
  const clients = createClients(site.service);
  try {
    const died = await killAgainAndAgain(options, site, clients);
    const { evidence, restMs } = await comeToRest(options, site, clients, provider);
    const { points, seen, failedRuns } = site;
    const { repeated: repeatedRequests, refusals } = clients;
    return { evidence, restMs, points, seen, died, failedRuns, repeatedRequests, refusals };
  } finally {
    clients.stop();
    await site.close();
    await provider.close();
  }
}

/** New searches in every life, and a death for each; answers with the cut points that were died at. */
async function killAgainAndAgain(options: CampaignOptions, site: Site, clients: Clients): Promise<ReadonlySet<number>> {
  const { searches, kills, seed, tell } = options;
  const [tried, died] = [new Set<number>(), new Set<number>()];
  for (let life = 0; life < kills; life++) {
    const death = nextDeath(createRandom(seed, "death", life), life, site.seen, tried);
    let stop = (): void => {};
    const stopped = new Promise<true>((resolve) => {
      stop = () => resolve(true);
    });
    const service = await site.start(death, stop);
    if (life === 0) await service.administer("budget.create", BUDGET);
    const [from, to] = [life, life + 1].map((one) => Math.floor((one * searches) / kills)) as [number, number];
    for (let index = from; index < to; index++) clients.begin(orderOf(`${seed}`, index));
    const afterMs = death.type === "instant" ? death.afterMs : LONGEST_LIFE_MS;
    const hasStopped = await Promise.race([stopped, pause(afterMs)]);
    await site.kill();
    if (death.type === "instant") tell(`kill ${life + 1}: after ${afterMs} ms`);
    else {
      tried.add(death.point);
      if (hasStopped) died.add(death.point);
      const { type = "", where = "" } = site.points[death.point] ?? {};
      tell(`kill ${life + 1}: ${hasStopped ? "at" : "did not come to"} ${type} ${where}`);
    }
  }
  return died;
}

async function comeToRest(
  { searches, waitsForHolds, tell }: CampaignOptions,
  site: Site,
  clients: Clients,
  provider: ProviderProcess,
): Promise<Pick<Campaign, "evidence" | "restMs">> {
  const service = await site.start(null);
  const startedAt = performance.now();
  const isAtRest = await waitForRows(service, searches, REST_LIMIT_MS);
  const restMs = isAtRest ? Math.round(performance.now() - startedAt) : null;
  tell(isAtRest ? `at rest ${restMs} ms after the last restart` : "not at rest");
  const { acknowledged } = clients;
  const [rows, states] = [await readRows(service), await readStates(service, acknowledged.values())];
  const budget = await readBudget(service, waitsForHolds);
  const { lives } = site;
  await site.kill();
  const { logs, leases, twins } = readDisk(site.directory);
  if (twins.length > 0) throw new Error(`two objects have a log of the same search: ${twins.join(", ")}`);
  const { calls } = await provider.ledger();
  return { evidence: { acknowledged, lives, calls, logs, leases, budget, rows, states }, restMs };
}

function pause(ms: number): Promise<false> {
  return new Promise((resolve) => setTimeout(resolve, ms, false));
}
