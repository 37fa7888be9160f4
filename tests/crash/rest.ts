import type { BareService } from "../../bench/workerd/service.ts";
import type { DatabaseAttempt, DatabaseRow, Evidence } from "./evidence.ts";

/** More than any campaign spends: it limits nothing, but all that is spent is posted to it. */
export const BUDGET = {
  budgetId: "crash",
  scopeId: "tenant",
  period: { type: "lifetime" },
  thresholdPercents: [],
  nanodollars: 1_000_000_000_000_000,
} as const;

const PAUSE_MS = 250;
/** A lease's time to live and the ledger's grace after it (src/ledger/settle.ts), and some. */
const HOLDS_LIMIT_MS = 130_000;

/**
 * Is every search in D1 within that time? D1 is asked and no object is: what has been forgotten must not be woken by the
 * question.
 */
export async function waitForRows(service: BareService, searches: number, limitMs: number): Promise<boolean> {
  const deadline = performance.now() + limitMs;
  while (performance.now() < deadline) {
    const [[count] = []] = await service.sql([{ sql: "SELECT count(*) AS searches FROM searches" }]);
    if (Number(count?.searches) >= searches) return true;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  return false;
}

/** Once nothing is held any more, or as it is now. */
export async function readBudget(service: BareService, waits: boolean): Promise<Evidence["budget"]> {
  const deadline = performance.now() + (waits ? HOLDS_LIMIT_MS : 0);
  for (;;) {
    const { posted, reserved } = await service.administer("budget.get", { budgetId: BUDGET.budgetId });
    if (reserved === 0 || performance.now() > deadline) return { posted, reserved };
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

export async function readRows(service: BareService): Promise<DatabaseRow[]> {
  const [searches = [], attempts = []] = await service.sql([
    { sql: "SELECT id, state, microdollars FROM searches" },
    {
      sql: `SELECT search_id, prompt_tokens, completion_tokens, microdollars, outcome, provider_request_id
            FROM attempts ORDER BY search_id, "index"`,
    },
  ]);
  const attemptsOf = new Map<string, DatabaseAttempt[]>();
  for (const row of attempts) {
    const searchId = String(row.search_id);
    const list = attemptsOf.get(searchId) ?? [];
    attemptsOf.set(searchId, list);
    list.push({
      promptTokens: Number(row.prompt_tokens),
      completionTokens: Number(row.completion_tokens),
      microdollars: Number(row.microdollars),
      outcome: String(row.outcome),
      providerRequestId: row.provider_request_id === null ? null : String(row.provider_request_id),
    });
  }
  return searches.map((row) => ({
    searchId: String(row.id),
    state: String(row.state),
    microdollars: Number(row.microdollars),
    attempts: attemptsOf.get(String(row.id)) ?? [],
  }));
}

/** What the API says of each search; null where it cannot say. */
export async function readStates(
  { url, key }: Pick<BareService, "url" | "key">,
  searchIds: Iterable<string>,
): Promise<Map<string, string | null>> {
  const states = new Map<string, string | null>();
  for (const searchId of searchIds) {
    const response = await fetch(`${url}/v1/searches/${searchId}`, { headers: { authorization: `Bearer ${key}` } });
    const { state } = (await response.json()) as { state?: string };
    states.set(searchId, response.ok && state !== undefined ? state : null);
  }
  return states;
}
