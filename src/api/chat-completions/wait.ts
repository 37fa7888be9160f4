import type { SearchSummary } from "../../../durable-objects/search-tree/protocol.ts";
import type { Env } from "../../env.ts";
import { searchStub } from "../searches/search-stub.ts";
import { sleep } from "./timers.ts";

/** How often the search's object is asked again after it was reset: a deploy or a crash must not cost the answer. */
const MAX_TRIES = 8;
const FIRST_PAUSE_MS = 100;

/** Who waits: the search's object counts it until it has left. */
export interface Viewer {
  readonly id: string;
  readonly signal: AbortSignal;
}

/** The ended search. Asking also wakes an object that was reset, which then takes the search up again. */
export async function waitForResult(
  env: Env,
  tenantId: string,
  searchId: string,
  viewer: Viewer,
): Promise<SearchSummary> {
  for (let tries = 1; ; tries++) {
    try {
      // A stub that threw may be broken for good: a new one each time.
      const summary = await searchStub(env, tenantId, searchId).result(viewer.id);
      if (summary !== null) return summary;
      throw new Error(`search ${searchId} is gone`);
    } catch (error) {
      if (tries === MAX_TRIES || viewer.signal.aborted) throw error;
      await sleep(FIRST_PAUSE_MS * 2 ** (tries - 1));
    }
  }
}
