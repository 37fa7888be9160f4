import { AUTOMATIC_ANSWER } from "../../src/core/answer/answer.ts";
import type { Limits } from "../../src/core/budget.ts";
import { createCanceller } from "../../src/core/cancellation.ts";
import type { Clock } from "../../src/core/clock.ts";
import type { SearchEvent } from "../../src/core/event.ts";
import type { FormGate } from "../../src/core/form-gate.ts";
import type { Funds } from "../../src/core/funds.ts";
import { withGreedyFirst } from "../../src/core/greedy-first.ts";
import type { MethodDefinition } from "../../src/core/method.ts";
import type { Problem } from "../../src/core/problem.ts";
import type { PromptBook } from "../../src/core/prompt.ts";
import { type SearchSetup, search } from "../../src/core/search.ts";
import { withSelection } from "../../src/core/selection/with-selection.ts";
import { createMemoryStore, type Store } from "../../src/core/store.ts";
import type { Tree } from "../../src/core/tree.ts";
import type { Verifier, VerifierDefinition } from "../../src/core/verifier.ts";
import {
  comparatorNamed,
  comparatorsOf,
  findMethod,
  findSelection,
  findVerifier,
  policyNamed,
} from "../../src/lists.ts";
import { compositeVerifier } from "../../src/verifiers/composite.ts";
import { createScriptedModel, type ScriptedModel, type ScriptedModelOptions } from "./model.ts";
import { createPlayer, type Player } from "./player.ts";
import { WORLD_PROMPTS } from "./prompts.ts";
import { createVirtualTime } from "./time.ts";

export function gameOf24Problem(hand: string): Problem {
  return { messages: [{ role: "user", content: `Use ${hand} to make 24` }], forwarded: {}, reference: null };
}

export interface WorldOptions {
  readonly method: string;
  readonly params?: Record<string, unknown>;
  readonly verifiers?: readonly string[];
  /** Instead of the verifiers by name. */
  readonly verifier?: Verifier;
  readonly formGates?: readonly FormGate[];
  readonly isGreedyFirst?: boolean;
  readonly prompts?: PromptBook;
  /** A name in `core/selection/index.ts` instead of the method's own. */
  readonly selection?: string;
  readonly reference?: string;
  /** Instead of the scripted model's own answers; null answers as ever. */
  readonly reply?: ScriptedModelOptions["reply"];
  readonly limits?: Limits;
  readonly rollouts?: number;
  readonly width?: number;
  readonly seed?: number;
  readonly hand?: string;
  readonly player?: Player;
  readonly latencyMs?: ScriptedModelOptions["latencyMs"];
  readonly failure?: ScriptedModelOptions["failure"];
  readonly callsPerRequest?: ScriptedModelOptions["callsPerRequest"];
  /** A log to go on from. */
  readonly store?: Store;
  readonly maxTokens?: number;
  /** Of what is answered at one instant, the last asked is told first. */
  readonly isReversedWithinInstant?: boolean;
  readonly isCancelledAtStart?: boolean;
  /** Whom it asks for more money, in virtual time. */
  readonly fundsOf?: (clock: Clock) => Funds;
  /** Cancels the search at this moment of virtual time after its start. */
  readonly cancelAfterMs?: number;
}

export interface WorldRun {
  readonly tree: Tree;
  readonly model: ScriptedModel;
  readonly events: readonly SearchEvent[];
  /** The appends, each one transaction. */
  readonly batches: readonly (readonly SearchEvent[])[];
  readonly elapsedMs: number;
  readonly setup: SearchSetup;
}

/** Runs one search in the scripted world, in virtual time. */
export async function runWorld(options: WorldOptions): Promise<WorldRun> {
  const time = createVirtualTime(options.isReversedWithinInstant);
  const model = createScriptedModel({
    clock: time,
    player: options.player ?? createPlayer(0.5),
    ...(options.latencyMs !== undefined && { latencyMs: options.latencyMs }),
    ...(options.failure !== undefined && { failure: options.failure }),
    ...(options.reply !== undefined && { reply: options.reply }),
    ...(options.callsPerRequest !== undefined && { callsPerRequest: options.callsPerRequest }),
  });
  const store = options.store ?? createMemoryStore();
  const batches: (readonly SearchEvent[])[] = [];
  const canceller = createCanceller();
  if (options.cancelAfterMs !== undefined) time.schedule(options.cancelAfterMs, canceller.cancel);
  if (options.isCancelledAtStart) canceller.cancel();
  const startedAtMs = time.now();
  const setup = setupOf(options, model);
  const tree = await time.run(
    search(setup, {
      store,
      clock: time,
      signal: canceller.signal,
      onAppend: (events) => batches.push(events),
      ...(options.fundsOf !== undefined && { funds: options.fundsOf(time) }),
    }),
  );
  return { tree, model, events: store.read(0), batches, elapsedMs: time.now() - startedAtMs, setup };
}

function setupOf(options: WorldOptions, model: ScriptedModel): SearchSetup {
  const definition = definitionOf(options.method);
  const names = options.verifiers ?? ["game-of-24"];
  const seed = options.seed ?? 1;
  const prompts = { ...WORLD_PROMPTS, ...options.prompts };
  const context = { model, prompts, seed };
  const verifiers = names.map((name) => ({ verifier: verifierNamed(name).create(context, {}), weight: 1 }));
  const verifier = options.verifier ?? (verifiers.length === 0 ? null : compositeVerifier(verifiers));
  const rollouts = options.rollouts ?? options.limits?.rollouts ?? 8;
  const params = definition.parse(options.params ?? {});
  if (!params.ok) throw new Error(JSON.stringify(params.error));
  const policies = mapValues(definition.policies, policyNamed);
  const planned = definition.create(params.value, { rollouts, verifier, seed });
  const method = options.isGreedyFirst ? withGreedyFirst(planned, (role) => policies[role]?.extent === "end") : planned;
  const selection = options.selection === undefined ? null : findSelection(options.selection);
  const comparators = comparatorsOf(definition, params.value, options.selection ?? null);
  return {
    searchId: "srch_test",
    recipe: { method: options.method },
    codeVersion: "test",
    problem: { ...gameOf24Problem(options.hand ?? "4 9 10 13"), reference: options.reference ?? null },
    seed,
    sampling: { maxTokens: options.maxTokens ?? 100, temperature: 1, topP: undefined, stop: [] },
    policies,
    prompts,
    formGates: options.formGates ?? [],
    wantsLogprobs: definition.needs(params.value).includes("logprobs"),
    model,
    models: new Map(definition.models(params.value).map((id) => [id, model])),
    verifier,
    comparators: mapValues(comparators, (name) => comparatorNamed(name).create(context, {})),
    method: selection === null ? method : withSelection(method, selection),
    limits: options.limits ?? {},
    width: options.width ?? 1,
    answers: AUTOMATIC_ANSWER,
  };
}

function mapValues<In, Out>(record: Readonly<Record<string, In>>, map: (value: In) => Out): Record<string, Out> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}

export function definitionOf(name: string): MethodDefinition {
  const definition = findMethod(name);
  if (definition === null) throw new Error(`no method ${name}`);
  return definition;
}

function verifierNamed(name: string): VerifierDefinition {
  const definition = findVerifier(name);
  if (definition === null) throw new Error(`no verifier ${name}`);
  return definition;
}
