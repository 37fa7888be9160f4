import { z } from "zod";
import type { MasterKeys } from "../../credentials/master-keys.ts";
import {
  addStandings,
  auditKeys,
  type DataKeyShelf,
  type KeyStanding,
  NO_KEYS,
  rotateKeys,
} from "../../credentials/rotation.ts";
import { listTenants } from "../../db/tenants.ts";
import { masterKeysOf } from "../../env.ts";
import { type AppContext, respondWithError } from "../context.ts";
import { administerAsDeployment } from "./administer.ts";
import { readBody } from "./body.ts";

/** Tenants per call: each is asked, and each of its data keys opened. */
const MOST_TENANTS = 200;

const afterField = z.string().max(200).default("");

export const keyRotationSchema = z.strictObject({
  after: afterField.meta({
    description: "`next_after` of the call before, for more tenants than one call goes through.",
  }),
});

export const keyStandingSchema = z.object({
  object: z.literal("credential_keys"),
  current: z.string().meta({ description: "The master key that new data keys are sealed with." }),
  configured: z.array(z.string()),
  tenants: z.number().meta({ description: "Looked at in this call." }),
  up_to_date: z.number().meta({ description: "Data keys that the current master key opens." }),
  remaining: z.number().meta({ description: "Those that an earlier one opens, and a rotation has to seal anew." }),
  undecryptable: z.number().meta({ description: "Those that no configured master key opens." }),
  by_key: z.record(z.string(), z.number()),
  next_after: z.string().nullable(),
  removable: z.array(z.string()).nullable().meta({
    description: "Master keys that nothing is sealed with any more; null where not all tenants were looked at.",
  }),
});

/** GET /v1/admin/credential_keys: opens every data key, and says which master keys are still needed. For after a deploy. */
export async function auditCredentialKeys(context: AppContext): Promise<Response> {
  const after = context.req.query("after") ?? "";
  return respond(context, after, (masterKeys, tenantId) => audited(context, masterKeys, tenantId));
}

/** POST /v1/admin/credential_keys/rotate: seals every data key with the current master key. May be repeated at any time. */
export async function rotateCredentialKeys(context: AppContext): Promise<Response> {
  const body = await readBody(context, keyRotationSchema);
  if (!body.ok) return respondWithError(context, body.error);
  return respond(context, body.value.after, (masterKeys, tenantId) =>
    rotateKeys(masterKeys, tenantId, shelfOf(context, tenantId)),
  );
}

async function respond(
  context: AppContext,
  after: string,
  look: (masterKeys: MasterKeys, tenantId: string) => Promise<KeyStanding>,
): Promise<Response> {
  const masterKeys = await masterKeysOf(context.env);
  if (masterKeys === null) return respondWithError(context, { type: "credentials-not-configured" });
  const rows = await listTenants(context.env.DB, after, MOST_TENANTS + 1);
  const tenants = rows.slice(0, MOST_TENANTS);
  let standing = NO_KEYS;
  for (const { id } of tenants) standing = addStandings(standing, await look(masterKeys, id));
  const isAll = after === "" && rows.length <= MOST_TENANTS;
  return context.json(toWire(masterKeys, standing, tenants.length, isAll, nextAfter(rows, tenants)));
}

function nextAfter(rows: readonly unknown[], tenants: readonly { readonly id: string }[]): string | null {
  return rows.length > tenants.length ? (tenants.at(-1)?.id ?? null) : null;
}

function toWire(
  { current, byId }: MasterKeys,
  standing: KeyStanding,
  tenants: number,
  isAll: boolean,
  next: string | null,
) {
  const configured = [...byId.keys()];
  const { byMasterKey, remaining, undecryptable } = standing;
  const removable = configured.filter((id) => id !== current.keyId && byMasterKey[id] === undefined);
  return {
    object: "credential_keys",
    current: current.keyId,
    configured,
    tenants,
    up_to_date: standing.current,
    remaining,
    undecryptable,
    by_key: { ...byMasterKey },
    next_after: next,
    removable: isAll ? removable : null,
  } satisfies z.output<typeof keyStandingSchema>;
}

async function audited(context: AppContext, masterKeys: MasterKeys, tenantId: string): Promise<KeyStanding> {
  return auditKeys(masterKeys, tenantId, await shelfOf(context, tenantId).list());
}

/** In the tenant's own object; each key that is sealed anew is an entry of its audit log. */
function shelfOf(context: AppContext, tenantId: string): DataKeyShelf {
  return {
    list: async () => {
      const listed = await administerAsDeployment(context, tenantId, "data-key.list", {});
      if (listed.ok) return listed.value;
      // Listed, and no object yet: it has no keys either. Anything else must not be taken for none.
      if (listed.error.type === "thing-not-found") return [];
      throw new Error(`the data keys of ${tenantId} cannot be read: ${listed.error.type}`);
    },
    replace: async (dataKeyId, before, sealed) =>
      (await administerAsDeployment(context, tenantId, "data-key.rewrap", { dataKeyId, before, sealed })).ok,
  };
}
