/** One call as the upstream saw it. Times are `Date.now()`; null until it happened. */
export interface UpstreamCall {
  /** From 1, in order of arrival. */
  readonly number: number;
  /** "/v1/chat/completions". */
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly receivedAtMs: number;
  readonly headersAtMs: number | null;
  readonly endedAtMs: number | null;
  /** The client left before the response was complete. */
  readonly isAborted: boolean;
}

/** Everything that reached the upstream: the reference for budgets, metering and fan-out in tests. */
export interface Ledger {
  readonly calls: readonly UpstreamCall[];
  /** Most calls open at once. */
  readonly concurrentPeak: number;
  /**
   * Most calls open at once whose headers were not sent yet. Above six, production would have queued (PLATFORM.md A2).
   * Calls that the client aborts while they wait may be counted a moment too long.
   */
  readonly headerWaitingPeak: number;
  /** Calls open now. */
  readonly open: number;
  /** Resolves once `test` holds; rejects after `timeoutMs`. */
  until(test: (ledger: Ledger) => boolean, timeoutMs?: number): Promise<void>;
}

/** The ledger's writing side, for the server alone. */
export interface LedgerWriter extends Ledger {
  receive(path: string, body: UpstreamCall["body"], headers: UpstreamCall["headers"]): number;
  sendHeaders(number: number): void;
  end(number: number, isAborted: boolean): void;
}

export function createLedger(): LedgerWriter {
  const calls: { -readonly [K in keyof UpstreamCall]: UpstreamCall[K] }[] = [];
  const peaks = { concurrent: 0, headerWaiting: 0 };
  const countOpen = () => calls.filter((call) => call.endedAtMs === null).length;
  const at = (number: number) => {
    const call = calls[number - 1];
    if (call === undefined) throw new Error(`ledger: no call ${number}`);
    return call;
  };
  const ledger: LedgerWriter = {
    calls,
    get concurrentPeak() {
      return peaks.concurrent;
    },
    get headerWaitingPeak() {
      return peaks.headerWaiting;
    },
    get open() {
      return countOpen();
    },
    until: async (test, timeoutMs = 2000) => {
      for (const start = Date.now(); !test(ledger); ) {
        if (Date.now() - start > timeoutMs) throw new Error(`ledger: waited ${timeoutMs} ms in vain`);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
    receive: (path, body, headers) => {
      const number = calls.length + 1;
      const unsent = { headersAtMs: null, endedAtMs: null, isAborted: false };
      calls.push({ number, path, body, headers, receivedAtMs: Date.now(), ...unsent });
      const waiting = calls.filter((call) => call.endedAtMs === null && call.headersAtMs === null).length;
      peaks.concurrent = Math.max(peaks.concurrent, countOpen());
      peaks.headerWaiting = Math.max(peaks.headerWaiting, waiting);
      return number;
    },
    sendHeaders: (number) => {
      at(number).headersAtMs = Date.now();
    },
    end: (number, isAborted) => {
      const call = at(number);
      if (call.endedAtMs !== null) return;
      call.endedAtMs = Date.now();
      call.isAborted = isAborted;
    },
  };
  return ledger;
}
