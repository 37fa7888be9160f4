import type { Result } from "../../../src/core/result.ts";
import type { SealedDataKey } from "../../../src/credentials/data-key.ts";
import type { AuditEntry, AuditHead } from "../../../src/ledger/audit/chain.ts";
import type { Key } from "../../../src/ledger/keys/key.ts";
import type { Permission } from "../../../src/ledger/keys/permissions.ts";
import type { Decision } from "../../../src/ledger/rows.ts";
import type { OwnModels, StoredProvider } from "../../../src/own-providers.ts";
import type { KeyStore } from "../key-store.ts";
import type { LedgerStore } from "../ledger-store.ts";
import type { Table } from "../table.ts";
import type {
  AdministrationError,
  AdministrationName,
  Input,
  ListedPrice,
  Output,
  Project,
  Tenancy,
  Webhook,
} from "./protocol.ts";

/**
 * One thing that an administrator can have done: synchronous, so that it and its entry in the audit log are one
 * transaction. What changes something says what and to what, and exactly one entry is made of that (I20); no operation
 * writes to the log itself.
 */
export type Operation<Name extends AdministrationName> = Rules &
  (
    | { readonly type: "read"; readonly run: (desk: Desk, input: Input<Name>) => Outcome<Output<Name>> }
    | { readonly type: "write"; readonly run: (desk: Desk, input: Input<Name>) => Outcome<Written<Output<Name>>> }
  );

interface Rules {
  readonly permission: Permission;
  /** "tenant": not for a key that is bound to a project. */
  readonly reach: "project" | "tenant";
}

export type Outcome<Value> = Result<Value, AdministrationError>;

export interface Written<Value> {
  readonly output: Value;
  readonly target: string;
  /** What was changed, for the log: no secret, and no digest of one. */
  readonly detail: object;
}

/** What lies before the administrator. */
export interface Desk extends Cabinet {
  readonly actor: Key;
  readonly nowMs: number;
}

/** Where it is kept. */
export interface Cabinet {
  readonly keys: KeyStore;
  readonly ledger: LedgerStore;
  readonly tenancy: { read(): Tenancy | null; write(tenancy: Tenancy): void };
  readonly projects: Table<Project>;
  readonly prices: Table<ListedPrice>;
  readonly webhooks: Table<Webhook>;
  readonly providers: Table<StoredProvider>;
  readonly dataKeys: Table<SealedDataKey>;
  /** What requests are told of the providers: one value, since every request reads it. */
  readonly ownModels: { read(): OwnModels; write(ownModels: OwnModels): void };
  readonly audit: AuditStore;
  /** Writes what a command of the ledger changes, and tells of it. */
  carryOut<Value>(decision: Decision<Value>): Value;
}

export interface AuditStore {
  head(): AuditHead;
  append(entry: AuditEntry): void;
  /** Those after that sequence number, in order. */
  list(after: number, limit: number): readonly AuditEntry[];
}
