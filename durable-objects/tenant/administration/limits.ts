import { fail, succeed } from "../../../src/core/result.ts";
import { scopeFault } from "../../../src/ledger/budgets.ts";
import type { Scope } from "../../../src/ledger/rows.ts";
import type { Desk, Outcome, Written } from "./operation.ts";
import type { Input, LimitsState } from "./protocol.ts";
import { isTouchable, spendingScope } from "./spending-scope.ts";

export function listLimits(desk: Desk): Outcome<readonly LimitsState[]> {
  return succeed(
    desk.ledger
      .scopes()
      .filter(({ scopeId }) => isTouchable(desk, scopeId))
      .map((scope) => stateOf(desk, scope)),
  );
}

/** A scope that was never limited is one without limits. */
export function getLimits(desk: Desk, { scopeId }: Input<"limits.get">): Outcome<LimitsState> {
  const scope = spendingScope(desk, scopeId);
  return scope.ok ? succeed(stateOf(desk, desk.ledger.scope(scopeId) ?? unlimited(scopeId))) : scope;
}

export function setLimits(desk: Desk, { scopeId, change }: Input<"limits.set">): Outcome<Written<LimitsState>> {
  const touched = spendingScope(desk, scopeId);
  if (!touched.ok) return touched;
  const scope = { ...(desk.ledger.scope(scopeId) ?? unlimited(scopeId)), ...change };
  const fault = scopeFault(scope);
  if (fault?.type === "invalid") return fail(fault);
  desk.ledger.putScope(scope);
  return succeed({ output: stateOf(desk, scope), target: scopeId, detail: change });
}

/** What is in use stays counted, as far as a lease comes to an end under a scope that it was counted in. */
export function clearLimits(desk: Desk, { scopeId }: Input<"limits.clear">): Outcome<Written<null>> {
  const touched = spendingScope(desk, scopeId);
  if (!touched.ok) return touched;
  const known = desk.ledger.scope(scopeId);
  if (known === null) return fail({ type: "not-found", thing: "limits", id: scopeId });
  desk.ledger.putScope(unlimited(scopeId));
  return succeed({ output: null, target: scopeId, detail: known });
}

function unlimited(scopeId: string): Scope {
  return {
    scopeId,
    requestsPerMinute: null,
    tokensPerMinute: null,
    parallelSearches: null,
    parallelCalls: null,
    nanodollarsPerSearch: null,
    allowed: {},
  };
}

function stateOf({ ledger }: Desk, scope: Scope): LimitsState {
  const use = ledger.use(scope.scopeId);
  return { scope, use: use && { openSearches: use.openSearches, openCalls: use.openCalls } };
}
