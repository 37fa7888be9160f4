import { fail, succeed } from "../../../src/core/result.ts";
import type { Desk, Outcome, Written } from "./operation.ts";
import type { Input, Tenancy } from "./protocol.ts";

export function createTenancy(desk: Desk, tenancy: Input<"tenant.create">): Outcome<Written<Tenancy>> {
  const { tenantId, name } = tenancy;
  // Also a tenant from before there were names, which has keys.
  if (desk.tenancy.read() !== null || desk.keys.all().length > 0) {
    return fail({ type: "conflict", code: "tenant_exists", message: `There is a tenant '${tenantId}' already.` });
  }
  desk.tenancy.write(tenancy);
  return succeed({ output: tenancy, target: tenantId, detail: { name } });
}

export function getTenancy(desk: Desk): Outcome<Tenancy> {
  const tenancy = desk.tenancy.read();
  return tenancy === null ? fail({ type: "not-found", thing: "tenant", id: "" }) : succeed(tenancy);
}

export function updateTenancy(desk: Desk, change: Input<"tenant.update">): Outcome<Written<Tenancy>> {
  const known = getTenancy(desk);
  if (!known.ok) return known;
  const { name = known.value.name, retention } = change;
  const output = {
    ...known.value,
    name,
    ...(retention !== undefined && { retention: { ...known.value.retention, ...retention } }),
  };
  desk.tenancy.write(output);
  return succeed({ output, target: output.tenantId, detail: change });
}
