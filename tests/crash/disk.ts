import { readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { rowsToEvents } from "../../durable-objects/search-tree/rows.ts";
import type { SearchEvent } from "../../src/core/event.ts";
import type { Lease } from "../../src/ledger/rows.ts";

/**
 * What a killed workerd has left on its disk, read with SQLite itself and without any object's help: after a kill this is
 * all there is. Only while no workerd has the folder open.
 */
export interface Disk {
  /** Of every search that has written anything, by its id. */
  readonly logs: ReadonlyMap<string, readonly SearchEvent[]>;
  /** Objects whose log is of a search that another object has a log of, too. */
  readonly twins: readonly string[];
  readonly leases: readonly Lease[];
}

/** `directory` is that of `startBareService`. */
export function readDisk(directory: string): Disk {
  const logs = new Map<string, readonly SearchEvent[]>();
  const twins: string[] = [];
  for (const events of readObjects(directory, "SearchTree", readLog)) {
    const [start] = events;
    if (start?.type !== "search-start") continue;
    if (logs.has(start.searchId)) twins.push(start.searchId);
    logs.set(start.searchId, events);
  }
  return { logs, twins, leases: readObjects(directory, "Tenant", readLeases).flat() };
}

function readObjects<Value>(
  directory: string,
  className: string,
  read: (database: DatabaseSync) => readonly Value[],
): (readonly Value[])[] {
  // As workerd lays them out: a folder by the namespace's unique key (bench/workerd/config.ts), a database per object.
  const folder = join(directory, "objects", `espalier-${className}`);
  const files = readdirSync(folder).filter((name) => name.endsWith(".sqlite") && name !== "metadata.sqlite");
  return files.map((name) => {
    const database = new DatabaseSync(join(folder, name));
    try {
      return read(database);
    } finally {
      database.close();
    }
  });
}

function readLog(database: DatabaseSync): readonly SearchEvent[] {
  if (!hasTable(database, "log")) return [];
  const rows = database.prepare("SELECT sequence, part, text FROM log ORDER BY sequence, part").all();
  return rowsToEvents(rows as unknown as { sequence: number; part: number; text: string }[]);
}

function readLeases(database: DatabaseSync): readonly Lease[] {
  if (!hasTable(database, "lease")) return [];
  return database
    .prepare("SELECT json FROM lease")
    .all()
    .map(({ json }) => JSON.parse(String(json)) as Lease);
}

function hasTable(database: DatabaseSync, name: string): boolean {
  return database.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?").get(name) !== undefined;
}
