import { expect, test } from "vitest";
import type { ProviderCall } from "../../bench/provider/ledger.ts";
import type { SearchEvent } from "../../src/core/event.ts";
import type { Attempt } from "../../src/core/model.ts";
import type { Lease } from "../../src/ledger/rows.ts";
import type { Evidence } from "./evidence.ts";
import { reconcile, type Verdict } from "./reconcile.ts";
import { quantile, resumeTimes } from "./resume-times.ts";

const ID = "srch_one";

function attempt(change: Partial<Attempt> = {}): Attempt {
  return {
    provider: "scripted",
    model: "scripted",
    startedAtMs: 0,
    headersAtMs: null,
    endedAtMs: 0,
    promptTokens: 10,
    completionTokens: 5,
    cachedTokens: 0,
    microdollars: 25,
    isEstimated: false,
    outcome: "completed",
    providerRequestId: "call-1",
    ...change,
  };
}

/** What stands for a call of which nobody knows what became of it. */
const LOST: Partial<Attempt> = { outcome: "cancelled", isEstimated: true, microdollars: 40 };
const { providerRequestId: _unknown, ...lost } = attempt(LOST);

function call(number: number, change: Partial<ProviderCall> = {}): ProviderCall {
  return {
    number,
    model: "scripted",
    n: 1,
    invocation: ID,
    fingerprint: `asks ${number}`,
    receivedMs: 100 * number,
    headersMs: 100 * number + 10,
    endMs: 100 * number + 50,
    promptTokens: 10,
    completionTokens: 5,
    fault: null,
    isStraggler: false,
    isAborted: false,
    ...change,
  };
}

function start(sequence: number, atMs: number, stepId: number, attemptNumber = 1): SearchEvent {
  const reserved = { rollouts: 1, calls: 1, tokens: 20, microdollars: 40 };
  const step = { type: "propose", role: "answer", nodeId: "0", count: 1 } as const;
  return { sequence, atMs, type: "step-start", stepId, attempt: attemptNumber, step, reserved };
}

function answered(sequence: number, atMs: number, stepId: number, attempts: readonly Attempt[]): SearchEvent {
  return { sequence, atMs, type: "step-end", stepId, attempts };
}

const end = (sequence: number, atMs: number): SearchEvent => ({
  sequence,
  atMs,
  type: "search-end",
  reason: "completed",
  answerNodeId: null,
  selectionScore: null,
  error: null,
});

const begin: SearchEvent = {
  sequence: 0,
  atMs: 90,
  type: "search-start",
  searchId: ID,
  problem: { messages: [], forwarded: {}, reference: null },
  recipe: {},
  codeVersion: "0",
};

const lostBefore = (sequence: number, stepId: number, attempts: readonly Attempt[]): SearchEvent => ({
  sequence,
  atMs: 300,
  type: "step-fail",
  stepId,
  error: { type: "unavailable", message: "interrupted" },
  attempts,
  willRetry: true,
});

/** Killed at 250 with call 2 in flight, which was made again as call 3. Whatever the log says was spent, was posted. */
const EVENTS: readonly SearchEvent[] = [
  begin,
  start(1, 95, 1),
  answered(2, 170, 1, [attempt()]),
  start(3, 170, 2),
  lostBefore(4, 2, [lost]),
  start(5, 300, 2, 2),
  answered(6, 400, 2, [attempt({ providerRequestId: "call-3" })]),
  end(7, 400),
];

const CALLS = [call(1), call(2, { fingerprint: "asks 2" }), call(3, { fingerprint: "asks 2" })];

/** Consistent with the log, whatever it is. */
function evidence(events: readonly SearchEvent[] = EVENTS, change: Partial<Evidence> = {}): Evidence {
  const attempts = events.flatMap((event) => ("attempts" in event ? event.attempts : []));
  const microdollars = attempts.reduce((sum, one) => sum + one.microdollars, 0);
  const row = attempts.map((one) => ({ ...one, providerRequestId: one.providerRequestId ?? null }));
  return {
    acknowledged: new Map([["key-1", ID]]),
    lives: [
      { fromMs: 0, toMs: 250 },
      { fromMs: 280, toMs: null },
    ],
    calls: CALLS,
    logs: new Map([[ID, events]]),
    leases: [{ leaseId: `${ID}/1`, spent: 1000 * microdollars } as Lease],
    budget: { posted: 1000 * microdollars, reserved: 0 },
    rows: [{ searchId: ID, state: "completed", microdollars, attempts: row }],
    states: new Map([[ID, "completed"]]),
    ...change,
  };
}

/** How many findings of each kind there are. */
function counts({ answeredInVain, ...found }: Verdict) {
  const entries = Object.entries(found).filter(([, findings]) => findings.length > 0);
  return Object.fromEntries(entries.map(([kind, findings]) => [kind, findings.length]));
}

test("four witnesses that agree are without a finding, and a call cut off by a kill is the price of it", () => {
  const verdict = reconcile(evidence());
  expect(counts(verdict)).toEqual({});
  expect(verdict.answeredInVain).toBe(1);
});

test("I4: a search without its end, without its row, or unreadable is lost", () => {
  const { row } = { row: evidence().rows };
  expect(counts(reconcile(evidence(EVENTS.slice(0, -1))))).toMatchObject({ lost: 1 });
  expect(counts(reconcile(evidence(EVENTS, { rows: [] })))).toMatchObject({ lost: 1 });
  expect(counts(reconcile(evidence(EVENTS, { states: new Map([[ID, null]]), rows: row })))).toEqual({ lost: 1 });
  expect(counts(reconcile(evidence(EVENTS, { logs: new Map(), calls: [] })))).toMatchObject({ lost: 1 });
});

test("I6: a call in the log twice is metered twice", () => {
  const twice = EVENTS.map((event) =>
    event.sequence === 6 && event.type === "step-end" ? { ...event, attempts: [attempt()] } : event,
  );
  expect(counts(reconcile(evidence(twice)))).toMatchObject({ meteredTwice: 1 });
});

test("I6: a hold posted for a step that was settled already is metered twice", () => {
  const posted = EVENTS.toSpliced(3, 0, lostBefore(3, 1, [lost]));
  expect(counts(reconcile(evidence(posted)))).toEqual({ meteredTwice: 1 });
});

test("I6: more calls posted than a step had set aside are metered twice", () => {
  const posted = EVENTS.with(4, lostBefore(4, 2, [lost, lost]));
  expect(counts(reconcile(evidence(posted)))).toEqual({ meteredTwice: 1 });
});

test("I6: a lease, a budget or D1 that says more than the log is metered twice, one that says less is unmetered", () => {
  const { leases, budget, rows } = evidence();
  const [lease] = leases;
  const [row] = rows;
  if (lease === undefined || row === undefined) throw new Error("there is one of each");
  const posting = (spent: number) =>
    reconcile(evidence(EVENTS, { leases: [{ ...lease, spent }], budget: { ...budget, posted: spent } }));
  expect(counts(posting(lease.spent + 1))).toEqual({ meteredTwice: 1 });
  expect(counts(posting(lease.spent - 1))).toEqual({ unmetered: 1 });
  const budgeted = (posted: number) => counts(reconcile(evidence(EVENTS, { budget: { ...budget, posted } })));
  expect([budgeted(budget.posted + 1), budgeted(budget.posted - 1)]).toEqual([{ meteredTwice: 1 }, { unmetered: 1 }]);
  const stored = (change: object) => counts(reconcile(evidence(EVENTS, { rows: [{ ...row, ...change }] })));
  expect(stored({ microdollars: row.microdollars + 1 })).toEqual({ meteredTwice: 1 });
  expect(stored({ attempts: [...row.attempts, row.attempts[0]] })).toMatchObject({ meteredTwice: 2 });
  expect(
    stored({ attempts: row.attempts.with(0, { ...attempt(), completionTokens: 6, providerRequestId: "call-1" }) }),
  ).toEqual({ unmetered: 1 });
});

test("I6: a call that reached the provider and is in nobody's books is unmetered", () => {
  expect(counts(reconcile(evidence(EVENTS, { calls: [...CALLS, call(4)] })))).toEqual({ unmetered: 1 });
  expect(counts(reconcile(evidence(EVENTS, { calls: [...CALLS, call(4, { invocation: "srch_two" })] })))).toEqual({
    unmetered: 1,
  });
});

test("I6: books that name a call which nobody made, or with other figures than the provider's, are wrong", () => {
  expect(counts(reconcile(evidence(EVENTS, { calls: CALLS.slice(0, 2) })))).toEqual({ unmetered: 1 });
  expect(counts(reconcile(evidence(EVENTS, { calls: CALLS.with(0, call(1, { completionTokens: 6 })) })))).toEqual({
    unmetered: 1,
  });
});

test("I7: a call made again after its answer was in the log is repeated", () => {
  const again = [call(1), call(2, { fingerprint: "asks 1" }), call(3, { fingerprint: "asks 2" })];
  expect(counts(reconcile(evidence(EVENTS, { calls: again })))).toEqual({ repeatedCalls: 1 });
  // Sent at the same time, before there was any answer.
  const together = again.with(1, call(2, { fingerprint: "asks 1", receivedMs: 160 }));
  expect(counts(reconcile(evidence(EVENTS, { calls: together })))).toEqual({});
});

test("I8: a search that no client was told of is another one's twin", () => {
  expect(counts(reconcile(evidence(EVENTS, { acknowledged: new Map() })))).toEqual({ twins: 1 });
});

test("I5: resumption is counted from when the next process listens to the first event after the kill", () => {
  const { lives } = evidence();
  expect(resumeTimes(lives, [EVENTS])).toEqual([20]);
  // Not begun when it was killed, and ended before.
  expect(resumeTimes([{ fromMs: 0, toMs: 80 }, ...lives.slice(1)], [EVENTS])).toEqual([]);
  expect(resumeTimes([{ fromMs: 0, toMs: 400 }, ...lives.slice(1)], [EVENTS])).toEqual([]);
});

test("a quantile is the smallest value that the share does not pass", () => {
  expect([quantile([3, 1, 2, 4], 0.5), quantile([3, 1, 2, 4], 0.99), quantile([], 0.5)]).toEqual([2, 4, 0]);
});
