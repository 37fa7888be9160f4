import { expect, test } from "vitest";
import { advanceClock } from "../../src/ledger/clock.ts";

test("elapsed time begins at nothing and grows with the wall clock", () => {
  const first = advanceClock(null, 1_700_000_000_000);
  expect(first).toEqual({ wallMs: 1_700_000_000_000, elapsedMs: 0 });
  expect(advanceClock(first, 1_700_000_000_250)).toEqual({ wallMs: 1_700_000_000_250, elapsedMs: 250 });
});

test("a clock that is set back stands still once and then runs on (I22)", () => {
  const setBack = advanceClock({ wallMs: 10_000, elapsedMs: 700 }, 4_000);
  expect(setBack).toEqual({ wallMs: 4_000, elapsedMs: 700 });
  expect(advanceClock(setBack, 4_100)).toEqual({ wallMs: 4_100, elapsedMs: 800 });
});
