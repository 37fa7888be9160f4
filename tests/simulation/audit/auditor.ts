import type { SearchEvent } from "../../../src/core/event.ts";
import type { D1 } from "../platform/d1.ts";
import type { SimulatedObject } from "../platform/objects.ts";
import type { Host } from "../platform/scheduler.ts";
import type { ReceivedCall } from "../world/provider.ts";
import { type AuditedLog, createLogAudit } from "./log-audit.ts";
import { auditMeters } from "./meters.ts";
import { createMoneyAudit } from "./money-audit.ts";
import type { Report, Violation } from "./violations.ts";

/**
 * Watches a run from outside: what is durable, what leaves, what D1 and the provider have. It reads rows and messages and
 * shares no code with what it judges but the shapes of events and rows.
 */
export interface Auditor {
  readonly violations: readonly Violation[];
  readonly report: Report;
  /** Something of that object has become durable. */
  onDurable(object: SimulatedObject): void;
  /** Before a call leaves its object. */
  onDeparture(caller: Host): void;
  onDatabaseWrite(): void;
  /** A search was promised to somebody: its `start` has answered. */
  acknowledge(name: string): void;
  /** When everything has come to rest. */
  finish(objects: readonly SimulatedObject[]): void;
  logOf(name: string): AuditedLog | null;
}

export interface AuditorOptions {
  readonly searchOf: (host: Host) => SimulatedObject | null;
  readonly calls: () => readonly ReceivedCall[];
  readonly database: () => Pick<D1, "query">;
}

export function createAuditor({ searchOf, calls, database }: AuditorOptions): Auditor {
  const violations: Violation[] = [];
  const report: Report = (invariant, message) => {
    if (violations.length < 20) violations.push({ invariant, message });
  };
  const logs = new Map<string, AuditedLog>();
  const departed = new Map<string, number>();
  const acknowledged = new Set<string>();
  const money = createMoneyAudit(report);

  const logOf = (name: string): AuditedLog => {
    const log = logs.get(name) ?? createLogAudit(name, report);
    logs.set(name, log);
    return log;
  };

  const checkDatabase = (): void => {
    for (const row of database().query("SELECT id, tenant_id, microdollars, calls FROM searches")) {
      const log = logs.get(`${row.tenant_id}/${row.id}`);
      if (log === undefined || log.end === null) report("I6", `D1 has ${row.id}, which has not ended`);
      else if (row.microdollars !== log.microdollars || row.calls !== log.attempts.length) {
        report("I6", `D1 has ${row.microdollars} for ${row.calls} calls of ${row.id}; its log ${log.microdollars}`);
      }
    }
  };

  return {
    violations,
    report,
    logOf: (name) => logs.get(name) ?? null,
    onDurable: (object) => {
      if (object.className === "Tenant") money.read(object);
      if (object.className !== "SearchTree") return;
      const log = logOf(object.name);
      log.read(eventsOf(object, log.events), {
        interruptions: object.crashes + object.failedWrites,
        isTimely: object.clockChanges === 0,
      });
    },
    onDeparture: (caller) => {
      const search = searchOf(caller);
      if (search === null) return;
      const count = (departed.get(search.name) ?? 0) + 1;
      departed.set(search.name, count);
      const log = logOf(search.name);
      const announced = log.attempts.length + log.heldCalls;
      if (count > announced) report("I6", `${search.name}: call ${count} leaves where ${announced} are on record`);
    },
    onDatabaseWrite: checkDatabase,
    acknowledge: (name) => void acknowledged.add(name),
    finish: (objects) => {
      for (const name of acknowledged) {
        if (logs.get(name)?.end == null) report("I4", `${name} was acknowledged and has not ended`);
      }
      for (const object of objects) {
        if (object.className === "Tenant") money.finish(object, logs);
        if (object.className !== "SearchTree") continue;
        const log = logOf(object.name);
        if (log.events === 0) continue;
        const stored = eventsOf(object, 0);
        if (stored.length !== log.events)
          report("I4", `${object.name}: ${stored.length} events of ${log.events} are left`);
        const known = calls().filter(({ caller }) => searchOf(caller) === object);
        auditMeters(object.name, log, known, report);
        checkDelivery(object, log);
      }
    },
  };

  /** The log and D1 say the same, attempt by attempt. */
  function checkDelivery(object: SimulatedObject, log: AuditedLog): void {
    if (log.end === null) return;
    const id = object.name.split("/")[1] ?? "";
    const rows = database().query("SELECT * FROM searches WHERE id = ?", id);
    if (rows.length !== 1) report("I6", `${object.name} has ended and D1 has ${rows.length} rows of it`);
    const attempts = database().query('SELECT * FROM attempts WHERE search_id = ? ORDER BY "index"', id);
    const inDatabase = attempts.map((row) => [row.provider_request_id, row.microdollars, row.outcome, row.ended_at_ms]);
    const inLog = log.attempts.map((one) => [
      one.providerRequestId ?? null,
      one.microdollars,
      one.outcome,
      one.endedAtMs,
    ]);
    if (JSON.stringify(inDatabase) !== JSON.stringify(inLog)) {
      report("I6", `${object.name}: D1 has other attempts (${inDatabase.length}) than the log (${inLog.length})`);
    }
  }
}

/** From that event on, as they lie on the disk; the first batch may begin before it. */
function eventsOf(object: SimulatedObject, from: number): readonly SearchEvent[] {
  const hasLog = object.disk.query("SELECT 1 FROM sqlite_master WHERE name = 'log'").length > 0;
  if (!hasLog) return [];
  const texts: string[] = [];
  for (const row of object.disk.query("SELECT part, text FROM log WHERE sequence >= ? ORDER BY sequence, part", from)) {
    if (row.part === 0) texts.push(String(row.text));
    else texts[texts.length - 1] += String(row.text);
  }
  return texts.flatMap((text) => JSON.parse(text) as SearchEvent[]);
}
