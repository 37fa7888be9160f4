import { fail, succeed } from "../../../src/core/result.ts";
import { SCOPES } from "../admission.ts";
import type { Desk, Outcome } from "./operation.ts";

/**
 * A scope that spends, if there is one and the actor may touch it. A key that is bound to a project may touch the project
 * and its keys; of end users nobody knows beforehand who there is, and they are the whole tenant's.
 */
export function spendingScope(desk: Desk, scopeId: string): Outcome<string> {
  return isTouchable(desk, scopeId) ? succeed(scopeId) : fail({ type: "not-found", thing: "scope", id: scopeId });
}

export function isTouchable({ actor, projects, keys }: Desk, scopeId: string): boolean {
  const { projectId } = actor;
  const id = scopeId.slice(scopeId.indexOf(":") + 1);
  switch (scopeId) {
    case SCOPES.tenant:
    case SCOPES.endUser(id):
      return projectId === null;
    case SCOPES.project(id):
      return projects.get(id) !== null && (projectId === null || projectId === id);
    case SCOPES.key(id): {
      const key = keys.get(id)?.key;
      return key !== undefined && (projectId === null || projectId === key.projectId);
    }
    default:
      return false;
  }
}
