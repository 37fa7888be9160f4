import type { SealedDataKey } from "../../../src/credentials/data-key.ts";
import type { Retention } from "../../../src/db/retention.ts";
import type { AuditEntry, AuditHead, AuditVerdict } from "../../../src/ledger/audit/chain.ts";
import type { NewTopUp } from "../../../src/ledger/budgets.ts";
import type { KeyEdit, NewKey } from "../../../src/ledger/keys/change.ts";
import type { Key, KeyKind } from "../../../src/ledger/keys/key.ts";
import type { Permission } from "../../../src/ledger/keys/permissions.ts";
import type { Price } from "../../../src/ledger/prices.ts";
import type { Budget, Scope, ScopeUse, TopUp } from "../../../src/ledger/rows.ts";
import type { KnownProviders, StoredProvider } from "../../../src/own-providers.ts";

/**
 * What an administrator may ask a tenant's object, by name: what goes in, and what comes out of it. It travels as JSON, as
 * all values of an open shape do. Times are milliseconds since 1970, amounts nanodollars. What goes in was checked where it
 * came in: here is decided who may do it, and whether there is what it speaks of.
 */
export interface Administration {
  readonly "tenant.create": { input: Tenancy; output: Tenancy };
  readonly "tenant.get": { input: Nothing; output: Tenancy };
  /** What is not named stays as it is, also within `retention`. */
  readonly "tenant.update": {
    input: { readonly name?: string; readonly retention?: Partial<Retention> };
    output: Tenancy;
  };
  readonly "project.create": { input: { readonly projectId: string; readonly name: string }; output: Project };
  readonly "project.list": { input: Nothing; output: readonly Project[] };
  readonly "project.get": { input: { readonly projectId: string }; output: Project };
  readonly "project.update": { input: { readonly projectId: string; readonly name: string }; output: Project };
  /** Revokes all of its keys. */
  readonly "project.archive": { input: { readonly projectId: string }; output: Project };
  readonly "key.create": { input: NewStoredKey; output: KnownKey };
  readonly "key.list": { input: { readonly projectId: string | null }; output: readonly KnownKey[] };
  readonly "key.get": { input: { readonly keyId: string }; output: KnownKey };
  readonly "key.update": {
    input: { readonly keyId: string; readonly edit: KeyEdit; readonly name?: string };
    output: KnownKey;
  };
  readonly "key.rotate": { input: Rotating; output: { readonly old: KnownKey; readonly successor: KnownKey } };
  readonly "key.revoke": { input: { readonly keyId: string }; output: KnownKey };
  readonly "budget.create": { input: Budget; output: BudgetState };
  /** Null: of all scopes that the actor may see. */
  readonly "budget.list": { input: { readonly scopeId: string | null }; output: readonly BudgetState[] };
  readonly "budget.get": { input: { readonly budgetId: string }; output: BudgetState };
  readonly "budget.update": {
    input: { readonly budgetId: string } & Partial<Pick<Budget, "nanodollars" | "thresholdPercents">>;
    output: BudgetState;
  };
  readonly "budget.delete": { input: { readonly budgetId: string }; output: null };
  readonly "budget.top-up": { input: NewTopUp; output: BudgetState };
  readonly "limits.list": { input: Nothing; output: readonly LimitsState[] };
  readonly "limits.get": { input: { readonly scopeId: string }; output: LimitsState };
  /** What is not named stays as it is. */
  readonly "limits.set": {
    input: { readonly scopeId: string; readonly change: Partial<Omit<Scope, "scopeId">> };
    output: LimitsState;
  };
  readonly "limits.clear": { input: { readonly scopeId: string }; output: null };
  readonly "price.create": { input: ListedPrice; output: ListedPrice };
  readonly "price.list": { input: Nothing; output: readonly ListedPrice[] };
  readonly "price.delete": { input: { readonly priceId: string }; output: null };
  readonly "audit.list": { input: { readonly after: number; readonly limit: number }; output: readonly AuditEntry[] };
  readonly "audit.verify": { input: { readonly known: AuditHead | null }; output: AuditVerdict };
  readonly "webhook.create": { input: Webhook; output: Webhook };
  readonly "webhook.list": { input: Nothing; output: readonly Webhook[] };
  readonly "webhook.get": { input: { readonly webhookId: string }; output: Webhook };
  readonly "webhook.update": {
    input: { readonly webhookId: string } & Partial<Pick<Webhook, "url" | "events" | "isDisabled">>;
    output: Webhook;
  };
  /** From now on its secret is another one; for a day both sign. */
  readonly "webhook.rotate": { input: { readonly webhookId: string }; output: Webhook };
  readonly "webhook.delete": { input: { readonly webhookId: string }; output: null };
  readonly "provider.create": { input: WrittenProvider; output: StoredProvider };
  readonly "provider.list": { input: Nothing; output: KnownProviders };
  readonly "provider.get": { input: { readonly providerId: string }; output: KnownProviders };
  /** For who is to change it, or to ask it; null for one that is to be made. */
  readonly "provider.open": { input: { readonly providerId: string | null }; output: KnownProviders };
  readonly "provider.update": { input: WrittenProvider; output: StoredProvider };
  readonly "provider.delete": { input: { readonly providerId: string }; output: null };
  /** The operator's alone, as the next. */
  readonly "data-key.list": { input: Nothing; output: readonly SealedDataKey[] };
  /** Only where `before` is still what is there. */
  readonly "data-key.rewrap": {
    input: { readonly dataKeyId: string; readonly before: string; readonly sealed: string };
    output: null;
  };
}

export type AdministrationName = keyof Administration;
export type Input<Name extends AdministrationName> = Administration[Name]["input"];
export type Output<Name extends AdministrationName> = Administration[Name]["output"];

type Nothing = Readonly<Record<string, never>>;

export interface Tenancy {
  readonly tenantId: string;
  readonly name: string;
  readonly createdAtMs: number;
  /** How long its searches are kept, where it is not as long as by default. */
  readonly retention?: Partial<Retention>;
}

export interface Project {
  readonly projectId: string;
  readonly name: string;
  readonly createdAtMs: number;
  readonly archivedAtMs: number | null;
}

/** A key, what it is called, and enough of it to be told from others; never more of its text, nor its digest. */
export interface KnownKey {
  readonly key: Key;
  readonly name: string;
  /** Null of keys from before this was noted, as below. */
  readonly createdAtMs: number | null;
  /** Last characters of its text. */
  readonly lastFour: string | null;
}

export interface NewStoredKey {
  readonly key: NewKey;
  readonly name: string;
  readonly digest: string;
  readonly lastFour: string;
}

interface Rotating {
  readonly keyId: string;
  /** One to choose from for each kind, since only the object knows which the key is of, and the prefix tells it. */
  readonly successors: Readonly<Record<KeyKind, MintedKey>>;
  readonly graceMs: number;
}

export interface MintedKey {
  readonly keyId: string;
  readonly digest: string;
  /** Last characters of its text. */
  readonly lastFour: string;
}

export interface BudgetState {
  readonly budget: Budget;
  readonly windowStartMs: number;
  readonly windowEndMs: number;
  readonly posted: number;
  readonly reserved: number;
  readonly free: number;
  readonly topUps: readonly TopUp[];
}

export interface LimitsState {
  readonly scope: Scope;
  readonly use: Pick<ScopeUse, "openSearches" | "openCalls"> | null;
}

export interface ListedPrice {
  readonly priceId: string;
  readonly price: Price;
}

export const WEBHOOK_EVENTS = ["budget.threshold_reached", "lease.uncertain", "search.ended"] as const;

export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];

/** Its secrets are nowhere: they are made from the deployment's signing key, the tenant, the webhook and the revision. */
export interface Webhook {
  readonly webhookId: string;
  readonly url: string;
  readonly events: readonly WebhookEvent[];
  readonly isDisabled: boolean;
  /** Of the secret, from 1. */
  readonly revision: number;
  /** Until then the secret before this one signs as well. */
  readonly overlapEndsAtMs: number | null;
  readonly createdAtMs: number;
}

export interface WrittenProvider {
  readonly provider: StoredProvider;
  /** A new one, where the credential was sealed with it. */
  readonly dataKey: SealedDataKey | null;
}

export type AdministrationError =
  /** The key was proved a moment ago and has ended since. */
  | { readonly type: "actor-not-live" }
  /** `isWhole`: the key is bound to a project, and this is the whole tenant's. */
  | { readonly type: "missing-scope"; readonly scope: Permission; readonly isWhole: boolean }
  | { readonly type: "not-found"; readonly thing: Thing; readonly id: string }
  | { readonly type: "too-wide"; readonly param: string }
  /** `param` as the ledger calls it. */
  | { readonly type: "invalid"; readonly param: string; readonly reason: string }
  | { readonly type: "conflict"; readonly code: string; readonly message: string };

export type Thing = "tenant" | "project" | "key" | "budget" | "limits" | "price" | "webhook" | "scope" | "provider";
