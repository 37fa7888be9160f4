import type { LedgerSnapshot } from "../../bench/provider/ledger.ts";
import { type ProviderProcess, scriptedProvider, startProvider } from "../../bench/provider/process.ts";
import type { SettingsInput } from "../../bench/provider/settings.ts";
import { type BareService, startBareService } from "../../bench/workerd/service.ts";
import type { ProviderConfig } from "../../src/providers/config.ts";

/** The whole service on bare workerd before a provider that goes wrong as it is told to. */
export interface FaultRig {
  /** One search at a time: the provider's ledger is begun anew for it. */
  ask(settings: SettingsInput, request?: FaultRequest): Promise<Outcome>;
  close(): Promise<void>;
}

export interface FaultRequest {
  /** "espalier/scripted" where left out; see MODELS. */
  readonly model?: string;
  readonly search?: Readonly<Record<string, unknown>>;
  readonly fields?: Readonly<Record<string, unknown>>;
}

export interface Outcome {
  readonly status: number;
  /** Of an error, OpenAI's `code`; else null. */
  readonly code: string | null;
  /** Null where there is no answer. */
  readonly text: string | null;
  readonly retryAfter: string | null;
  readonly wallMs: number;
  /** What reached the provider, once nothing is open there any more. */
  readonly ledger: LedgerSnapshot;
  /** Calls that the search says it has made, failed and cancelled ones included. */
  readonly reportedCalls: number;
  /** Of the search as the API shows it. */
  readonly usage: { readonly completion_tokens: number; readonly prompt_tokens: number };
  readonly stopReason: string | null;
}

/** Short, so that a stall shows soon. The deadlines below are far from it. */
const PROVIDER_TIMEOUT_MS = 400;
/** Of a search; each test's answer must be there two seconds later (I14). */
export const DEADLINE_MS = 5000;
export const GRACE_MS = 2000;

/** Two faults are no answers but addresses. */
export const MODELS = { scripted: "espalier/scripted", tls: "espalier/no-tls", name: "espalier/no-name" } as const;

export async function createFaultRig(): Promise<FaultRig> {
  const provider = await startProvider();
  const service = await startBareService({ providers: providersAt(provider.url) }).catch(async (error: unknown) => {
    await provider.close();
    throw error;
  });
  return {
    ask: async (settings, request = {}) => {
      await provider.configure(settings);
      await provider.resetLedger();
      return ask(provider, service, request);
    },
    close: async () => {
      await service.close();
      await provider.close();
    },
  };
}

function providersAt(url: string): ProviderConfig[] {
  const timeouts = { headerTimeoutMs: PROVIDER_TIMEOUT_MS, idleTimeoutMs: PROVIDER_TIMEOUT_MS };
  const named = (name: string, id: string, baseUrl: string): ProviderConfig => {
    const one = scriptedProvider(url, { ...timeouts, name, baseUrl });
    return { ...one, models: one.models.map((model) => ({ ...model, id })) };
  };
  return [
    named("scripted", MODELS.scripted, `${url}/v1`),
    // A server without TLS, asked for it.
    named("no-tls", MODELS.tls, `${url.replace("http:", "https:")}/v1`),
    named("no-name", MODELS.name, "http://no-such-host.invalid/v1"),
  ];
}

async function ask(provider: ProviderProcess, service: BareService, request: FaultRequest): Promise<Outcome> {
  const { model = MODELS.scripted, search = {}, fields = {} } = request;
  const headers = { authorization: `Bearer ${service.key}`, "content-type": "application/json" };
  const sentAt = performance.now();
  const response = await fetch(`${service.url}/v1/chat/completions`, {
    method: "POST",
    headers,
    // Bounds the test as a client's own timeout would: a hang is a failure.
    signal: AbortSignal.timeout(4 * DEADLINE_MS),
    body: JSON.stringify({
      model,
      messages: [{ role: "user", content: "Say something." }],
      max_tokens: 40,
      seed: 1,
      search: {
        method: "best-of-n",
        verifier: "agreement",
        budget: { max_rollouts: 4, max_parallel: 2, max_wall_ms: DEADLINE_MS },
        ...search,
      },
      ...fields,
    }),
  });
  const body = (await response.json()) as Body;
  const wallMs = performance.now() - sentAt;
  const ledger = await settled(provider);
  const searchId = response.headers.get("x-search-id");
  const shown = await fetch(`${service.url}/v1/searches/${searchId}`, { headers });
  const report = (await shown.json()) as Report;
  return {
    status: response.status,
    code: body.error?.code ?? null,
    text: body.choices?.[0]?.message.content ?? null,
    retryAfter: response.headers.get("retry-after"),
    wallMs,
    ledger,
    reportedCalls: report.usage.search.model_calls,
    usage: report.usage.search,
    stopReason: report.stop_reason,
  };
}

interface Body {
  readonly error?: { readonly code: string | null };
  readonly choices?: readonly { readonly message: { readonly content: string | null } }[];
}

interface Report {
  readonly stop_reason: string | null;
  readonly usage: { readonly search: { model_calls: number; prompt_tokens: number; completion_tokens: number } };
}

/** Nothing may be left running at the provider after a search has ended. */
async function settled(provider: ProviderProcess): Promise<LedgerSnapshot> {
  const deadline = performance.now() + GRACE_MS;
  for (;;) {
    const ledger = await provider.ledger();
    if (ledger.open === 0) return ledger;
    if (performance.now() > deadline) throw new Error(`${ledger.open} calls are still open at the provider`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
