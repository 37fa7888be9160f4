import { type Amounts, NOTHING } from "../core/amounts.ts";
import type { CancelSignal } from "../core/cancellation.ts";
import type { Clock } from "../core/clock.ts";
import { holdOf } from "../core/hold.ts";
import {
  type Attempt,
  type CompletionListener,
  type CompletionOutcome,
  type CompletionRequest,
  isRetryable,
  type Model,
  type ModelError,
} from "../core/model.ts";
import { fail } from "../core/result.ts";
import type { ProviderConfig } from "./config.ts";
import { fitted, isImitated, misfit, prefixOf } from "./fitting.ts";
import type { Gate } from "./gate.ts";
import type { Health, Refusal, TargetHealth, Ticket } from "./health.ts";
import { createHedgeAllowance, type HedgeAllowance, hedgeDelayMs } from "./hedging/hedging.ts";
import { type Runner, race } from "./hedging/race.ts";
import { createModel } from "./index.ts";
import { promptTokenBound } from "./openai/meter.ts";
import type { Candidate } from "./routing/route.ts";
import type { Routing, RoutingBook } from "./routing-book.ts";
import { type Target, targetsOf } from "./target.ts";
import type { AiBinding } from "./workers-ai/binding.ts";

export interface RoutedModelOptions {
  readonly providers: readonly ProviderConfig[];
  readonly routing: RoutingBook;
  readonly health: Health;
  readonly gate: Gate;
  readonly clock: Clock;
  /** How many searches lie behind this one (hops.ts); 0 where absent. */
  readonly hops?: number;
  /** Where a provider is the platform's own. */
  readonly ai?: AiBinding | undefined;
}

/** A target with the way to call it. */
interface Route extends Target {
  readonly api: Model;
  readonly health: TargetHealth;
  readonly candidate: Candidate;
}

/**
 * A public model over all the providers that serve it. Every call goes to the best of those that may be asked; where it fails
 * and another may do better, that one is asked, within the hold of the step. What a request itself is refused for (a 400, a
 * context that is too long) is final: nobody else is asked. Throws where nobody serves the model.
 */
export function createRoutedModel(id: string, options: RoutedModelOptions): Model {
  const routing = options.routing(id);
  const routes = routesOf(id, routing, options);
  const [first] = routes;
  if (first === undefined) throw new Error(`nobody serves the model ${id}`);
  const allowance = routing.hedge === null ? null : createHedgeAllowance(routing.hedge);

  return {
    name: first.api.name,
    get capabilities() {
      return first.api.capabilities;
    },
    // Of the dearest: which one serves is only known when the call is made.
    worstCase: (request) => routes.map((route) => worstCaseOf(route, request)).reduce(dearest, NOTHING),
    complete: async (request, signal, listener) => {
      const fitting = fittingOf(routes, request);
      if (fitting.length === 0) return notAsked(misfit(request, first.api.capabilities));
      const ranked = ranking(fitting, routing, request);
      const call: Call = { request, signal, listener, ranked, clock: options.clock, routing, allowance };
      return askInTurn(call);
    },
  };
}

function routesOf(id: string, { providers, weights }: Routing, options: RoutedModelOptions): readonly Route[] {
  const targets = targetsOf(options.providers, id);
  const chosen = providers.flatMap((name) => targets.find(({ provider }) => provider.name === name) ?? []);
  return (chosen.length === 0 ? targets : chosen).map((target) => {
    const { provider, model } = target;
    const health = options.health.of(target);
    const { gate, clock, ai, hops = 0 } = options;
    return {
      ...target,
      health,
      api: createModel({ provider, model, gate, clock, ai, hops }),
      candidate: {
        provider: provider.name,
        weight: weights[provider.name] ?? 1,
        price: model.price,
        get medianMs() {
          return health.latencies.quantile(0.5, LEAST_MEASURED);
        },
      },
    };
  });
}

/** Calls before a median means anything. */
const LEAST_MEASURED = 3;

function dearest(a: Amounts, b: Amounts): Amounts {
  return {
    rollouts: Math.max(a.rollouts, b.rollouts),
    calls: Math.max(a.calls, b.calls),
    tokens: Math.max(a.tokens, b.tokens),
    microdollars: Math.max(a.microdollars, b.microdollars),
  };
}

/** Log-probabilities that are asked for are read: where somebody gives them, nobody else will do. */
function fittingOf(routes: readonly Route[], request: CompletionRequest): readonly Route[] {
  const able = routes.filter(({ api }) => misfit(request, api.capabilities) === null);
  const telling = request.topLogprobs === null ? [] : able.filter(({ api }) => api.capabilities.logprobs);
  return telling.length > 0 ? telling : able;
}

/** By the policy; whoever would have to imitate goes behind, and whoever failed at last behind all others. */
function ranking(routes: readonly Route[], { policy }: Routing, request: CompletionRequest): readonly Route[] {
  const [first] = routes;
  if (first === undefined || routes.length === 1) return routes;
  const wanted = {
    promptTokens: promptTokenBound(request, first.api.capabilities),
    completionTokens: request.count * request.maxTokens,
    prefix: prefixOf(request),
    seed: request.seed,
  };
  const ranked = policy
    .rank(
      routes.map(({ candidate }) => candidate),
      wanted,
    )
    .flatMap((candidate) => routes.find((route) => route.candidate === candidate) ?? []);
  const handicap = ({ api, health }: Route): number =>
    (health.isSuspect ? 2 : 0) + (isImitated(request, api.capabilities) ? 1 : 0);
  return ranked.toSorted((a, b) => handicap(a) - handicap(b));
}

/** One request on its way. */
interface Call {
  readonly request: CompletionRequest;
  readonly signal: CancelSignal;
  readonly listener: CompletionListener | undefined;
  readonly ranked: readonly Route[];
  readonly clock: Clock;
  readonly routing: Routing;
  readonly allowance: HedgeAllowance | null;
}

/** One after the other, until one answers. */
async function askInTurn(call: Call): Promise<CompletionOutcome> {
  const { request, signal, listener } = call;
  const attempts: Attempt[] = [];
  const errors: ModelError[] = [];
  let left = call.ranked;
  while (!signal.aborted) {
    const { route, ticket, refusals } = nextOf(left);
    if (route === null) {
      const probing = refusals.find(({ refusal }) => refusal.isProbing);
      // Somebody else's call is finding out: what it finds holds for this one, too.
      if (probing === undefined || attempts.length > 0) {
        return { result: fail(worthTelling([...errors, ...refusals.map(({ refusal }) => refusal.error)])), attempts };
      }
      await probing.route.health.probed(signal);
      continue;
    }
    left = left.filter((one) => one !== route);
    if (attempts.length > 0) {
      if (!holdOf(signal).raise(worstCaseOf(route, request), "fallback")) {
        ticket.drop();
        // The step may come again by itself, and then meets this one first.
        const message = errors.at(-1)?.message ?? "";
        return { result: fail({ type: "unavailable", message, retryAfterMs: 0 }), attempts };
      }
      listener?.begin();
    }
    const outcome = await askHedged(route, ticket, call);
    attempts.push(...outcome.attempts);
    if (outcome.result.ok || isFinal(outcome.result.error)) return { result: outcome.result, attempts };
    errors.push(outcome.result.error);
  }
  return { result: fail({ type: "cancelled", message: "cancelled" }), attempts };
}

type Next =
  | { readonly route: Route; readonly ticket: Ticket; readonly refusals: readonly Refused[] }
  | { readonly route: null; readonly ticket: null; readonly refusals: readonly Refused[] };

interface Refused {
  readonly route: Route;
  readonly refusal: Refusal;
}

/** The first that may be asked now. */
function nextOf(routes: readonly Route[]): Next {
  const refusals: Refused[] = [];
  for (const route of routes) {
    const admitted = route.health.admit();
    if (admitted.ok) return { route, ticket: admitted.value, refusals };
    refusals.push({ route, refusal: admitted.error });
  }
  return { route: null, ticket: null, refusals };
}

/** The request's own fault, or nobody's. */
function isFinal({ type }: ModelError): boolean {
  return type === "cancelled" || type === "invalid-request" || type === "context-length";
}

/** Of several failures the one that may be over soonest. */
function worthTelling(errors: readonly ModelError[]): ModelError {
  const passing = errors.filter(isRetryable).toSorted((a, b) => waitOf(a) - waitOf(b));
  const [error = errors[0]] = passing;
  if (error === undefined) throw new Error("a model was asked of nobody");
  return error;
}

function waitOf(error: ModelError): number {
  return "retryAfterMs" in error ? (error.retryAfterMs ?? 0) : 0;
}

async function askHedged(route: Route, ticket: Ticket, call: Call): Promise<CompletionOutcome> {
  const { request, signal, listener, clock, routing, allowance } = call;
  // Whoever listens has heard a part of the first answer already.
  if (routing.hedge === null || allowance === null || listener !== undefined) {
    return settled(route, ticket, request, signal, listener);
  }
  const { hedge } = routing;
  const latencies = route.health.latenciesLike(request);
  allowance.earn();
  const asked = [route];
  return race((watched) => settled(route, ticket, request, watched), {
    clock,
    signal,
    delayMs: (isOfHedge) => hedgeDelayMs(latencies, hedge, isOfHedge),
    watch: latencies.watch,
    hedge: () => hedgeRunner(asked, call, allowance),
  });
}

/** The same once more: elsewhere if anybody else is well, or where it was asked first. */
function hedgeRunner(asked: Route[], { ranked, request, signal }: Call, allowance: HedgeAllowance): Runner | null {
  const others = ranked.filter((one) => !asked.includes(one) && !one.health.isSuspect);
  const next = nextOf([...others, ...asked]);
  if (next.route === null) return null;
  const { route, ticket } = next;
  const isPaid = allowance.has && holdOf(signal).raise(worstCaseOf(route, request), "hedge");
  if (!isPaid) {
    ticket.drop();
    return null;
  }
  allowance.take();
  asked.push(route);
  return (watched) => settled(route, ticket, request, watched);
}

/** Asks one target and keeps what that tells of it. */
async function settled(
  { api, health }: Route,
  ticket: Ticket,
  request: CompletionRequest,
  signal: CancelSignal,
  listener?: CompletionListener,
): Promise<CompletionOutcome> {
  const outcome = await api.complete(fitted(request, api.capabilities), signal, listener);
  ticket.settle(outcome);
  const [only, ...others] = outcome.attempts;
  if (outcome.result.ok && only !== undefined && others.length === 0) {
    const ms = only.endedAtMs - only.startedAtMs;
    health.latencies.add(ms);
    health.latenciesLike(request).add(ms);
  }
  return outcome;
}

function worstCaseOf({ api }: Route, request: CompletionRequest): Amounts {
  return api.worstCase(fitted(request, api.capabilities));
}

function notAsked(error: ModelError | null): CompletionOutcome {
  return { result: fail(error ?? { type: "unavailable", message: "nobody serves this request" }), attempts: [] };
}
