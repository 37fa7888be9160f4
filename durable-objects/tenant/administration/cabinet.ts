import type { SealedDataKey } from "../../../src/credentials/data-key.ts";
import { type AuditEntry, GENESIS } from "../../../src/ledger/audit/chain.ts";
import { NO_OWN_MODELS, type OwnModels, type StoredProvider } from "../../../src/own-providers.ts";
import type { KeyStore } from "../key-store.ts";
import type { LedgerStore } from "../ledger-store.ts";
import { createTable } from "../table.ts";
import type { AuditStore, Cabinet } from "./operation.ts";
import type { ListedPrice, Project, Tenancy, Webhook } from "./protocol.ts";

/** What administrators see and change, in the tenant's own SQLite beside its keys and its ledger. */
export function createCabinet(
  storage: Pick<DurableObjectStorage, "sql" | "kv">,
  { keys, ledger, carryOut }: { keys: KeyStore; ledger: LedgerStore } & Pick<Cabinet, "carryOut">,
): Cabinet {
  const { sql, kv } = storage;
  return {
    keys,
    ledger,
    carryOut,
    tenancy: {
      read: () => {
        const tenantId = kv.get<string>("tenantId");
        if (tenantId === undefined) return null;
        // One from before tenants had names is called by its id.
        return { tenantId, ...(kv.get<Omit<Tenancy, "tenantId">>("tenancy") ?? { name: tenantId, createdAtMs: 0 }) };
      },
      write: ({ tenantId, ...tenancy }) => {
        kv.put("tenantId", tenantId);
        kv.put("tenancy", tenancy);
      },
    },
    projects: createTable<Project>(sql, "project"),
    prices: createTable<ListedPrice>(sql, "price"),
    webhooks: createTable<Webhook>(sql, "webhook"),
    providers: createTable<StoredProvider>(sql, "provider"),
    dataKeys: createTable<SealedDataKey>(sql, "data_key"),
    ownModels: {
      read: () => kv.get<OwnModels>("ownModels") ?? NO_OWN_MODELS,
      write: (ownModels) => kv.put("ownModels", ownModels),
    },
    audit: createAuditStore(sql),
  };
}

function createAuditStore(sql: SqlStorage): AuditStore {
  sql.exec("CREATE TABLE IF NOT EXISTS audit (sequence INTEGER NOT NULL PRIMARY KEY, json TEXT NOT NULL)");
  const read = (query: string, ...values: number[]): readonly AuditEntry[] =>
    sql
      .exec<{ json: string }>(query, ...values)
      .toArray()
      .map(({ json }) => JSON.parse(json) as AuditEntry);
  return {
    head: () => {
      const [last] = read("SELECT json FROM audit ORDER BY sequence DESC LIMIT 1");
      return last === undefined ? GENESIS : { sequence: last.sequence, hash: last.hash };
    },
    append: (entry) =>
      void sql.exec("INSERT INTO audit (sequence, json) VALUES (?, ?)", entry.sequence, JSON.stringify(entry)),
    list: (after, limit) => read("SELECT json FROM audit WHERE sequence > ? ORDER BY sequence LIMIT ?", after, limit),
  };
}
