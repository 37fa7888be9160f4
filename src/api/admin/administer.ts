import type { Outcome } from "../../../durable-objects/tenant/administration/operation.ts";
import type {
  AdministrationError,
  AdministrationName,
  Input,
  Output,
} from "../../../durable-objects/tenant/administration/protocol.ts";
import { fail, type Result } from "../../core/result.ts";
import { tenantCodeOf } from "../../ledger/keys/tenant-code.ts";
import type { AppContext } from "../context.ts";
import type { ApiError } from "../errors.ts";

/** Has it done by the tenant's object, for the key of this request. */
export function administer<Name extends AdministrationName>(
  context: AppContext,
  name: Name,
  input: Input<Name>,
): Promise<Result<Output<Name>, ApiError>> {
  const { id, keyId } = context.get("tenant");
  return administerAs(context, id, keyId, name, input);
}

/** The same for whoever has proved to be the deployment's operator. */
export function administerAsDeployment<Name extends AdministrationName>(
  context: AppContext,
  tenantId: string,
  name: Name,
  input: Input<Name>,
): Promise<Result<Output<Name>, ApiError>> {
  return administerAs(context, tenantId, "deployment", name, input);
}

async function administerAs<Name extends AdministrationName>(
  context: AppContext,
  tenantId: string,
  actorId: string,
  name: Name,
  input: Input<Name>,
): Promise<Result<Output<Name>, ApiError>> {
  const tenant = context.env.TENANTS.getByName(tenantCodeOf(tenantId));
  const json = await tenant.administer(tenantId, actorId, name, JSON.stringify(input));
  // The object answers each name with its own shape (administration/operations.ts).
  const done = JSON.parse(json) as Outcome<Output<Name>>;
  return done.ok ? done : fail(toApiError(done.error));
}

function toApiError(error: AdministrationError): ApiError {
  switch (error.type) {
    case "actor-not-live":
      return { type: "invalid-key" };
    case "missing-scope": {
      const { scope, isWhole } = error;
      return { type: "missing-scope", scope: isWhole ? `${scope} of the whole tenant` : scope };
    }
    case "not-found":
      return { type: "thing-not-found", thing: error.thing, id: error.id };
    case "too-wide":
      return { type: "too-wide", param: wireName(error.param) };
    case "invalid": {
      const param = wireName(error.param);
      const message = `Invalid '${param}': ${error.reason}`;
      return { type: "invalid-parameter", code: "invalid_value", message, param };
    }
    case "conflict":
      return { type: "conflict", code: error.code, message: error.message, param: null };
  }
}

/** What the ledger calls a field, as the wire does. */
function wireName(param: string): string {
  return WIRE_NAMES[param] ?? param.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

const WIRE_NAMES: Readonly<Record<string, string>> = {
  permissions: "scopes",
  scopeId: "scope",
  nanodollars: "amount_usd",
  nanodollarsPerSearch: "max_cost_per_search_usd",
  thresholdPercents: "thresholds",
  "period.timeZone": "period.time_zone",
  "period.lengthMs": "period.seconds",
  expiresAtMs: "expires_at",
  effectiveFromMs: "effective_from",
};
