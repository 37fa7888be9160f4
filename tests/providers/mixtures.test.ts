import { afterEach, expect, test } from "vitest";
import { createCanceller } from "../../src/core/cancellation.ts";
import { createRandom } from "../../src/core/random.ts";
import { search } from "../../src/core/search.ts";
import { createMemoryStore } from "../../src/core/store.ts";
import { parseProviders } from "../../src/providers/config.ts";
import { createGate } from "../../src/providers/gate.ts";
import { parseRouting } from "../../src/providers/routing-book.ts";
import { createRecipe } from "../../src/recipe.ts";
import { createSetup } from "../../src/setup.ts";
import {
  answer,
  createScriptedUpstream,
  FAULTS,
  rateLimit,
  type Script,
  type ScriptedUpstream,
} from "../upstream/index.ts";
import { clock } from "./support.ts";

const DEADLINE_MS = 6000;
const opened: ScriptedUpstream[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((upstream) => upstream.close()));
});

/** A 400 ends a search at once and has tests of its own. */
const { badParameter, contextLength, contextLengthInWords, unprocessable, tooLarge, ...others } = FAULTS;
const { unauthorized, forbidden, notFound, ...passing } = others;
/** What may be over at the next call. */
const PASSING = [...Object.values(passing), rateLimit({ "retry-after-ms": "40" })];
/** With it what keeps a provider out of the rest of the search. */
const ALL = [...PASSING, unauthorized, forbidden, notFound, rateLimit({ "retry-after": "3600" })];

/** A share of faults, each drawn by seed, provider and number. */
function faulty(seed: number, name: string, share: number, faults: typeof ALL): Script {
  return ({ number, seed: asked }) => {
    const random = createRandom(seed, name, number);
    if (random.next() < share) return faults[random.integer(faults.length)] ?? FAULTS.serverError;
    return answer([`Answer: ${asked}`], { headerDelayMs: random.integer(30) });
  };
}

/** I13 and I14: a correct result or a typed error, in time, with every call on record. */
test.each([
  ["a quarter of the calls", 0.25, PASSING, [1, 2, 3]],
  ["three quarters of them", 0.75, ALL, [4, 5, 6]],
  ["all of them", 1, ALL, [7, 8]],
] as const)(
  "with %s faulty, in mixtures: an answer or a typed error, no hang, no call unmetered",
  async (_name, share, faults, seeds) => {
    for (const seed of seeds) {
      const upstreams = await Promise.all(
        ["a", "b"].map((name) => createScriptedUpstream(faulty(seed, name, share, faults))),
      );
      opened.push(...upstreams);
      const config = upstreams.map(({ url }, at) => ({
        name: ["a", "b"][at],
        baseUrl: url,
        models: [{ id: "m", capabilities: { n: "ignored" } }],
        headerTimeoutMs: 300,
        idleTimeoutMs: 300,
      }));
      const providers = parseProviders(JSON.stringify(config));
      if (!providers.ok) throw new Error(providers.error);
      const routing = parseRouting(
        JSON.stringify({ m: { policy: "weights", hedge: { minimumCalls: 5 } } }),
        providers.value,
      );
      if (!routing.ok) throw new Error(routing.error);
      const problem = {
        messages: [{ role: "user" as const, content: "Say a number." }],
        forwarded: {},
        reference: null,
      };
      const sampling = { maxTokens: 16, temperature: 1, topP: undefined, stop: [] };
      const asked = {
        method: "best-of-n",
        verifier: "agreement",
        budget: { max_rollouts: 24, max_parallel: 8, max_model_calls: 60, max_wall_ms: DEADLINE_MS },
      };
      const recipe = createRecipe({ problem, model: "m", search: asked, sampling, seed }, providers.value);
      if (!recipe.ok) throw new Error(recipe.error.message);
      const deps = { providers: providers.value, routing: routing.value, gate: createGate(), clock };
      const setup = createSetup({ searchId: "srch_mixed", recipe: recipe.value, problem, codeVersion: "test" }, deps);
      if (!setup.ok) throw new Error(setup.error.message);

      const world = { store: createMemoryStore(), clock, signal: createCanceller().signal, onAppend: () => {} };
      const startedAtMs = Date.now();
      const tree = await search(setup.value, world);
      expect(Date.now() - startedAtMs).toBeLessThan(DEADLINE_MS + 2000);
      if (tree.terminals.length > 0) expect(tree.end?.answerNodeId).toBeTypeOf("string");
      else expect(tree.end?.error?.type).toBeTypeOf("string");
      if (faults === PASSING) expect([tree.end?.reason, tree.rollouts]).toEqual(["completed", 24]);
      // The provider's own ledgers against ours: each call once (I6). A loser that was cancelled in time has not arrived.
      const arrived = upstreams.reduce((sum, { ledger }) => sum + ledger.calls.length, 0);
      expect(tree.attempts.length).toBeGreaterThanOrEqual(arrived);
      const unseen = tree.attempts.filter(({ outcome }) => outcome === "cancelled").length;
      expect(tree.attempts.length - arrived).toBeLessThanOrEqual(unseen);
      // Holds are free again, and the limit was kept (I1, I3).
      expect(tree.reserved).toEqual({ rollouts: 0, calls: 0, tokens: 0, microdollars: 0 });
      expect(tree.spent.calls).toBeLessThanOrEqual(60);
    }
  },
);
