import { expect, test } from "vitest";
import { runCampaign } from "./campaign.ts";
import { reconcile } from "./reconcile.ts";
import { resumeTimes } from "./resume-times.ts";

const SEARCHES = 30;
const KILLS = 6;

// The short form of `npm run crash`.
test("I4 to I8: searches killed again and again come to their end by themselves, and four ledgers agree", async () => {
  const campaign = await runCampaign({
    searches: SEARCHES,
    kills: KILLS,
    seed: 8,
    waitsForHolds: false,
    tell: () => {},
  });
  const { evidence } = campaign;
  expect(reconcile(evidence)).toMatchObject({
    lost: [],
    meteredTwice: [],
    unmetered: [],
    repeatedCalls: [],
    twins: [],
  });
  expect(campaign).toMatchObject({ restMs: expect.any(Number), refusals: [], failedRuns: [] });
  // It was put to the test: what there was to be lost was caught in the middle, and some lives ended at a cut point.
  expect([evidence.acknowledged.size, evidence.lives.length]).toEqual([SEARCHES, KILLS + 1]);
  expect(resumeTimes(evidence.lives, evidence.logs.values()).length).toBeGreaterThan(0);
  expect(campaign.died.size).toBeGreaterThan(0);
});
