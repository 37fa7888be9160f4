import { fail, type Result, succeed } from "../../../src/core/result.ts";
import { addTopUp, type BudgetError, setBudget } from "../../../src/ledger/budgets.ts";
import { roomOf } from "../../../src/ledger/room.ts";
import type { Budget } from "../../../src/ledger/rows.ts";
import type { Desk, Outcome, Written } from "./operation.ts";
import type { BudgetState, Input } from "./protocol.ts";
import { isTouchable, spendingScope } from "./spending-scope.ts";

/** A tenant's budgets are read whole with every admission. */
const MOST_BUDGETS = 1000;

export function createBudget(desk: Desk, budget: Input<"budget.create">): Outcome<Written<BudgetState>> {
  const scope = spendingScope(desk, budget.scopeId);
  if (!scope.ok) return scope;
  if (desk.ledger.allBudgets().length >= MOST_BUDGETS) {
    return fail({ type: "conflict", code: "too_many_budgets", message: `A tenant has at most ${MOST_BUDGETS}.` });
  }
  return put(desk, budget, budget);
}

export function listBudgets(desk: Desk, { scopeId }: Input<"budget.list">): Outcome<readonly BudgetState[]> {
  if (scopeId !== null) {
    const scope = spendingScope(desk, scopeId);
    if (!scope.ok) return scope;
  }
  const budgets = scopeId === null ? desk.ledger.allBudgets() : desk.ledger.budgets(scopeId);
  return succeed(budgets.filter((budget) => isTouchable(desk, budget.scopeId)).map((budget) => stateOf(desk, budget)));
}

export function getBudget(desk: Desk, { budgetId }: Input<"budget.get">): Outcome<BudgetState> {
  const budget = budgetOf(desk, budgetId);
  return budget.ok ? succeed(stateOf(desk, budget.value)) : budget;
}

export function updateBudget(desk: Desk, input: Input<"budget.update">): Outcome<Written<BudgetState>> {
  const { budgetId, ...change } = input;
  const known = budgetOf(desk, budgetId);
  return known.ok ? put(desk, { ...known.value, ...change }, change) : known;
}

export function deleteBudget(desk: Desk, { budgetId }: Input<"budget.delete">): Outcome<Written<null>> {
  const known = budgetOf(desk, budgetId);
  if (!known.ok) return known;
  desk.ledger.deleteBudget(budgetId);
  return succeed({ output: null, target: budgetId, detail: known.value });
}

export function addBudgetTopUp(desk: Desk, added: Input<"budget.top-up">): Outcome<Written<BudgetState>> {
  const { budgetId, ...detail } = added;
  const known = budgetOf(desk, budgetId);
  if (!known.ok) return known;
  const done = lawful(desk.carryOut(addTopUp(desk.ledger, added, desk.nowMs)));
  if (!done.ok) return done;
  return succeed({ output: stateOf(desk, known.value), target: budgetId, detail });
}

function put(desk: Desk, budget: Budget, detail: object): Outcome<Written<BudgetState>> {
  const done = lawful(desk.carryOut(setBudget(desk.ledger, budget, desk.nowMs)));
  if (!done.ok) return done;
  return succeed({ output: stateOf(desk, budget), target: budget.budgetId, detail });
}

function budgetOf(desk: Desk, budgetId: string): Outcome<Budget> {
  const budget = desk.ledger.budget(budgetId);
  if (budget !== null && isTouchable(desk, budget.scopeId)) return succeed(budget);
  return fail({ type: "not-found", thing: "budget", id: budgetId });
}

function stateOf({ ledger, nowMs }: Desk, budget: Budget): BudgetState {
  const { window, posted, reserved, free, topUps } = roomOf(ledger, budget, nowMs);
  return { budget, windowStartMs: window.startMs, windowEndMs: window.endMs, posted, reserved, free, topUps };
}

function lawful<Value>(result: Result<Value, BudgetError>): Outcome<Value> {
  if (result.ok) return result;
  const { error } = result;
  switch (error.type) {
    case "invalid":
      return fail(error);
    case "budget-unknown":
      return fail({ type: "not-found", thing: "budget", id: error.budgetId });
    case "budget-fixed":
      return fail({ type: "invalid", param: error.param, reason: "It never changes: make another budget." });
    case "top-up-taken":
      return fail({
        type: "conflict",
        code: "top_up_taken",
        message: `The top-up '${error.topUpId}' was added with another amount or expiry.`,
      });
  }
}
