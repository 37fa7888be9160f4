import { describe, expect, test } from "vitest";
import {
  createViewers,
  type Departure,
  GRACE_MS,
  isAbandoned,
} from "../../../durable-objects/search-tree/departure.ts";
import { WATCHDOG_PERIOD_MS } from "../../../durable-objects/search-tree/watchdog.ts";
import type { Arrival } from "../../../src/api/searches/arrival.ts";
import { onDisconnectOf } from "../../../src/api/searches/disconnect.ts";
import type { OnDisconnect } from "../../../src/search-object.ts";

describe("a search whose client went away", () => {
  const left: Departure = {
    onDisconnect: "cancel",
    viewers: 0,
    leftAtMs: 1000,
    nowMs: 1000 + GRACE_MS,
    isCancelled: false,
  };

  test.each<[string, Partial<Departure>, boolean]>([
    ["is abandoned after the time that a retry takes", {}, true],
    ["is not before that", { nowMs: 1000 + GRACE_MS - 1 }, false],
    ["is not while anybody else waits", { viewers: 1 }, false],
    ["is not where somebody has come back since", { leftAtMs: null }, false],
    ["is not where it is to be finished", { onDisconnect: "finish" }, false],
    ["is abandoned only once", { isCancelled: true }, false],
    ["is not where the clock went back (I22)", { nowMs: 0 }, false],
  ])("%s", (_name, departure, expected) => {
    expect(isAbandoned({ ...left, ...departure })).toBe(expected);
  });

  test("is looked at again when that time is over: the alarm that a departure sets rings later", () => {
    expect(WATCHDOG_PERIOD_MS).toBeGreaterThan(GRACE_MS);
  });
});

describe("viewers", () => {
  test("are counted once each, until they leave", () => {
    const viewers = createViewers();
    viewers.arrive("a");
    viewers.arrive("a");
    viewers.arrive("b");
    expect(viewers.count).toBe(2);
    viewers.leave("a");
    viewers.leave("a");
    expect(viewers.count).toBe(1);
  });

  test("whose departure overtakes their arrival never waited", () => {
    const viewers = createViewers();
    viewers.leave("a");
    viewers.arrive("a");
    expect(viewers.count).toBe(0);
  });
});

test.each<[string, OnDisconnect | undefined, object, Arrival, OnDisconnect]>([
  ["nothing said", undefined, {}, { type: "unmarked" }, "cancel"],
  ["a retry", undefined, {}, { type: "retry", attempt: 1 }, "cancel"],
  ["asked to be finished", "finish", {}, { type: "first" }, "finish"],
  ["to be stored", undefined, { store: true }, { type: "first" }, "finish"],
  ["stored by default alone", undefined, { store: null }, { type: "first" }, "cancel"],
  ["to be stored, and asked to be cancelled", "cancel", { store: true }, { type: "first" }, "cancel"],
  ["in the background", undefined, { background: true }, { type: "unmarked" }, "finish"],
  ["in the background, whatever it says", "cancel", { background: true }, { type: "unmarked" }, "finish"],
  ["with an idempotency key, whatever it says", "cancel", {}, { type: "keyed", key: "k" }, "finish"],
])("WIRE 4.6: a request with %s", (_name, asked, body, arrival, expected) => {
  expect(onDisconnectOf(asked, body as Readonly<Record<string, unknown>>, arrival)).toBe(expected);
});
