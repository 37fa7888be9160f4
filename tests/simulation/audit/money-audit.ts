import type { Bucket, Budget, Lease, Scope, ScopeUse } from "../../../src/ledger/rows.ts";
import type { SimulatedObject } from "../platform/objects.ts";
import type { AuditedLog } from "./log-audit.ts";
import type { Report } from "./violations.ts";

/** A tenant's durable rows, added up anew from its leases at every step. */
export interface MoneyAudit {
  read(tenant: SimulatedObject): void;
  finish(tenant: SimulatedObject, logs: ReadonlyMap<string, AuditedLog>): void;
}

const NANODOLLARS_PER_MICRODOLLAR = 1000;

export function createMoneyAudit(report: Report): MoneyAudit {
  const before = new Map<string, Lease>();
  let latestMs = 0;

  const checkStep = (lease: Lease): void => {
    const known = before.get(lease.leaseId);
    before.set(lease.leaseId, lease);
    if (known === undefined) return;
    const isFinal = known.state === "settled" || known.state === "voided";
    if (isFinal && (known.state !== lease.state || known.spent !== lease.spent)) {
      report("I6", `${lease.leaseId}: ${known.state} at ${known.spent}, then ${lease.state} at ${lease.spent}`);
    }
    if (known.state === "open" && lease.spent < known.spent) report("I6", `${lease.leaseId}: what it has spent falls`);
    if (known.state === "uncertain" && lease.state === "open") report("I22", `${lease.leaseId} is open again`);
  };

  const read: MoneyAudit["read"] = (tenant) => {
    const { elapsedMs = 0 } = (tenant.disk.kv.get("clock") ?? {}) as { elapsedMs?: number };
    if (elapsedMs < latestMs) report("I22", `${tenant.name}: elapsed time falls from ${latestMs} to ${elapsedMs}`);
    latestMs = elapsedMs;
    const leases = rowsOf<Lease>(tenant, "lease");
    for (const lease of leases) checkStep(lease);
    const buckets = rowsOf<Bucket>(tenant, "bucket");
    for (const bucket of buckets) {
      const holds = leases.flatMap((lease) =>
        lease.holds
          .filter((hold) => hold.bucketId === bucket.bucketId)
          .map((hold) => ({ ...hold, state: lease.state })),
      );
      const posted = holds.reduce((sum, hold) => sum + hold.posted, 0);
      const reserved = holds
        .filter(({ state }) => state === "open")
        .reduce((sum, hold) => sum + Math.max(0, hold.held - hold.posted), 0);
      if (posted !== bucket.posted || reserved !== bucket.reserved) {
        const { bucketId } = bucket;
        report("I6", `${bucketId}: ${bucket.posted}+${bucket.reserved}, where its leases hold ${posted}+${reserved}`);
      }
    }
    for (const budget of rowsOf<Budget>(tenant, "budget")) {
      const own = buckets.filter((bucket) => bucket.budgetId === budget.budgetId && bucket.type === "window");
      for (const { bucketId, posted, reserved } of own) {
        if (posted + reserved > budget.nanodollars) {
          report("I1", `${bucketId}: ${posted} posted and ${reserved} reserved of ${budget.nanodollars}`);
        }
      }
    }
    for (const use of rowsOf<ScopeUse>(tenant, "scope_use")) {
      const open = leases.filter(({ state, countedIn }) => state === "open" && countedIn.includes(use.scopeId)).length;
      if (open !== use.openSearches) report("I1", `${use.scopeId}: ${use.openSearches} open searches, ${open} leases`);
    }
  };

  return {
    read,
    finish: (tenant, logs) => {
      read(tenant);
      const leases = rowsOf<Lease>(tenant, "lease");
      for (const { leaseId, state } of leases) {
        if (state === "open" || state === "uncertain") report("I3", `${leaseId} is ${state} when all is quiet`);
      }
      const spentBySearch = Map.groupBy(leases, ({ leaseId }) => leaseId.split("/")[0] ?? "");
      for (const [searchId, own] of spentBySearch) {
        const name = [...logs.keys()].find((key) => key.endsWith(`/${searchId}`)) ?? "";
        const spent = own.reduce((sum, lease) => sum + lease.spent, 0);
        const inLog = (logs.get(name)?.microdollars ?? 0) * NANODOLLARS_PER_MICRODOLLAR;
        if (spent !== inLog) report("I6", `${searchId}: ${spent} nanodollars are posted, its log says ${inLog}`);
      }
      const limited = rowsOf<Scope>(tenant, "scope").length;
      const uses = rowsOf<ScopeUse>(tenant, "scope_use");
      if (uses.length > limited) report("I3", `${uses.length} scopes are in use of ${limited}`);
    },
  };
}

function rowsOf<Row>(tenant: SimulatedObject, table: string): Row[] {
  const isThere = tenant.disk.query("SELECT 1 FROM sqlite_master WHERE name = ?", table).length > 0;
  if (!isThere) return [];
  return tenant.disk.query(`SELECT json FROM ${table}`).map(({ json }) => JSON.parse(String(json)) as Row);
}
