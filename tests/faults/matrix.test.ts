import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FAULT_NAMES, type FaultName } from "../../bench/provider/faults.ts";
import { createRandom } from "../../src/core/random.ts";
import { createFaultRig, DEADLINE_MS, type FaultRig, GRACE_MS, MODELS, type Outcome } from "./rig.ts";

// RELIABILITY.md "Provider faults" and I13 to I15, through the whole service on bare workerd.

let rig: FaultRig;
beforeAll(async () => {
  rig = await createFaultRig();
});
afterAll(() => rig.close());

/** What a search comes to: an answer, or one of the errors named by their code. */
type Expected = "answer" | `${number} ${string}`;

/**
 * By fault: where the first call alone meets it, and where all do. Two calls are in flight at once, so what only the first
 * meets may still be final when the other has not answered yet.
 */
const EXPECTED: Readonly<Record<FaultName, { readonly once: readonly Expected[]; readonly always: Expected }>> = {
  "429-retry-after-seconds": { once: ["answer"], always: "429 rate_limit_exceeded" },
  "429-retry-after-ms": { once: ["answer"], always: "429 rate_limit_exceeded" },
  "429-retry-after-date": { once: ["answer"], always: "429 rate_limit_exceeded" },
  "429-retry-after-garbage": { once: ["answer"], always: "429 rate_limit_exceeded" },
  "429-retry-after-absent": { once: ["answer"], always: "429 rate_limit_exceeded" },
  "429-retry-after-hour": { once: ["answer", "429 rate_limit_exceeded"], always: "429 rate_limit_exceeded" },
  "400-context-too-long": { once: ["answer", "400 context_length_exceeded"], always: "400 context_length_exceeded" },
  "401": { once: ["answer", "502 upstream_unauthorized"], always: "502 upstream_unauthorized" },
  "403": { once: ["answer", "502 upstream_unauthorized"], always: "502 upstream_unauthorized" },
  "500": { once: ["answer"], always: "502 upstream_unavailable" },
  "502": { once: ["answer"], always: "502 upstream_unavailable" },
  "503": { once: ["answer"], always: "502 upstream_unavailable" },
  "504": { once: ["answer"], always: "502 upstream_unavailable" },
  "529": { once: ["answer"], always: "502 upstream_unavailable" },
  "302-private": { once: ["answer"], always: "502 upstream_unavailable" },
  "reset-before-headers": { once: ["answer"], always: "502 upstream_unavailable" },
  "reset-after-headers": { once: ["answer"], always: "502 upstream_unavailable" },
  "header-stall": { once: ["answer"], always: "502 upstream_timeout" },
  "body-stall": { once: ["answer"], always: "502 upstream_timeout" },
  drip: { once: ["answer"], always: "502 upstream_timeout" },
  "no-terminator": { once: ["answer"], always: "answer" },
  unfinished: { once: ["answer"], always: "502 upstream_malformed" },
  "split-bytes": { once: ["answer"], always: "answer" },
  "duplicated-chunks": { once: ["answer"], always: "answer" },
  "out-of-order-chunks": { once: ["answer"], always: "502 upstream_malformed" },
  "error-in-stream": { once: ["answer"], always: "502 upstream_unavailable" },
  "empty-200": { once: ["answer"], always: "502 upstream_malformed" },
  "html-200": { once: ["answer"], always: "502 upstream_malformed" },
  "invalid-json": { once: ["answer"], always: "502 upstream_malformed" },
  "deep-json": { once: ["answer"], always: "502 upstream_malformed" },
  "body-200mb": { once: ["answer"], always: "502 upstream_malformed" },
  "gzip-bomb": { once: ["answer"], always: "502 upstream_malformed" },
  "wrong-content-type": { once: ["answer"], always: "answer" },
  "usage-missing": { once: ["answer"], always: "answer" },
  "usage-zero": { once: ["answer"], always: "answer" },
  "usage-negative": { once: ["answer"], always: "answer" },
  "usage-absurd": { once: ["answer"], always: "answer" },
  "more-than-max-tokens": { once: ["answer"], always: "answer" },
  "wrong-model": { once: ["answer"], always: "answer" },
  "n-ignored": { once: ["answer"], always: "answer" },
  "identical-samples": { once: ["answer"], always: "answer" },
  "clock-skewed": { once: ["answer"], always: "answer" },
  "content-filter": { once: ["answer"], always: "answer" },
  "tool-call-truncated": { once: ["answer"], always: "answer" },
};

/** Whole: what the scripted provider says, or what the fault makes of it. Never a part, never nothing. */
const WHOLE = /^Step 1: try \d+\nStep 2: try \d+\nStep 3: try \d+\nAnswer: \d$/;
const OTHER_TEXTS: Partial<Record<FaultName, RegExp>> = {
  "more-than-max-tokens": /^(word ?)+$/,
  "identical-samples": /^Answer: 7$/,
  "content-filter": /^$/,
};

function holds(outcome: Outcome, expected: readonly Expected[]): void {
  const came = outcome.status === 200 ? "answer" : `${outcome.status} ${outcome.code}`;
  expect(expected).toContain(came);
  // I14.
  expect(outcome.wallMs).toBeLessThan(DEADLINE_MS + GRACE_MS);
  isMetered(outcome);
}

/** I6, I13: nothing reaches the provider that is not told. A call that was cancelled on its way there is told as well. */
function isMetered({ ledger, reportedCalls }: Outcome, inFlight = 2): void {
  expect(ledger.count).toBeLessThanOrEqual(reportedCalls);
  expect(reportedCalls - ledger.count).toBeLessThanOrEqual(inFlight);
}

describe("each fault alone", () => {
  for (const fault of FAULT_NAMES) {
    const { once, always } = EXPECTED[fault];

    it(`${fault} once is survived`, async () => {
      const outcome = await rig.ask({ faults: [{ fault, calls: [1] }] });
      holds(outcome, once);
      expect(outcome.ledger.byFault[fault]).toBe(1);
      if (outcome.status !== 200) return;
      const isWhole = WHOLE.test(outcome.text ?? "") || OTHER_TEXTS[fault]?.test(outcome.text ?? "");
      expect(isWhole, String(outcome.text)).toBe(true);
    });

    it(`${fault} at every call ends as ${always === "answer" ? "an answer" : always}`, async () => {
      const outcome = await rig.ask({ faults: [{ fault }] });
      holds(outcome, [always]);
      if (always === "429 rate_limit_exceeded") expect(Number(outcome.retryAfter)).toBeGreaterThan(0);
      // Two are in flight when the first fails for good; each of two steps may be repeated.
      if (always !== "answer") expect(outcome.ledger.count).toBeLessThanOrEqual(6);
      if (outcome.status !== 200 || fault === "tool-call-truncated") return;
      expect(outcome.text).toMatch(OTHER_TEXTS[fault] ?? WHOLE);
    });
  }

  it("a server without TLS is unavailable, and what may have left is charged", async () => {
    const outcome = await rig.ask({}, { model: MODELS.tls });
    expect(`${outcome.status} ${outcome.code}`).toBe("502 upstream_unavailable");
    expect(outcome.wallMs).toBeLessThan(DEADLINE_MS + GRACE_MS);
    expect(outcome.ledger.count).toBe(0);
  });

  it("a name that does not resolve is unavailable", async () => {
    const outcome = await rig.ask({}, { model: MODELS.name });
    expect(`${outcome.status} ${outcome.code}`).toBe("502 upstream_unavailable");
    expect(outcome.wallMs).toBeLessThan(DEADLINE_MS + GRACE_MS);
  });

  it("what a provider says of its usage is believed only where it can be true", async () => {
    const { usage } = await rig.ask({ faults: [{ fault: "usage-absurd" }] });
    expect(usage.completion_tokens).toBe(4 * 40);
    const negative = await rig.ask({ faults: [{ fault: "usage-negative" }] });
    expect(negative.usage.completion_tokens).toBe(4 * 40);
  });
});

const WIDE = { budget: { max_rollouts: 32, max_parallel: 8, max_wall_ms: DEADLINE_MS } };

describe("mixtures", () => {
  /** The errors that a provider's faults may come to. */
  const TYPED = /^(429 rate_limit_exceeded|400 context_length_exceeded|502 upstream_\w+|504 \w+)$/;

  for (let seed = 1; seed <= 8; seed++) {
    it(`of four faults at 15 % each, drawn with seed ${seed}, come to an answer or a typed error`, async () => {
      const random = createRandom(seed, "mixture");
      const faults = Array.from({ length: 4 }, () => FAULT_NAMES[random.integer(FAULT_NAMES.length)] ?? "500");
      const outcome = await rig.ask(
        { seed, faults: faults.map((fault) => ({ fault, share: 0.15 })) },
        { search: { budget: { max_rollouts: 12, max_parallel: 4, max_wall_ms: DEADLINE_MS } } },
      );
      expect(outcome.wallMs).toBeLessThan(DEADLINE_MS + GRACE_MS);
      isMetered(outcome, 4);
      if (outcome.status !== 200) expect(`${outcome.status} ${outcome.code}`, faults.join()).toMatch(TYPED);
    });
  }
});

describe("outages", () => {
  it("a full outage costs at most 1.2 times the calls of the search, and ends typed (I15)", async () => {
    const outcome = await rig.ask({ faults: [{ fault: "503" }] }, { search: WIDE });
    expect(`${outcome.status} ${outcome.code}`).toBe("502 upstream_unavailable");
    expect(outcome.ledger.count).toBeLessThanOrEqual(Math.ceil(1.2 * 32));
    isMetered(outcome, 8);
  });

  it("an outage in the middle of a search leaves the best so far", async () => {
    const calls = Array.from({ length: 200 }, (_unused, at) => at + 9);
    const outcome = await rig.ask({ faults: [{ fault: "503", calls }] }, { search: WIDE });
    expect(outcome.status).toBe(200);
    expect(outcome.text).toMatch(WHOLE);
    expect(outcome.ledger.count).toBeLessThanOrEqual(Math.ceil(1.2 * 32));
    isMetered(outcome, 8);
  });

  it("a storm of 429 with an hour to wait ends in a 429 that says so, at once", async () => {
    const outcome = await rig.ask({ faults: [{ fault: "429-retry-after-hour" }] }, { search: WIDE });
    expect(`${outcome.status} ${outcome.code}`).toBe("429 rate_limit_exceeded");
    expect(outcome.retryAfter).toBe("3600");
    expect(outcome.ledger.count).toBeLessThanOrEqual(8);
    expect(outcome.wallMs).toBeLessThan(DEADLINE_MS);
  });

  it("a storm of 429 at most calls ends in the best so far within the deadline", async () => {
    const outcome = await rig.ask(
      { seed: 5, faults: [{ fault: "429-retry-after-seconds", share: 0.6 }] },
      { search: WIDE },
    );
    holds(outcome, ["answer"]);
    expect(outcome.text).toMatch(WHOLE);
  });

  it("a provider that drips a byte a second is left at the deadline, with the best so far", async () => {
    const outcome = await rig.ask(
      { seed: 3, faults: [{ fault: "drip", share: 0.5 }] },
      { search: { budget: { max_rollouts: 8, max_parallel: 4, max_wall_ms: 2000 } } },
    );
    holds(outcome, ["answer"]);
    expect(outcome.wallMs).toBeLessThan(2000 + GRACE_MS);
  });
});
