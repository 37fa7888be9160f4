import type { Judgements } from "../durable-objects/judgements/judgements.ts";
import type { Outlet } from "../durable-objects/outlet/outlet.ts";
import type { SearchTree } from "../durable-objects/search-tree/search-tree.ts";
import type { Tenant } from "../durable-objects/tenant/tenant.ts";
import { type MasterKeys, parseMasterKeys } from "./credentials/master-keys.ts";
import type { Supply } from "./own-providers.ts";
import { type ProviderConfig, parseProviders } from "./providers/config.ts";
import { DEFAULT_FAN_OUT, type FanOutConfig, parseFanOut } from "./providers/fan-out/config.ts";
import { DEFAULT_BOOK, parseRouting, type RoutingBook } from "./providers/routing-book.ts";
import { parseScorers, type Scorers, type ScorerVariables } from "./providers/scorers.ts";
import type { AiBinding } from "./providers/workers-ai/binding.ts";
import { type Ceilings, DEFAULT_CEILINGS, parseCeilings } from "./search-request/ceilings.ts";

/** The bindings of wrangler.toml. */
export interface Env extends ScorerVariables {
  readonly SEARCH_TREE: DurableObjectNamespace<SearchTree>;
  /** One per tenant, named by its code (tenant-code.ts). */
  readonly TENANTS: DurableObjectNamespace<Tenant>;
  /** One per tenant, named by its id. Where it is not bound, no judgement outlives its search. */
  readonly JUDGEMENTS?: DurableObjectNamespace<Judgements>;
  /** Further ways out, named by tenant, provider and number. Where it is not bound, a search has its own six. */
  readonly OUTLETS?: DurableObjectNamespace<Outlet>;
  /** JSON, see `parseFanOut`. */
  readonly FAN_OUT?: string;
  /** Cloudflare's models, for providers with the adapter `workers-ai`. */
  readonly AI?: AiBinding;
  readonly DB: D1Database;
  /** Where the logs of ended searches are archived. Where it is not bound, they are in their objects alone. */
  readonly ARCHIVE?: R2Bucket;
  /** JSON, see `ProviderConfig`. */
  readonly PROVIDERS: string;
  /** JSON, see `parseRouting`; how calls are spread over the providers that serve the same model. */
  readonly ROUTING?: string;
  /** JSON, see `parseCeilings`; what one request may ask for at most. */
  readonly LIMITS?: string;
  /** Goes into keys: "dev", "live". */
  readonly ENVIRONMENT: string;
  /** SHA-256 of the credential that makes tenants, lower-case hex; absent: nobody can. */
  readonly ADMIN_KEY_DIGEST?: string;
  /** JSON, see `parseMasterKeys`; what tenants' provider credentials are sealed under. */
  readonly CREDENTIAL_KEYS?: string;
  /** What tenants' webhook secrets are made from, at least 32 characters; absent: there are no webhooks. */
  readonly WEBHOOK_SIGNING_KEY?: string;
}

/** Throws where PROVIDERS is not what it should be: a fault of the deployment, not of a request. */
export function providersOf(env: Pick<Env, "PROVIDERS" | "AI">): readonly ProviderConfig[] {
  const parsed = readProviders(env.PROVIDERS);
  if (!parsed.ok) throw new Error(parsed.error);
  if (env.AI === undefined) {
    const bound = parsed.value.find(({ adapter }) => adapter === "workers-ai");
    if (bound !== undefined)
      throw new Error(`PROVIDERS: ${bound.name} needs the binding AI, which wrangler.toml lacks`);
  }
  return parsed.value;
}

const readProviders = keepingLast(parseProviders);

/**
 * Every request and every object reads the deployment's variables, which do not change while it runs: the last text is kept
 * with what it says. No tenant's data ever passes here (T21).
 */
function keepingLast<T>(read: (text: string) => T): (text: string) => T {
  let last: { readonly text: string; readonly value: T } | null = null;
  return (text) => {
    if (last?.text !== text) last = { text, value: read(text) };
    return last.value;
  };
}

/** What the deployment serves to every tenant. Throws where PROVIDERS or ROUTING is not what it should be. */
export function supplyOf(env: Pick<Env, "PROVIDERS" | "ROUTING" | "AI">): Supply {
  const providers = providersOf(env);
  return { providers, routing: routingOf(env, providers) };
}

/** Null where the deployment has none: then tenants cannot bring credentials. Throws where CREDENTIAL_KEYS is not what it should be. */
export async function masterKeysOf(env: Pick<Env, "CREDENTIAL_KEYS">): Promise<MasterKeys | null> {
  if (env.CREDENTIAL_KEYS === undefined || env.CREDENTIAL_KEYS === "") return null;
  const parsed = await readMasterKeys(env.CREDENTIAL_KEYS);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

const readMasterKeys = keepingLast(parseMasterKeys);

/** Throws where ROUTING is not what it should be. */
export function routingOf(env: Pick<Env, "ROUTING">, providers: readonly ProviderConfig[]): RoutingBook {
  if (env.ROUTING === undefined || env.ROUTING === "") return DEFAULT_BOOK;
  const parsed = parseRouting(env.ROUTING, providers);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

/** Throws where REWARD_MODELS, WEBHOOK_SECRETS or EGRESS_ALLOW is not what it should be. */
export function scorersOf(env: ScorerVariables): Scorers {
  const parsed = parseScorers(env);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

/** Throws where LIMITS is not what it should be. */
export function ceilingsOf(env: Pick<Env, "LIMITS">): Ceilings {
  if (env.LIMITS === undefined || env.LIMITS === "") return DEFAULT_CEILINGS;
  const parsed = parseCeilings(env.LIMITS);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

/** Throws where FAN_OUT is not what it should be. */
export function fanOutOf(env: Pick<Env, "FAN_OUT">): FanOutConfig {
  if (env.FAN_OUT === undefined || env.FAN_OUT === "") return DEFAULT_FAN_OUT;
  const parsed = parseFanOut(env.FAN_OUT);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}
