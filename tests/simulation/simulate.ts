import { auditAnswers } from "./audit/answers.ts";
import type { Violation } from "./audit/violations.ts";
import { planRequests } from "./world/clients.ts";
import { CHAOS_MS } from "./world/profile.ts";
import { createWorld } from "./world/world.ts";

export interface Outcome {
  readonly seed: number;
  readonly violations: readonly Violation[];
  readonly trace: readonly string[];
  readonly counts: Readonly<Record<string, number>>;
}

/** After everything works again: far beyond every timeout, back-off and grace that there is. */
const CONVERGENCE_MS = 3 * 3_600_000;

/** One run: a while in which things go wrong, then none, and everything has to come to rest. The same seed, the same run. */
export async function simulate(seed: number): Promise<Outcome> {
  const world = createWorld(seed);
  const { scheduler, auditor, objects } = world;
  try {
    scheduler.note(`world: ${JSON.stringify(world.profile)}`);
    const clients = await world.start(planRequests(seed));
    const startMs = scheduler.nowMs;
    const hasFailed = (): boolean => auditor.violations.length > 0;
    await scheduler.run(hasFailed, startMs + CHAOS_MS);
    world.heal();
    const isAtRest = (): boolean => clients.waiting === 0 && world.isAtRest();
    await scheduler.run(() => hasFailed() || isAtRest(), startMs + CHAOS_MS + CONVERGENCE_MS);
    if (!hasFailed() && !isAtRest()) auditor.report("I4", `after ${CONVERGENCE_MS} ms it is not at rest`);
    if (!hasFailed()) {
      auditor.finish(objects.all);
      auditAnswers(clients.told, auditor.report);
    }
    const { violations } = auditor;
    const counts = {
      searches: objects.all.filter(({ className }) => className === "SearchTree").length,
      calls: world.provider.calls.length,
      crashes: objects.all.reduce((sum, one) => sum + one.crashes, 0),
      answers: clients.told.filter(({ status }) => status === 200).length,
    };
    return { seed, violations, trace: scheduler.trace, counts };
  } finally {
    world.close();
  }
}
