import { type Amounts, addAmounts, NOTHING } from "./core/amounts.ts";
import type { Limits } from "./core/budget.ts";
import type { SearchSetup } from "./core/search.ts";
import type { Candidate } from "./core/verifier.ts";
import { firstStepOf } from "./demand.ts";
import { comparatorsOf, findMethod, policyNamed } from "./lists.ts";
import type { Recipe } from "./recipe.ts";

/** What a search comes to, before anything is spent. */
export interface Estimate {
  /** Of the first call alone: with less money or fewer tokens no search begins. */
  readonly first: Bill;
  /** If no call has to be made again: an upper bound. Null where only the answers decide how many calls there are. */
  readonly plan: Planned | null;
  /** Never more than this, whatever providers and verifiers say. */
  readonly worst: Planned;
}

export type Bill = Pick<Amounts, "calls" | "tokens" | "microdollars">;

export interface Planned extends Bill {
  /** Calls that have to wait for one another. */
  readonly criticalPathCalls: number;
}

/**
 * `attempts`: calls that may come of one, with repetition, fallback and hedging. Texts that do not exist yet are counted at
 * BYTES_PER_TOKEN bytes a token, and a byte of a prompt as a token, as everywhere where money is set aside.
 */
export function estimateOf(setup: SearchSetup, recipe: Recipe, attempts: number): Estimate {
  const first = firstStepOf(setup);
  if (first === null) return { first: NOTHING, plan: NO_CALLS, worst: NO_CALLS };
  const { step, worstCase } = first;
  const { limits } = setup;
  const judged = judgementCost(setup, recipe);
  const plan = isFlat(recipe) ? flatPlan(worstCase(step.count), step.count, judged, setup) : null;
  return { first: worstCase(1), plan, worst: worstOf(plan) };

  function worstOf(planned: Planned | null): Planned {
    if (planned !== null) return withinLimits(times(planned, attempts), limits);
    const calls = limits.calls ?? Number.MAX_SAFE_INTEGER;
    const dearest = dearestCall(setup, judged);
    const bill = { calls, tokens: calls * dearest.tokens, microdollars: calls * dearest.microdollars };
    // Each may need what the one before has said.
    return withinLimits({ ...bill, criticalPathCalls: calls }, limits);
  }
}

const NO_CALLS: Planned = { calls: 0, tokens: 0, microdollars: 0, criticalPathCalls: 0 };

/** Whole answers, each written on its own, and judged on its own: their number is the plan. */
function isFlat({ method, params, selection }: Recipe): boolean {
  const definition = findMethod(method);
  if (definition === null || Object.keys(comparatorsOf(definition, params, selection)).length > 0) return false;
  const proposals = definition.roles(params).filter((role) => role in definition.policies);
  return FLAT_METHODS.includes(method) && proposals.every((role) => isWhole(definition.policies[role] ?? ""));
}

/** Of the methods whose answers are whole those that never look back at one. */
const FLAT_METHODS = ["single", "best-of-n", "self-consistency"];

function isWhole(policy: string): boolean {
  return policyNamed(policy).extent === "end";
}

function flatPlan(
  step: Amounts,
  count: number,
  judged: Bill,
  { limits, width, verifier, isOneCall }: SearchSetup,
): Planned {
  const rollouts = isOneCall === true ? count : (limits.rollouts ?? count);
  const steps = Math.ceil(rollouts / count);
  const isJudged = judged.calls > 0;
  // Comparative verifiers see all of them together, and once more where one comes late: never more than one by one.
  const judgements = isJudged ? rollouts : 0;
  const waves = Math.ceil(steps / width);
  const judging = isJudged ? (verifier?.isComparative === true ? 1 : Math.ceil(rollouts / width)) : 0;
  const bill = {
    calls: steps * step.calls + judgements * judged.calls,
    tokens: steps * step.tokens + judgements * judged.tokens,
    microdollars: steps * step.microdollars + judgements * judged.microdollars,
  };
  return withinLimits({ ...bill, criticalPathCalls: Math.min(bill.calls, waves + judging) }, limits);
}

/** Of one candidate as long as it may become. */
function judgementCost({ verifier, problem }: SearchSetup, { sampling }: Recipe): Bill {
  if (verifier === null) return NO_CALLS;
  const text = "x".repeat(Math.min(LONGEST_TEXT, sampling.maxTokens * BYTES_PER_TOKEN));
  const candidate: Candidate = {
    text,
    steps: [text],
    isComplete: true,
    answer: text,
    answerClass: text,
    toolCalls: [],
    count: 1,
    judgements: 0,
  };
  return addAmounts(NOTHING, verifier.worstCase(problem, [candidate]));
}

const BYTES_PER_TOKEN = 4;
/** Nobody's answer is longer, and a text of that length is made in no time. */
const LONGEST_TEXT = 4_000_000;

/** The first call with an answer of full length before it, of the dearest model that the search may ask; or a judgement. */
function dearestCall(setup: SearchSetup, judged: Bill): Bill {
  const length = Math.min(LONGEST_TEXT, setup.sampling.maxTokens * BYTES_PER_TOKEN);
  const longer = { role: "user" as const, content: "x".repeat(length) };
  const problem = { ...setup.problem, messages: [...setup.problem.messages, longer] };
  const bills = [setup.model, ...setup.models.values()].map((model) => {
    const models = new Map([...setup.models.keys()].map((id) => [id, model] as const));
    return firstStepOf({ ...setup, problem, model, models })?.worstCase(1) ?? NOTHING;
  });
  const perJudgement = (amount: number) => (judged.calls === 0 ? 0 : Math.ceil(amount / judged.calls));
  return {
    calls: 1,
    tokens: Math.max(perJudgement(judged.tokens), ...bills.map(({ tokens }) => tokens)),
    microdollars: Math.max(perJudgement(judged.microdollars), ...bills.map(({ microdollars }) => microdollars)),
  };
}

function times({ calls, tokens, microdollars, criticalPathCalls }: Planned, factor: number): Planned {
  return {
    calls: calls * factor,
    tokens: tokens * factor,
    microdollars: microdollars * factor,
    criticalPathCalls: criticalPathCalls * factor,
  };
}

/** No search passes its limits. */
function withinLimits(
  planned: Planned,
  { calls = Infinity, tokens = Infinity, microdollars = Infinity }: Limits,
): Planned {
  return {
    calls: Math.min(calls, planned.calls),
    tokens: Math.min(tokens, planned.tokens),
    microdollars: Math.min(microdollars, planned.microdollars),
    criticalPathCalls: Math.min(calls, planned.criticalPathCalls),
  };
}
