import { type Env, fanOutOf } from "../../src/env.ts";
import type { ProviderConfig } from "../../src/providers/config.ts";
import { platformFetch } from "../../src/providers/egress.ts";
import { tagged } from "../../src/providers/fan-out/config.ts";
import { createFanOut, type Outlet } from "../../src/providers/fan-out/fan-out.ts";
import type { Gate } from "../../src/providers/gate.ts";
import { worldClock } from "./world-clock.ts";

/**
 * The gate of a search's object. Outlets are the tenant's own, one set for each provider: what one tenant or one slow
 * provider asks for waits in front of nobody else's.
 */
export function createWaysOut(
  env: Env,
  providers: readonly ProviderConfig[],
  tenantId: string,
  searchId: string,
): Gate {
  const { outlets, isTagged } = fanOutOf(env);
  const namespace = env.OUTLETS;
  const configOf = (provider: string) => providers.find(({ name }) => name === provider);
  const outletsOf = (provider: string): Outlet[] => {
    if (namespace === undefined) return [];
    const { location } = configOf(provider) ?? {};
    const options = location === undefined ? {} : { locationHint: location };
    return Array.from({ length: outlets }, (_unused, number) => ({
      // A stub that threw may be broken for good: a new one each time.
      open: () => namespace.getByName(`${tenantId}/${provider}/${number}`, options).open(searchId),
    }));
  };
  const mostInFlight = (provider: string) => configOf(provider)?.maxConcurrent ?? null;
  return createFanOut({
    outletsOf,
    mostInFlight,
    clock: worldClock,
    ownFetch: isTagged ? tagged(platformFetch, searchId) : null,
  });
}
