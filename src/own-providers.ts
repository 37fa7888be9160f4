import type { SealedCredential } from "./credentials/credential.ts";
import { openCredential } from "./credentials/credential.ts";
import { type DataKey, openDataKey, type SealedDataKey } from "./credentials/data-key.ts";
import { keyIdOf } from "./credentials/envelope.ts";
import type { MasterKeys } from "./credentials/master-keys.ts";
import type { ProviderConfig, SealedKey } from "./providers/config.ts";
import type { AddressRules } from "./providers/public-address.ts";
import { DEFAULT_BOOK, type RoutingBook } from "./providers/routing-book.ts";

/** A provider that a tenant has brought: how it is asked, without what it is asked with. */
export interface OwnProvider {
  readonly providerId: string;
  /** From 1, and rising with every change. */
  readonly revision: number;
  readonly config: OwnProviderConfig;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

export type OwnProviderConfig = Omit<ProviderConfig, "apiKey" | "sealedKey" | "addressRules">;

/** As the tenant's object keeps it. */
export interface StoredProvider extends OwnProvider {
  /** Null: it is asked without one. Its version is the revision that brought it. */
  readonly credential: SealedCredential | null;
}

export interface KnownProviders {
  readonly providers: readonly StoredProvider[];
  /** Those that open the credentials, sealed with the deployment's master keys. */
  readonly dataKeys: readonly SealedDataKey[];
}

/** What it takes to ask a tenant's providers, for who has the master keys. */
export interface SealedProviders extends KnownProviders {
  readonly tenantId: string;
}

/** What a request needs to know before it is a search: no credential, sealed or not. */
export interface OwnModels {
  /** Changes with every change of any of them; 0 where a tenant never had any. */
  readonly revision: number;
  /** `OwnProvider[]` in the order in which they are asked; as text, since most requests only look at the revision. */
  readonly providersJson: string;
}

export const NO_OWN_MODELS: OwnModels = { revision: 0, providersJson: "[]" };

/** Who serves which models, and how calls are spread over them. */
export interface Supply {
  readonly providers: readonly ProviderConfig[];
  readonly routing: RoutingBook;
}

/**
 * The instance's supply under the tenant's own. A model that the tenant brings is served by the tenant's providers alone, in
 * the order in which they were made: what it has decided to send to one place, with its own key and at its own price, never
 * goes to another. The instance's rules of routing speak of the instance's providers.
 */
export function withOwn({ providers, routing }: Supply, own: readonly ProviderConfig[]): Supply {
  if (own.length === 0) return { providers, routing };
  const ids = new Set(own.flatMap(({ models }) => models.map(({ id }) => id)));
  const others = providers.map((one) => ({ ...one, models: one.models.filter(({ id }) => !ids.has(id)) }));
  return {
    providers: [...own, ...others.filter(({ models }) => models.length > 0)],
    routing: (id) => (ids.has(id) ? DEFAULT_BOOK(id) : routing(id)),
  };
}

/** For planning and listing: nobody can be asked with these. */
export function plannedProviders({ providersJson }: OwnModels): readonly ProviderConfig[] {
  const providers = JSON.parse(providersJson) as readonly OwnProvider[];
  return providers.map((own) => ({ ...configOf(own), apiKey: null, addressRules: { allowedOrigins: [] } }));
}

/** For the calls: each opens its credential when it leaves. Always under the rules for addresses of tenants (T1). */
export function askedProviders(
  sealed: SealedProviders,
  masterKeys: MasterKeys | null,
  addressRules: AddressRules,
): readonly ProviderConfig[] {
  const open = createOpener(sealed, masterKeys);
  return sealed.providers.map((stored) => {
    const { providerId, credential } = stored;
    const sealedKey: SealedKey | null =
      credential === null ? null : { id: `${providerId}/${credential.version}`, open: () => open(stored) };
    return { ...configOf(stored), apiKey: null, addressRules, ...(sealedKey !== null && { sealedKey }) };
  });
}

/**
 * Opens credentials of that tenant; null for one that cannot be opened here. Data keys are opened once, and only the
 * keys that cannot be read out again are kept; of a credential's clear text nothing is.
 */
export function createOpener(
  { tenantId, dataKeys }: Pick<SealedProviders, "tenantId" | "dataKeys">,
  masterKeys: MasterKeys | null,
): (stored: StoredProvider) => Promise<string | null> {
  const opened = new Map<string, Promise<DataKey | null>>();
  const dataKeyNamed = (id: string): Promise<DataKey | null> => {
    const row = dataKeys.find(({ dataKeyId }) => dataKeyId === id);
    if (row === undefined || masterKeys === null) return Promise.resolve(null);
    const known = opened.get(id) ?? openDataKey(masterKeys, tenantId, row).then((key) => (key.ok ? key.value : null));
    opened.set(id, known);
    return known;
  };
  return async ({ providerId, config, credential }) => {
    if (credential === null) return null;
    const { sealed, version } = credential;
    const dataKey = await dataKeyNamed(keyIdOf(sealed) ?? "");
    // The origin it is sent to, not the one it was kept for: a credential opens for no other.
    const place = { tenantId, providerId, origin: originOf(config), version };
    const clear = await openCredential((id) => (dataKey?.keyId === id ? dataKey : null), place, sealed);
    return clear.ok ? clear.value : null;
  };
}

export function originOf({ baseUrl }: Pick<ProviderConfig, "baseUrl">): string {
  return new URL(baseUrl).origin;
}

/** Its name can be none of the instance's: circuits, outlets and attempts go by it. */
function configOf({ config }: OwnProvider): OwnProviderConfig {
  return { ...config, name: `${OWN}${config.name}` };
}

const OWN = "own:";
