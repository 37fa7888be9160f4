/** One call as the provider saw it. Times are milliseconds since the epoch, with fractions; null until it happened. */
export interface ProviderCall {
  /** From 1, in order of arrival since the last reset. */
  readonly number: number;
  readonly model: string;
  /** Choices asked for. */
  readonly n: number;
  /** Which invocation says that it made it; "" where none does. */
  readonly invocation: string;
  /** Of the request's body: two calls that ask for the same have the same. */
  readonly fingerprint: string;
  readonly receivedMs: number;
  headersMs: number | null;
  endMs: number | null;
  promptTokens: number;
  /** As generated, of all choices; what a client was sent may be less. */
  completionTokens: number;
  fault: string | null;
  isStraggler: boolean;
  /** The client left before the response was complete. */
  isAborted: boolean;
}

export interface LedgerSnapshot {
  readonly count: number;
  readonly open: number;
  readonly peakConcurrent: number;
  /** Most of one invocation that had arrived and were without headers, those queued for a slot included. */
  readonly peakHeaderWaiting: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly aborted: number;
  readonly byModel: Readonly<Record<string, number>>;
  readonly byFault: Readonly<Record<string, number>>;
  /** The first MOST_CALLS of them. */
  readonly calls: readonly ProviderCall[];
}

/** Enough for any search; a load test does not need its calls one by one. */
const MOST_CALLS = 100_000;

export interface Ledger {
  receive(call: Pick<ProviderCall, "model" | "n" | "invocation" | "fingerprint">): ProviderCall;
  headersSent(call: ProviderCall): void;
  end(call: ProviderCall, isAborted: boolean): void;
  snapshot(): LedgerSnapshot;
  /** Forgets all calls; those still open end unnoticed. */
  reset(): void;
}

export function createLedger(): Ledger {
  let state = freshState();
  const ofNow = (call: ProviderCall): boolean => state.open.has(call);
  const leaveQueue = ({ invocation }: ProviderCall): void => {
    const left = (state.waiting.get(invocation) ?? 1) - 1;
    if (left > 0) state.waiting.set(invocation, left);
    else state.waiting.delete(invocation);
  };
  return {
    receive: ({ model, n, invocation, fingerprint }) => {
      const call: ProviderCall = {
        number: ++state.count,
        model,
        n,
        invocation,
        fingerprint,
        receivedMs: performance.timeOrigin + performance.now(),
        headersMs: null,
        endMs: null,
        promptTokens: 0,
        completionTokens: 0,
        fault: null,
        isStraggler: false,
        isAborted: false,
      };
      if (state.calls.length < MOST_CALLS) state.calls.push(call);
      state.open.add(call);
      const waiting = (state.waiting.get(invocation) ?? 0) + 1;
      state.waiting.set(invocation, waiting);
      state.peakConcurrent = Math.max(state.peakConcurrent, state.open.size);
      state.peakHeaderWaiting = Math.max(state.peakHeaderWaiting, waiting);
      state.byModel[model] = (state.byModel[model] ?? 0) + 1;
      return call;
    },
    headersSent: (call) => {
      if (call.headersMs !== null) return;
      call.headersMs = performance.timeOrigin + performance.now();
      if (ofNow(call)) leaveQueue(call);
    },
    end: (call, isAborted) => {
      if (!ofNow(call)) return;
      state.open.delete(call);
      if (call.headersMs === null) leaveQueue(call);
      call.endMs = performance.timeOrigin + performance.now();
      call.isAborted = isAborted;
      if (isAborted) state.aborted++;
      state.promptTokens += call.promptTokens;
      state.completionTokens += call.completionTokens;
      if (call.fault !== null) state.byFault[call.fault] = (state.byFault[call.fault] ?? 0) + 1;
    },
    snapshot: () => {
      const { open, waiting, ...rest } = state;
      return { ...rest, open: open.size };
    },
    reset: () => {
      state = freshState();
    },
  };
}

function freshState() {
  return {
    count: 0,
    open: new Set<ProviderCall>(),
    waiting: new Map<string, number>(),
    peakConcurrent: 0,
    peakHeaderWaiting: 0,
    promptTokens: 0,
    completionTokens: 0,
    aborted: 0,
    byModel: {} as Record<string, number>,
    byFault: {} as Record<string, number>,
    calls: [] as ProviderCall[],
  };
}
