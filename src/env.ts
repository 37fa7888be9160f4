import type { SearchTree } from "../durable-objects/search-tree/search-tree.ts";
import { type ProviderConfig, parseProviders } from "./providers/config.ts";

/** The bindings of wrangler.toml. */
export interface Env {
  readonly SEARCH_TREE: DurableObjectNamespace<SearchTree>;
  readonly DB: D1Database;
  /** JSON, see `ProviderConfig`. */
  readonly PROVIDERS: string;
  /** Goes into keys: "dev", "live". */
  readonly ENVIRONMENT: string;
}

/** Throws where PROVIDERS is not what it should be: a fault of the deployment, not of a request. */
export function providersOf(env: Pick<Env, "PROVIDERS">): readonly ProviderConfig[] {
  const parsed = parseProviders(env.PROVIDERS);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}
