import type { ProviderCall } from "../../bench/provider/ledger.ts";
import type { SearchEvent } from "../../src/core/event.ts";
import type { Attempt } from "../../src/core/model.ts";
import { searchIdOfLease } from "../../src/ledger/lease-id.ts";
import { NANODOLLARS_PER_MICRODOLLAR } from "../../src/ledger/money.ts";
import type { DatabaseRow, Evidence } from "./evidence.ts";
import { type BookedAttempt, bookedAttempts, callNumberOf, isNamed, settlementsTwice } from "./log-books.ts";

export interface Finding {
  readonly searchId: string;
  readonly what: string;
}

export interface Verdict {
  /** I4: acknowledged, and not at its end, or not to be read. */
  readonly lost: readonly Finding[];
  /** I6: a provider's call that was booked twice, or money that was posted beyond what the calls come to. */
  readonly meteredTwice: readonly Finding[];
  /** I6: a provider's call that nobody booked, or books that say less than the calls come to. */
  readonly unmetered: readonly Finding[];
  /** I7: a call whose answer was in the log was made again. */
  readonly repeatedCalls: readonly Finding[];
  /** I8: one idempotency key, two searches. */
  readonly twins: readonly Finding[];
  /**
   * No fault but the price of a kill: calls that the provider had answered in full, whose answer was on its way to the log.
   * Their hold is posted, and they are made again. No client of anybody's could know better.
   */
  readonly answeredInVain: number;
}

/**
 * The four witnesses against each other. An answer counts as received from the moment that its step's result is in the log:
 * `repeatedCalls` are exactly those that were made after that moment. What came before it is `answeredInVain`.
 */
export function reconcile(evidence: Evidence): Verdict {
  const callsOf = groupBy(evidence.calls, ({ invocation }) => invocation);
  const rowOf = new Map(evidence.rows.map((row) => [row.searchId, row]));
  const books = [...evidence.logs].map(([searchId, events]) => ({
    searchId,
    events,
    attempts: bookedAttempts(events),
    calls: callsOf.get(searchId) ?? [],
    row: rowOf.get(searchId) ?? null,
  }));
  const unknown = [...callsOf.keys()].filter((searchId) => !evidence.logs.has(searchId));
  return {
    lost: [...new Set(evidence.acknowledged.values())].flatMap((searchId) => lostOf(evidence, rowOf, searchId)),
    meteredTwice: [
      ...books.flatMap(({ searchId, events, attempts }) => [
        ...namedTwice(attempts).map((call) => ({ searchId, what: `call ${call} is in the log twice` })),
        ...settlementsTwice(events).map((what) => ({ searchId, what })),
      ]),
      ...books.flatMap((one) => beyond(evidence, one, 1)),
      ...budgetFindings(evidence, 1),
    ],
    unmetered: [
      ...unknown.map((searchId) => ({ searchId, what: "called the provider and has no log" })),
      ...books.flatMap(unbooked),
      ...books.flatMap((one) => beyond(evidence, one, -1)),
      ...budgetFindings(evidence, -1),
      ...books.flatMap(rowFindings),
    ],
    repeatedCalls: books.flatMap(repeated),
    twins: twinsOf(evidence),
    answeredInVain: books.reduce((sum, { attempts, calls }) => sum + answeredInVain(attempts, calls), 0),
  };
}

interface Books {
  readonly searchId: string;
  readonly events: readonly SearchEvent[];
  readonly attempts: readonly BookedAttempt[];
  readonly calls: readonly ProviderCall[];
  readonly row: DatabaseRow | null;
}

function lostOf(evidence: Evidence, rowOf: ReadonlyMap<string, DatabaseRow>, searchId: string): Finding[] {
  const state = evidence.states.get(searchId) ?? null;
  const end = evidence.logs.get(searchId)?.at(-1);
  const reason = end?.type === "search-end" ? end.reason : "none";
  const what = [
    ...(end?.type === "search-end" ? [] : ["its log has no end"]),
    ...(rowOf.has(searchId) ? [] : ["D1 does not know it"]),
    ...(state === "completed" ? [] : [`the API says ${state}, its stop reason is ${reason}`]),
  ];
  return what.map((one) => ({ searchId, what: one }));
}

/** Numbers of the provider's calls that more than one attempt names. */
function namedTwice(attempts: readonly BookedAttempt[]): number[] {
  const numbers = attempts.flatMap(({ attempt }) => callNumberOf(attempt) ?? []);
  return [...new Set(numbers.filter((number, index) => numbers.indexOf(number) !== index))];
}

/** A call that no attempt names was cut off: one that names none, posted at its bound, has to stand for it. */
function unbooked({ searchId, attempts, calls }: Books): Finding[] {
  const named = new Map(attempts.flatMap(({ attempt }) => entryOf(attempt)));
  const findings = calls.flatMap((call) => {
    const attempt = named.get(call.number);
    if (attempt === undefined || attempt.isEstimated || attempt.outcome !== "completed") return [];
    const isSame = attempt.promptTokens === call.promptTokens && attempt.completionTokens === call.completionTokens;
    return isSame ? [] : [{ searchId, what: `call ${call.number} is booked with other figures than the provider's` }];
  });
  const nameless = attempts.filter(({ attempt }) => !isNamed(attempt)).length;
  const open = calls.filter(({ number }) => !named.has(number)).length;
  const missing = open > nameless ? [{ searchId, what: `${open} calls are booked nowhere but ${nameless} holds` }] : [];
  const invented = [...named.keys()].filter((number) => !calls.some((call) => call.number === number));
  return [...findings, ...missing, ...invented.map((number) => ({ searchId, what: `nobody made call ${number}` }))];
}

function entryOf(attempt: Attempt): [number, Attempt][] {
  const number = callNumberOf(attempt);
  return number === null ? [] : [[number, attempt]];
}

/** What D1 and the leases say more (`sign` 1) or less (-1) than the log. */
function beyond({ leases }: Evidence, { searchId, attempts, row }: Books, sign: 1 | -1): Finding[] {
  const spent = sumOf(attempts, ({ attempt }) => attempt.microdollars);
  const posted = sumOf(
    leases.filter(({ leaseId }) => searchIdOfLease(leaseId) === searchId),
    (lease) => lease.spent,
  );
  const told: readonly (readonly [string, number, number])[] = [
    ["leases post", posted, spent * NANODOLLARS_PER_MICRODOLLAR],
    ...(row === null
      ? []
      : [
          ["D1's search says", row.microdollars, spent] as const,
          ["D1's attempts say", sumOf(row.attempts, (one) => one.microdollars), spent] as const,
          ["D1 has attempts:", row.attempts.length, attempts.length] as const,
        ]),
  ];
  return told
    .filter(([, said, booked]) => sign * (said - booked) > 0)
    .map(([who, said, booked]) => ({ searchId, what: `${who} ${said}, the log ${booked}` }));
}

function budgetFindings({ leases, budget }: Evidence, sign: 1 | -1): Finding[] {
  const spent = sumOf(leases, (lease) => lease.spent);
  const isOff = sign * (budget.posted - spent) > 0;
  return isOff ? [{ searchId: "", what: `the budget has posted ${budget.posted}, its leases ${spent}` }] : [];
}

/** D1's attempts are the log's, one by one. */
function rowFindings({ searchId, attempts, row }: Books): Finding[] {
  if (row === null) return [];
  return attempts.flatMap(({ attempt }, index) => {
    const told = row.attempts[index];
    const isSame =
      told !== undefined &&
      told.promptTokens === attempt.promptTokens &&
      told.completionTokens === attempt.completionTokens &&
      told.microdollars === attempt.microdollars &&
      told.outcome === attempt.outcome &&
      told.providerRequestId === (attempt.providerRequestId ?? null);
    return isSame ? [] : [{ searchId, what: `attempt ${index} is another one in D1` }];
  });
}

/** The same was asked before, by the same step where the log says which, and the answer had been received. */
function repeated({ searchId, attempts, calls }: Books): Finding[] {
  const bookOf = new Map(attempts.flatMap((booked) => entryOf(booked.attempt).map(([number]) => [number, booked])));
  return calls.flatMap((call) => {
    const stepId = bookOf.get(call.number)?.stepId ?? null;
    const before = calls.find((other) => {
      const booked = bookOf.get(other.number);
      return (
        other.fingerprint === call.fingerprint &&
        other.number < call.number &&
        booked?.attempt.outcome === "completed" &&
        booked.atMs < call.receivedMs &&
        (stepId === null || stepId === booked.stepId)
      );
    });
    return before === undefined ? [] : [{ searchId, what: `call ${call.number} asks what ${before.number} answered` }];
  });
}

function answeredInVain(attempts: readonly BookedAttempt[], calls: readonly ProviderCall[]): number {
  const named = new Set(attempts.flatMap(({ attempt }) => callNumberOf(attempt) ?? []));
  return calls.filter((call) => call.endMs !== null && !call.isAborted && !named.has(call.number)).length;
}

function twinsOf({ acknowledged, logs }: Evidence): Finding[] {
  const known = new Set(acknowledged.values());
  return [...logs.keys()]
    .filter((searchId) => !known.has(searchId))
    .map((searchId) => ({ searchId, what: "nobody was told of it: its client was given another" }));
}

function sumOf<Value>(values: readonly Value[], of: (value: Value) => number): number {
  return values.reduce((sum, value) => sum + of(value), 0);
}

function groupBy<Value>(values: readonly Value[], keyOf: (value: Value) => string): Map<string, Value[]> {
  const groups = new Map<string, Value[]>();
  for (const value of values) groups.set(keyOf(value), [...(groups.get(keyOf(value)) ?? []), value]);
  return groups;
}
