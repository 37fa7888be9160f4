import type { ChatRequest } from "./parse.ts";

/** One completion call as the server saw it. Times are milliseconds since the epoch, with fractions. */
export type LedgerCall = {
  readonly id: string;
  readonly receivedMs: number;
  headersMs: number | null;
  endMs: number | null;
  n: number;
  promptTokens: number;
  cachedTokens: number;
  /** All tokens generated so far, end-of-turn tokens and those of aborted calls included. */
  completionTokens: number;
  /** The finish reason of each choice that has ended, in order of ending. */
  finish: string[];
  aborted: boolean;
  summary: RequestSummary | null;
};

export type RequestSummary = {
  readonly model: string;
  readonly messages: number;
  readonly lastRole: string;
  /** The first 200 characters. */
  readonly lastContent: string;
  readonly stream: boolean;
  readonly temperature: number;
  readonly maxTokens: number | null;
  readonly seed: number | null;
};

export type LedgerSnapshot = {
  readonly calls: readonly LedgerCall[];
  readonly peakConcurrentCalls: number;
  /** The most calls that waited for their response headers at one time. */
  readonly peakHeaderWaitingCalls: number;
  readonly totals: {
    readonly calls: number;
    readonly aborted: number;
    readonly promptTokens: number;
    readonly cachedTokens: number;
    readonly completionTokens: number;
  };
};

/** The record of all calls, for tests and benches. Calls that are open when it is reset stay open and are forgotten. */
export type Ledger = {
  open(id: string): LedgerCall;
  headersSent(call: LedgerCall): void;
  close(call: LedgerCall): void;
  snapshot(): LedgerSnapshot;
  reset(): void;
};

/** A long-running server forgets its oldest calls; the totals keep counting. */
const MAX_CALLS_KEPT = 10_000;

export function createLedger(nowMs: () => number): Ledger {
  let calls: LedgerCall[] = [];
  let open = new Set<LedgerCall>();
  let waiting = new Set<LedgerCall>();
  let peakConcurrentCalls = 0;
  let peakHeaderWaitingCalls = 0;
  let forgottenTotals = totalsOf([]);

  return {
    open(id) {
      const call: LedgerCall = {
        id,
        receivedMs: nowMs(),
        headersMs: null,
        endMs: null,
        n: 0,
        promptTokens: 0,
        cachedTokens: 0,
        completionTokens: 0,
        finish: [],
        aborted: false,
        summary: null,
      };
      calls.push(call);
      open.add(call);
      waiting.add(call);
      peakConcurrentCalls = Math.max(peakConcurrentCalls, open.size);
      peakHeaderWaitingCalls = Math.max(peakHeaderWaitingCalls, waiting.size);
      return call;
    },
    headersSent(call) {
      call.headersMs ??= nowMs();
      waiting.delete(call);
    },
    close(call) {
      call.endMs ??= nowMs();
      open.delete(call);
      waiting.delete(call);
      if (calls.length > MAX_CALLS_KEPT) {
        const forgotten = calls.filter((other) => other.endMs !== null).slice(0, MAX_CALLS_KEPT / 2);
        forgottenTotals = addTotals(forgottenTotals, totalsOf(forgotten));
        const gone = new Set(forgotten);
        calls = calls.filter((other) => !gone.has(other));
      }
    },
    snapshot: () => ({
      calls,
      peakConcurrentCalls,
      peakHeaderWaitingCalls,
      totals: addTotals(forgottenTotals, totalsOf(calls)),
    }),
    reset() {
      calls = [];
      open = new Set();
      waiting = new Set();
      peakConcurrentCalls = 0;
      peakHeaderWaitingCalls = 0;
      forgottenTotals = totalsOf([]);
    },
  };
}

export function summarise(request: ChatRequest): RequestSummary {
  const last = request.messages.at(-1);
  return {
    model: request.model,
    messages: request.messages.length,
    lastRole: last?.role ?? "",
    lastContent: (last?.content ?? "").slice(0, 200),
    stream: request.stream,
    temperature: request.temperature,
    maxTokens: request.maxTokens ?? null,
    seed: request.seed ?? null,
  };
}

type Totals = LedgerSnapshot["totals"];

function totalsOf(calls: readonly LedgerCall[]): Totals {
  const sum = (value: (call: LedgerCall) => number) => calls.reduce((total, call) => total + value(call), 0);
  return {
    calls: calls.length,
    aborted: sum((call) => (call.aborted ? 1 : 0)),
    promptTokens: sum((call) => call.promptTokens),
    cachedTokens: sum((call) => call.cachedTokens),
    completionTokens: sum((call) => call.completionTokens),
  };
}

function addTotals(left: Totals, right: Totals): Totals {
  return {
    calls: left.calls + right.calls,
    aborted: left.aborted + right.aborted,
    promptTokens: left.promptTokens + right.promptTokens,
    cachedTokens: left.cachedTokens + right.cachedTokens,
    completionTokens: left.completionTokens + right.completionTokens,
  };
}
