import { fail, succeed } from "../../../src/core/result.ts";
import { keyIdOf } from "../../../src/credentials/envelope.ts";
import type { KnownProviders, OwnModels, StoredProvider } from "../../../src/own-providers.ts";
import type { Desk, Outcome, Written } from "./operation.ts";
import type { Input } from "./protocol.ts";

const MOST_PROVIDERS = 20;
/** All of them travel with requests of the tenant. */
const MOST_BYTES = 256 * 1024;

export function listProviders(desk: Desk): Outcome<KnownProviders> {
  return succeed({ providers: inOrder(desk.providers), dataKeys: desk.dataKeys.all() });
}

export function getProvider(desk: Desk, { providerId }: Input<"provider.get">): Outcome<KnownProviders> {
  const provider = desk.providers.get(providerId);
  if (provider === null) return notFound(providerId);
  return succeed({ providers: [provider], dataKeys: desk.dataKeys.all() });
}

export function openProvider(desk: Desk, { providerId }: Input<"provider.open">): Outcome<KnownProviders> {
  if (providerId !== null) return getProvider(desk, { providerId });
  return succeed({ providers: [], dataKeys: desk.dataKeys.all() });
}

export function createProvider(desk: Desk, input: Input<"provider.create">): Outcome<Written<StoredProvider>> {
  if (desk.providers.ids().length >= MOST_PROVIDERS) {
    return conflict("too_many_providers", `A tenant has at most ${MOST_PROVIDERS}.`);
  }
  return put(desk, input);
}

/** What comes in is the whole provider as it is to be; its revision says which one was read before. */
export function updateProvider(desk: Desk, input: Input<"provider.update">): Outcome<Written<StoredProvider>> {
  const { providerId, revision } = input.provider;
  const known = desk.providers.get(providerId);
  if (known === null) return notFound(providerId);
  if (known.revision !== revision - 1) {
    return conflict("provider_changed", "The provider was changed by somebody else meanwhile. Read it and try again.");
  }
  return put(desk, input);
}

export function deleteProvider(desk: Desk, { providerId }: Input<"provider.delete">): Outcome<Written<null>> {
  const known = desk.providers.get(providerId);
  if (known === null) return notFound(providerId);
  desk.providers.delete(providerId);
  desk.ownModels.write(ownModelsOf(desk));
  return succeed({ output: null, target: providerId, detail: { name: known.config.name } });
}

/** Of the models alone, for every request. */
function ownModelsOf(desk: Pick<Desk, "providers" | "ownModels">): OwnModels {
  const providers = inOrder(desk.providers).map(({ credential: _sealed, ...own }) => own);
  return { revision: desk.ownModels.read().revision + 1, providersJson: JSON.stringify(providers) };
}

function put(desk: Desk, { provider, dataKey }: Input<"provider.update">): Outcome<Written<StoredProvider>> {
  const { providerId, config, credential, revision } = provider;
  const others = desk.providers.all().filter((one) => one.providerId !== providerId);
  if (others.some((one) => one.config.name === config.name)) {
    return conflict("provider_exists", `There is a provider named '${config.name}' already.`);
  }
  if (JSON.stringify([...others, provider]).length > MOST_BYTES) {
    return conflict("providers_too_large", `All providers together have at most ${MOST_BYTES} characters.`);
  }
  if (dataKey !== null) desk.dataKeys.put(dataKey.dataKeyId, dataKey);
  // A credential's version is the revision that brought it.
  if (credential?.version === revision) countUse(desk, credential.sealed);
  desk.providers.put(providerId, provider);
  desk.ownModels.write(ownModelsOf(desk));
  const { name, baseUrl, models } = config;
  const shown = credential === null ? null : { fingerprint: credential.fingerprint, version: credential.version };
  const detail = { name, baseUrl, models: models.map(({ id }) => id), credential: shown };
  return succeed({ output: provider, target: providerId, detail });
}

function countUse({ dataKeys }: Desk, sealed: string): void {
  const dataKey = dataKeys.get(keyIdOf(sealed) ?? "");
  if (dataKey !== null) dataKeys.put(dataKey.dataKeyId, { ...dataKey, uses: dataKey.uses + 1 });
}

/** The first that was made is the first to be asked. */
export function inOrder(providers: Desk["providers"]): readonly StoredProvider[] {
  return providers.all().toSorted((a, b) => a.createdAtMs - b.createdAtMs);
}

function notFound(id: string): Outcome<never> {
  return fail({ type: "not-found", thing: "provider", id });
}

function conflict(code: string, message: string): Outcome<never> {
  return fail({ type: "conflict", code, message });
}
