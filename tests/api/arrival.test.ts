import { describe, expect, test } from "vitest";
import { mayJoin, type Standing, startAgain } from "../../durable-objects/search-tree/meeting.ts";
import { type Arrival, arrivalOf, meetingPlaces, timeoutMsOf } from "../../src/api/searches/arrival.ts";

describe("arrivalOf", () => {
  test.each<[string, Record<string, string>, Arrival]>([
    ["no header says nothing", {}, { type: "unmarked" }],
    ["a count of 0 is the first", { "x-stainless-retry-count": "0" }, { type: "first" }],
    ["a count of 2 is the second retry", { "x-stainless-retry-count": "2" }, { type: "retry", attempt: 2 }],
    ["a count that is none says nothing", { "x-stainless-retry-count": "-1" }, { type: "unmarked" }],
    [
      "a key says more than a count",
      { "idempotency-key": "k", "x-stainless-retry-count": "1" },
      { type: "keyed", key: "k" },
    ],
  ])("%s", (_name, headers, value) => {
    expect(arrivalOf(new Headers(headers))).toEqual({ ok: true, value });
  });

  test("a key of more than 255 characters is refused", () => {
    expect(arrivalOf(new Headers({ "idempotency-key": "k".repeat(256) }))).toMatchObject({ ok: false });
  });
});

describe("meetingPlaces", () => {
  const RETRY: Arrival = { type: "retry", attempt: 1 };
  const MINUTE_MS = 60_000;

  test("a retry looks where its first request began, up to 20 minutes before", () => {
    for (const atMs of [0, 19 * MINUTE_MS, 20 * MINUTE_MS, 1e12]) {
      const [first] = meetingPlaces({ type: "first" }, "h", atMs).start;
      expect(meetingPlaces(RETRY, "h", atMs + 20 * MINUTE_MS).join).toContain(first);
      expect(meetingPlaces(RETRY, "h", atMs + 40 * MINUTE_MS).join).not.toContain(first);
    }
  });

  test("another request has other places", () => {
    const [first] = meetingPlaces({ type: "first" }, "h", 0).start;
    expect(meetingPlaces(RETRY, "i", 0).join).not.toContain(first);
  });

  test("a request that says nothing meets nobody", () => {
    expect(meetingPlaces({ type: "unmarked" }, "h", 0)).toEqual({ join: [], start: [] });
  });

  test("no idempotency key leads to where retries meet", () => {
    const retried = meetingPlaces({ type: "first" }, "h", 0).start;
    const keyed = meetingPlaces({ type: "keyed", key: "h" }, "h", 0).start;
    expect(keyed.filter((place) => retried.includes(place))).toEqual([]);
  });
});

const STANDING: Standing = {
  createdAtMs: 7,
  isCancelled: false,
  requestHash: "h",
  attempt: 0,
  isServed: false,
  isGone: false,
  hasFailed: false,
};

describe("mayJoin", () => {
  test("a retry joins a search that nobody has got the end of", () => {
    expect(mayJoin(STANDING, 1)).toBe(true);
  });

  test.each<[string, Partial<Standing>]>([
    ["was served", { isServed: true }],
    ["failed", { hasFailed: true }],
    ["was cancelled", { isCancelled: true }],
    ["another first retry joined", { attempt: 1 }],
  ])("not a search that %s", (_name, change) => {
    expect(mayJoin({ ...STANDING, ...change }, 1)).toBe(false);
  });

  test("the second retry goes where the first went", () => {
    expect(mayJoin({ ...STANDING, attempt: 1 }, 2)).toBe(true);
  });
});

describe("startAgain", () => {
  const keyed = { type: "keyed", attempt: 0, requestHash: "h" } as const;

  test("the same key with the same request is the same search", () => {
    expect(startAgain(STANDING, { arrival: keyed })).toEqual({ ok: true, createdAtMs: 7 });
  });

  test("the same key with another request is a conflict, also when the search failed", () => {
    const arrival = { ...keyed, requestHash: "i" };
    expect(startAgain({ ...STANDING, hasFailed: true }, { arrival })).toMatchObject({ conflict: "other-request" });
  });

  test("a failed search is not what a key stands for", () => {
    expect(startAgain({ ...STANDING, hasFailed: true }, { arrival: keyed })).toMatchObject({ conflict: "taken" });
  });

  test("a first request never gets a search that is there", () => {
    expect(startAgain(STANDING, { arrival: { ...keyed, type: "first" } })).toMatchObject({ conflict: "taken" });
  });
});

describe("timeoutMsOf", () => {
  const headers = new Headers({ "x-stainless-timeout": "20" });

  test("leaves a tenth of the client's timeout to the way back", () => {
    expect(timeoutMsOf(headers, {})).toBe(18_000);
  });

  test.each([{ stream: true }, { background: true }])("does not bind %o", (body) => {
    expect(timeoutMsOf(headers, body)).toBeNull();
  });

  test.each(["", "0", "-3", "soon", "Infinity"])("'%s' is no timeout", (text) => {
    expect(timeoutMsOf(new Headers({ "x-stainless-timeout": text }), {})).toBeNull();
  });
});
