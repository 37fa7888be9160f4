import { expect, test } from "vitest";
import type { Limits } from "../../src/core/budget.ts";
import type { Clock } from "../../src/core/clock.ts";
import type { Funds } from "../../src/core/funds.ts";
import { createPlayer } from "../world/player.ts";
import { runWorld, type WorldOptions } from "../world/search.ts";

const PLAN = { method: "best-of-n", rollouts: 6, width: 2, player: createPlayer(0), verifiers: ["agreement"] };

/** Microdollars that the plan's dearest step sets aside. */
async function worstStep(): Promise<number> {
  const { events } = await runWorld(PLAN);
  const starts = events.filter((event) => event.type === "step-start");
  return Math.max(...starts.map(({ reserved }) => reserved.microdollars));
}

/** A purse with `first` in it, to which each asking adds `more`, until `most` are given. */
function purse(first: number, more: number, most: number, answerAfterMs = 30) {
  let given = first;
  let asked = 0;
  const limits: Limits = {
    get microdollars() {
      return given;
    },
  };
  const fundsOf = (clock: Clock): Funds => ({
    ask: () => {
      if (given >= most) return null;
      asked++;
      return new Promise((resolve) => {
        clock.schedule(answerAfterMs, () => {
          given = Math.min(most, given + more);
          resolve();
        });
      });
    },
  });
  return { limits, fundsOf, asked: () => asked };
}

async function run(options: Partial<WorldOptions>) {
  const { tree, events } = await runWorld({ ...PLAN, ...options });
  return { reason: tree.end?.reason, rollouts: tree.rollouts, events };
}

test("a step that lacks money alone waits for more instead of ending the search", async () => {
  const step = await worstStep();
  const { limits, fundsOf, asked } = purse(step, 2 * step, 100 * step);
  const { reason, rollouts } = await run({ limits, fundsOf });
  expect([reason, rollouts]).toEqual(["completed", 6]);
  expect(asked()).toBeGreaterThan(0);
});

test("with nothing to begin with the search begins when it has been given something", async () => {
  const step = await worstStep();
  const { reason, rollouts } = await run(purse(0, 4 * step, 100 * step));
  expect([reason, rollouts]).toEqual(["completed", 6]);
});

test("is asked once at a time, however many steps wait", async () => {
  const step = await worstStep();
  let waiting = 0;
  let most = 0;
  const funds = purse(step, step, 100 * step, 500);
  const fundsOf = (clock: Clock): Funds => ({
    ask: (lacking) => {
      const answer = funds.fundsOf(clock).ask(lacking);
      most = Math.max(most, ++waiting);
      return answer?.finally(() => waiting--) ?? null;
    },
  });
  await run({ limits: funds.limits, fundsOf, width: 4 });
  expect(most).toBe(1);
});

test("where no more is to be had the search ends with what it has, by the limit of money", async () => {
  const step = await worstStep();
  const { reason, rollouts } = await run(purse(2 * step, step, 2 * step));
  expect(reason).toBe("microdollars");
  expect(rollouts).toBeGreaterThan(0);
  expect(rollouts).toBeLessThan(6);
});

test("what is spent and set aside never passes what has been given (I1)", async () => {
  const step = await worstStep();
  const { limits, fundsOf } = purse(step, step, 100 * step);
  const { events } = await run({ limits, fundsOf, width: 4 });
  const open = new Map<number, number>();
  let spent = 0;
  for (const event of events) {
    if (event.type === "step-start") open.set(event.stepId, event.reserved.microdollars);
    if (event.type === "step-end") {
      open.delete(event.stepId);
      spent += event.attempts.reduce((sum, one) => sum + one.microdollars, 0);
    }
    const reserved = [...open.values()].reduce((sum, one) => sum + one, 0);
    // By the end of the run the purse has been given all that was ever needed at once.
    expect(spent + reserved).toBeLessThanOrEqual(limits.microdollars ?? 0);
  }
});

test("a search that has money in hand decides as one that never had to ask", async () => {
  const step = await worstStep();
  const texts = ({ events }: Awaited<ReturnType<typeof run>>) =>
    events.flatMap((event) => (event.type === "thought-add" ? [event.thought.text] : []));
  const rich = await run({ width: 1 });
  const asking = await run({ ...purse(step, step, 100 * step), width: 1 });
  expect(texts(asking)).toEqual(texts(rich));
});
