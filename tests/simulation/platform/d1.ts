import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import type { Disk } from "./disk.ts";
import type { Network } from "./network.ts";
import type { Host, Scheduler } from "./scheduler.ts";

/** The database over the network, with the migrations of this repository. */
export interface D1 {
  /** As the binding: what of it drizzle's driver and our code use. */
  readonly binding: object;
  query(text: string, ...bindings: SQLInputValue[]): readonly Record<string, unknown>[];
  close(): void;
}

export interface D1Options {
  readonly scheduler: Scheduler;
  readonly network: Network;
  readonly diskOf: (host: Host) => Disk | null;
  readonly isDown: () => boolean;
  /** A batch has been carried out. */
  readonly onWrite: () => void;
}

interface Statement {
  readonly text: string;
  readonly bindings: readonly SQLInputValue[];
}

const MIGRATIONS = join(import.meta.dirname, "../../../migrations");
const SCHEMA = readdirSync(MIGRATIONS)
  .filter((file) => file.endsWith(".sql"))
  .sort()
  .map((file) => readFileSync(join(MIGRATIONS, file), "utf8"))
  .join("\n");

export function createD1({ scheduler, network, diskOf, isDown, onWrite }: D1Options): D1 {
  const database = new DatabaseSync(":memory:");
  database.exec(SCHEMA);

  /** One transaction. */
  const carryOut = (statements: readonly Statement[]) => {
    database.exec("BEGIN");
    try {
      const results = statements.map(({ text, bindings }) => ({
        success: true,
        meta: {},
        results: database.prepare(text).all(...bindings),
      }));
      database.exec("COMMIT");
      return results;
    } catch (error) {
      database.exec("ROLLBACK");
      throw error;
    }
  };

  const send = (statements: readonly Statement[]): Promise<ReturnType<typeof carryOut>> => {
    const caller = scheduler.current;
    return new Promise((resolve, reject) => {
      network.send(caller, diskOf(caller), "D1", reject, (reply) => {
        if (isDown()) return reply(() => reject(new Error("D1_ERROR: the database is down")));
        try {
          const results = carryOut(statements);
          scheduler.note(`${caller.name} -> D1: ${statements.length} statements`);
          onWrite();
          reply(() => resolve(structuredClone(results)));
        } catch (error) {
          reply(() => reject(error));
        }
      });
    });
  };

  const prepare = (text: string, bindings: readonly SQLInputValue[] = []) => {
    const one = async () => (await send([{ text, bindings }]))[0] ?? { success: true, meta: {}, results: [] };
    return {
      text,
      bindings,
      bind: (...values: SQLInputValue[]) => prepare(text, values),
      run: one,
      all: one,
      raw: async () => (await one()).results.map((row) => Object.values(row)),
      first: async () => (await one()).results[0] ?? null,
    };
  };

  return {
    binding: { prepare, batch: (statements: readonly Statement[]) => send(statements) },
    query: (text, ...bindings) => database.prepare(text).all(...bindings),
    close: () => database.close(),
  };
}
