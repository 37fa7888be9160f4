import { Agent, request } from "node:http";
import { parseArgs } from "node:util";
import type { ProviderConfig } from "../../src/providers/config.ts";
import { type ProviderProcess, scriptedProvider, startProvider } from "../provider/process.ts";
import { type BareService, startBareService } from "../workerd/service.ts";

interface Row {
  readonly parallel: number;
  /** What the provider bills beyond the budget, as a share of the budget. */
  readonly overspendRatio: number;
  /** Searches that were refused for good, and were served when they asked once more after all others had ended. */
  readonly falseRefusals: number;
  readonly ledgerOperationsPerSearch: number;
  /** With a budget for all of them. */
  readonly searchesPerSecond: number;
  /** Under the budget that fits half of them: those served whole, those cut short by it, those refused for good. */
  readonly whole: number;
  readonly cut: number;
  readonly refused: number;
  /** Answers "try again in n seconds" on the way there. */
  readonly waits: number;
}

/** In microdollars per million tokens, that is picodollars per token: what a good hosted model costs. */
const PRICE = { promptMicrodollarsPerMillion: 3_000_000, completionMicrodollarsPerMillion: 15_000_000 };
const PARALLEL = [1, 8, 64, 512];
const ROLLOUTS = 4;

/**
 * Many searches at once against one budget, on bare workerd with everything on and a provider that bills honestly, by its
 * own ledger. Twice for each number of searches: with a budget that fits half of them, whose clients ask again whenever they
 * are told to; and with one that fits them all, for the speed.
 */
export async function overspend(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { json: { type: "boolean", default: false }, parallel: { type: "string" } },
  });
  const parallels = values.parallel === undefined ? PARALLEL : values.parallel.split(",").map(Number);
  const provider = await startProvider({ latency: { firstToken: { type: "constant", ms: 20 } } });
  const service = await startBareService({ providers: [priced(scriptedProvider(provider.url))] });
  try {
    await service.administer("budget.create", { ...BUDGET, nanodollars: 1_000_000_000_000 });
    const rows: Row[] = [];
    const cost = await costOfOne(service, provider);
    for (const parallel of parallels) rows.push(await measure(service, provider, parallel, cost));
    console.table(rows);
    if (values.json) console.log(JSON.stringify({ rows }));
  } finally {
    await service.close();
    await provider.close();
  }
}

const BUDGET = { budgetId: "b", scopeId: "tenant", period: { type: "lifetime" }, thresholdPercents: [] } as const;

function priced(provider: ProviderConfig): ProviderConfig {
  return { ...provider, models: provider.models.map((model) => ({ ...model, price: PRICE })) };
}

/** Nanodollars of the dearest of a few searches: a budget for k of them is for k whole ones. */
async function costOfOne(service: BareService, provider: ProviderProcess): Promise<number> {
  let most = 0;
  for (let index = 0; index < 8; index++) {
    await provider.resetLedger();
    await searchOnce(service, `warm-up ${index}`);
    most = Math.max(most, await billed(provider));
  }
  return most;
}

async function measure(service: BareService, provider: ProviderProcess, parallel: number, cost: number): Promise<Row> {
  await refill(service, 4 * parallel * cost + HEADROOM);
  const operationsBefore = await service.ledgerOperations();
  const startedAt = performance.now();
  const free = await Promise.all(numbers(parallel).map((index) => persist(service, `free ${parallel} ${index}`)));
  const seconds = (performance.now() - startedAt) / 1000;
  await quiet(service);
  const operations = (await service.ledgerOperations()) - operationsBefore;

  const budget = Math.ceil(parallel / 2) * cost;
  await refill(service, budget);
  await provider.resetLedger();
  const tight = await Promise.all(numbers(parallel).map((index) => persist(service, `tight ${parallel} ${index}`)));
  await quiet(service);
  const overspent = Math.max(0, (await billed(provider)) - budget);
  const refused = tight.filter(({ outcome }) => outcome === "refused");
  const again = [];
  for (const { question } of refused) again.push(await searchOnce(service, question));
  return {
    parallel,
    overspendRatio: overspent / budget,
    falseRefusals: again.filter(({ outcome }) => outcome !== "refused").length,
    ledgerOperationsPerSearch: Math.round((100 * operations) / parallel) / 100,
    searchesPerSecond: Math.round((10 * free.filter(({ outcome }) => outcome === "whole").length) / seconds) / 10,
    whole: tight.filter(({ outcome }) => outcome === "whole").length,
    cut: tight.filter(({ outcome }) => outcome === "cut").length,
    refused: refused.length,
    waits: tight.reduce((sum, { waits }) => sum + waits, 0),
  };
}

/** What runs at once is held at its worst case, which is above what it comes to cost. */
const HEADROOM = 1_000_000_000;

/** So much is free, whatever was spent before. */
async function refill(service: BareService, free: number): Promise<void> {
  const { posted } = await quiet(service);
  await service.administer("budget.update", { budgetId: BUDGET.budgetId, nanodollars: posted + free });
}

/** Once nothing is held any more. */
async function quiet(service: BareService) {
  for (;;) {
    const state = await service.administer("budget.get", { budgetId: BUDGET.budgetId });
    if (state.reserved === 0) return state;
    await pause(20);
  }
}

/** By the provider's own count of tokens, in nanodollars, rounded once. */
async function billed(provider: ProviderProcess): Promise<number> {
  const { promptTokens, completionTokens } = await provider.ledger();
  const picodollars =
    promptTokens * PRICE.promptMicrodollarsPerMillion + completionTokens * PRICE.completionMicrodollarsPerMillion;
  return Math.ceil(picodollars / 1000);
}

interface Asked {
  readonly question: string;
  /** `cut`: an answer, from less than the plan. */
  readonly outcome: "whole" | "cut" | "refused" | { readonly retryAfterMs: number };
}

/** Asks again for as long as it is told that it would fit later. */
async function persist(service: BareService, question: string): Promise<Asked & { readonly waits: number }> {
  for (let waits = 0; ; waits++) {
    const asked = await searchOnce(service, question);
    if (typeof asked.outcome === "string") return { ...asked, waits };
    // As the SDKs do: not all at the same moment.
    await pause(asked.outcome.retryAfterMs * (0.75 + Math.random() / 4));
  }
}

async function searchOnce(service: BareService, question: string): Promise<Asked> {
  const { status, headers, text } = await post(`${service.url}/v1/chat/completions`, service.key, {
    model: "espalier/scripted",
    messages: [{ role: "user", content: `Say something about ${question}.` }],
    max_tokens: 32,
    search: {
      method: "best-of-n",
      verifier: "agreement",
      budget: { max_rollouts: ROLLOUTS, max_parallel: ROLLOUTS, max_wall_ms: 600_000 },
    },
  });
  const answer = JSON.parse(text);
  if (status === 200) {
    const isCut = answer.search.stop_reason === "cost" || answer.search.rollouts < ROLLOUTS;
    return { question, outcome: isCut ? "cut" : "whole" };
  }
  // Served, and the money ended before a single answer was whole.
  if (answer.error?.code === "budget_too_small") return { question, outcome: "cut" };
  if (status !== 429) throw new Error(text);
  if (answer.error.code === "insufficient_quota") return { question, outcome: "refused" };
  return { question, outcome: { retryAfterMs: Number(headers["retry-after-ms"]) } };
}

/** A connection that was idle while its client waited may be closed just as it is used again. */
const agent = new Agent({ keepAlive: false, maxSockets: Infinity });

/** Node's own client: no limit of its own on how many are under way. */
function post(
  url: string,
  key: string,
  body: object,
): Promise<{ status: number; headers: Readonly<Record<string, unknown>>; text: string }> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
    const sent = request(url, { method: "POST", agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString("utf8"),
        });
      });
    });
    sent.on("error", reject);
    sent.end(JSON.stringify(body));
  });
}

function numbers(count: number): readonly number[] {
  return Array.from({ length: count }, (_unused, index) => index);
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
