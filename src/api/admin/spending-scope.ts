import { z } from "zod";
import { tenantCodeOf } from "../../ledger/keys/tenant-code.ts";
import { endUserIdOf } from "../searches/identifiers.ts";

/**
 * Whose money it is, as one word: `tenant`, `project:ID`, `key:ID` or `user:NAME`. An end user is known to the ledger by a
 * digest of its name alone, which answers therefore show, and which is accepted as well: `user_hash:DIGEST`.
 */
export const scopeField = z
  .string()
  .max(600)
  .regex(
    /^(tenant|(project|key|user):.{1,512}|user_hash:[0-9a-f]{64})$/s,
    "expected 'tenant', 'project:ID', 'key:ID' or 'user:NAME'",
  )
  .meta({ description: "`tenant`, `project:ID`, `key:ID` or `user:NAME`; answers have `user_hash:DIGEST`." });

/** As the ledger names it. */
export async function scopeToId(scope: string, tenantId: string): Promise<string> {
  if (scope.startsWith("user_hash:")) return `user:${scope.slice("user_hash:".length)}`;
  if (scope.startsWith("user:"))
    return `user:${await endUserIdOf(tenantCodeOf(tenantId), scope.slice("user:".length))}`;
  return scope;
}

export function idToScope(scopeId: string): string {
  return scopeId.startsWith("user:") ? `user_hash:${scopeId.slice("user:".length)}` : scopeId;
}
