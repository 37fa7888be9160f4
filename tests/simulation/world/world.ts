import { createLedgerStore } from "../../../durable-objects/tenant/ledger-store.ts";
import { createKey, digestOf } from "../../../src/api/keys/format.ts";
import { createRandom } from "../../../src/core/random.ts";
import { setBudget } from "../../../src/ledger/budgets.ts";
import { tenantCodeOf } from "../../../src/ledger/keys/tenant-code.ts";
import type { Period } from "../../../src/ledger/period.ts";
import worker, { SearchTree, Tenant } from "../../../src/worker.ts";
import { type Auditor, createAuditor } from "../audit/auditor.ts";
import { createD1, type D1 } from "../platform/d1.ts";
import { installGlobals } from "../platform/globals.ts";
import { createNetwork } from "../platform/network.ts";
import { createObjects, type ObjectClass, type Objects, type SimulatedObject } from "../platform/objects.ts";
import { createScheduler, type Scheduler, WORLD } from "../platform/scheduler.ts";
import { type Clients, type PlannedRequest, startClients } from "./clients.ts";
import { drawMs, drawProfile, HEALTHY, isWithin, type Profile } from "./profile.ts";
import { createProvider, PROVIDER_FAULTS, type Provider } from "./provider.ts";

/** The whole service in one process: its real code, on a platform that does as the seed says. */
export interface World {
  readonly scheduler: Scheduler;
  readonly objects: Objects;
  readonly database: D1;
  readonly provider: Provider;
  readonly auditor: Auditor;
  readonly profile: Profile;
  /** Nothing that anybody waits for is left to do. */
  isAtRest(): boolean;
  start(plan: readonly PlannedRequest[]): Promise<Clients>;
  /** From now on nothing goes wrong. */
  heal(): void;
  close(): void;
}

const START_MS = Date.UTC(2026, 10, 22, 23, 59);
const TENANT_ID = "tenant-of-the-simulation";

export function createWorld(seed: number): World {
  const scheduler = createScheduler(seed, START_MS);
  const chance = scheduler.random("faults");
  let profile = drawProfile(scheduler.random("profile"), PROVIDER_FAULTS);
  const drawn = profile;
  const sinceMs = (): number => scheduler.nowMs - START_MS;
  const network = createNetwork({
    scheduler,
    delayMs: () => drawMs(chance, profile.networkMs),
    loses: () => chance.next() < profile.lossRate,
  });
  const objects: Objects = createObjects({
    scheduler,
    network,
    classes: { SearchTree: SearchTree as unknown as ObjectClass, Tenant: Tenant as unknown as ObjectClass },
    env: () => env,
    durableAfterMs: () => drawMs(chance, profile.durableMs),
    takesWrite: () => scheduler.current === WORLD || chance.next() >= profile.diskFailureRate,
    losesAlarm: ({ className, name }) => {
      if (className !== "SearchTree" || chance.next() >= profile.alarmLossRate) return false;
      return runningSearches().includes(name.split("/")[1] ?? "");
    },
    onDurable: (object) => auditor.onDurable(object),
    onAnswer: ({ className, name }, method, value) => {
      const isPromise = className === "SearchTree" && method === "start" && (value as { ok: boolean }).ok;
      if (isPromise) auditor.acknowledge(name);
    },
    repeatsAfterMs: ({ className }, method) => {
      if (className !== "Tenant" || !IDEMPOTENT.has(method) || chance.next() >= profile.duplicateRate) return null;
      return drawMs(chance, 2000);
    },
  });
  const searchOf: Parameters<typeof createAuditor>[0]["searchOf"] = (host) => {
    const disk = objects.diskOf(host);
    return objects.all.find((one) => one.disk === disk && one.className === "SearchTree") ?? null;
  };
  const provider = createProvider({
    scheduler,
    network,
    diskOf: objects.diskOf,
    profile: () => profile,
    sinceMs,
    onDeparture: (caller) => auditor.onDeparture(caller),
  });
  const database = createD1({
    scheduler,
    network,
    diskOf: objects.diskOf,
    isDown: () => isWithin(profile.databaseOutage, sinceMs()),
    onWrite: () => auditor.onDatabaseWrite(),
  });
  const auditor = createAuditor({ searchOf, calls: () => provider.calls, database: () => database });
  const restore = installGlobals({ scheduler, fetch: provider.fetch });
  const env = {
    SEARCH_TREE: objects.namespace("SearchTree"),
    TENANTS: objects.namespace("Tenant"),
    DB: database.binding,
    PROVIDERS: JSON.stringify([providerNamed("east", 100), providerNamed("west", 250)]),
    ROUTING: JSON.stringify({ "espalier/sim": { policy: "order", hedge: seed % 3 === 0 ? true : null } }),
    ENVIRONMENT: "test",
  };

  const runningSearches = (): readonly unknown[] =>
    database.query("SELECT id FROM running_searches").map(({ id }) => id);

  /** Once a minute, as wrangler.toml says; a run of it may die like any other. */
  const sweepEachMinute = (): void => {
    scheduler.schedule(60_000, WORLD, () => {
      const cron = { name: "cron", isAlive: true, clockSkewMs: 0 };
      scheduler.note("cron: sweep");
      scheduler.schedule(0, cron, () => {
        worker.scheduled({ scheduledTime: scheduler.nowMs } as never, env as never).catch(() => undefined);
      });
      sweepEachMinute();
    });
  };

  const crashSometimes = (): void => {
    const { crashEveryMs } = profile;
    if (crashEveryMs === null) return;
    scheduler.schedule(drawMs(chance, crashEveryMs), WORLD, () => {
      const living = objects.all.filter(({ life }) => life !== null);
      const victim = living[chance.integer(Math.max(1, living.length))];
      if (profile.crashEveryMs !== null && victim !== undefined) objects.crash(victim);
      crashSometimes();
    });
  };

  const setClocksSometimes = (): void => {
    if (profile.clockSkewMs === 0) return;
    scheduler.schedule(drawMs(chance, 15_000), WORLD, () => {
      const object = objects.all[chance.integer(Math.max(1, objects.all.length))];
      const skewMs = Math.round(profile.clockSkewMs * (2 * chance.next() - 1));
      if (profile.clockSkewMs > 0 && object !== undefined) objects.setClock(object, skewMs);
      setClocksSometimes();
    });
  };

  return {
    scheduler,
    objects,
    database,
    provider,
    auditor,
    profile: drawn,
    isAtRest: () => runningSearches().length === 0 && objects.all.every((one) => isResting(one, scheduler.nowMs)),
    start: async (plan) => {
      const { publicId, text } = createKey(
        (length) => crypto.getRandomValues(new Uint8Array(length)),
        "test",
        TENANT_ID,
      );
      const insert = "INSERT INTO api_keys (public_id, digest, tenant_id, created_at_ms) VALUES (?, ?, ?, ?)";
      database.query(insert, publicId, await digestOf(text), TENANT_ID, START_MS);
      limitTenant(objects, seed);
      sweepEachMinute();
      crashSometimes();
      setClocksSometimes();
      const serve = async (request: Request, context: object): Promise<Response> =>
        worker.fetch(request, env as never, context as never);
      return startClients({ scheduler, network, profile: () => profile, serve, apiKey: text }, plan);
    },
    heal: () => {
      profile = HEALTHY;
      scheduler.note("world: everything works again");
    },
    close: () => {
      restore();
      for (const { disk } of objects.all) disk.close();
      database.close();
    },
  };
}

/** What an alarm this far ahead is for, such as the end of a retention, is nothing that anybody waits for. */
const LONG_MS = 6 * 3_600_000;

/** Nothing is left to do for it soon: no alarm is set, and what it wrote is durable. */
function isResting({ disk, stopAlarm, isRinging, clockSkewMs }: SimulatedObject, nowMs: number): boolean {
  if (!disk.isDurable || isRinging) return false;
  if (disk.alarmAtMs === null) return stopAlarm === null;
  return disk.alarmAtMs - clockSkewMs - nowMs > LONG_MS;
}

/** What the tenant's object promises to take twice. */
const IDEMPOTENT: ReadonlySet<string> = new Set(["renew", "settle", "void", "draw", "admit"]);

/** As its operator would: budgets by the day and for good, and limits, in most runs. The day ends a minute after the start. */
function limitTenant(objects: Objects, seed: number): void {
  const random = createRandom(seed, "limits");
  const tenant = objects.get("Tenant", tenantCodeOf(TENANT_ID));
  const ledger = createLedgerStore(tenant.disk as never, () => null);
  const maybe = (share: number, value: number): number | null => (random.next() < share ? Math.ceil(value) : null);
  const dollar = 1_000_000_000;
  ledger.putScope({
    scopeId: "tenant",
    requestsPerMinute: maybe(0.2, 1 + 20 * random.next()),
    tokensPerMinute: maybe(0.2, 20_000 * random.next()),
    parallelSearches: maybe(0.3, 3 * random.next()),
    parallelCalls: maybe(0.3, 6 * random.next()),
    nanodollarsPerSearch: maybe(0.3, 0.05 * dollar * random.next()),
    allowed: {},
  });
  const periods: readonly Period[] = [{ type: "lifetime" }, { type: "calendar", unit: "day", timeZone: "UTC" }];
  for (const [index, period] of periods.entries()) {
    const nanodollars = maybe(0.5, 0.2 * dollar * random.next() ** 2);
    if (nanodollars === null) continue;
    const budget = { budgetId: `budget-${index}`, scopeId: "tenant", period, nanodollars, thresholdPercents: [50] };
    ledger.write(setBudget(ledger, budget, START_MS).changes);
  }
}

function providerNamed(name: string, microdollars: number) {
  return {
    name,
    baseUrl: `http://${name}.test/v1`,
    headerTimeoutMs: 8000,
    idleTimeoutMs: 5000,
    models: [
      {
        id: "espalier/sim",
        upstream: "sim",
        capabilities: { n: "honoured", continuation: true, stepSeparator: "\n", instructions: true, seed: true },
        price: {
          promptMicrodollarsPerMillion: microdollars * 1000,
          completionMicrodollarsPerMillion: microdollars * 4000,
        },
      },
    ],
  };
}
