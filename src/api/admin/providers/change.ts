import { fail, type Result, succeed } from "../../../core/result.ts";
import { masterKeysOf, scorersOf } from "../../../env.ts";
import { type OwnProviderConfig, originOf, type StoredProvider } from "../../../own-providers.ts";
import { ownProviderSchema } from "../../../providers/config.ts";
import { addressRefusal } from "../../../providers/public-address.ts";
import type { AppContext } from "../../context.ts";
import type { ApiError } from "../../errors.ts";
import { checkBody } from "../body.ts";
import { type Sealed, sealWith } from "./seal.ts";

/** What a request makes of a provider. */
export interface Asked {
  readonly config: OwnProviderConfig;
  /** A string is a new one, null none, undefined the one that there is. */
  readonly apiKey: string | null | undefined;
}

/** A whole provider from `body`, laid over `before` where there is one. */
export function askedOf(
  context: AppContext,
  body: Readonly<Record<string, unknown>>,
  before: OwnProviderConfig | null,
): Result<Asked, ApiError> {
  const merged = Object.entries({ ...before, ...body }).filter(([name, value]) => value !== null || name === "apiKey");
  const parsed = checkBody(Object.fromEntries(merged), ownProviderSchema);
  if (!parsed.ok) return parsed;
  const { apiKey, ...config } = parsed.value;
  const { allowedOrigins } = scorersOf(context.env);
  const reason = addressRefusal(config.baseUrl, { allowedOrigins });
  if (reason !== null) return invalid("baseUrl", `Invalid 'baseUrl': ${reason}.`);
  const isNamed = before === null || "apiKey" in body;
  return succeed({ config, apiKey: isNamed ? apiKey : undefined });
}

/**
 * The provider as it is to be kept, its credential sealed for the origin that it belongs to. Whoever may change the address
 * alone cannot have the key sent elsewhere: another origin needs it once more (CVE-2024-6587).
 */
export async function sealed(
  context: AppContext,
  known: { readonly provider: StoredProvider | null; readonly dataKeys: Parameters<typeof sealWith>[1] },
  providerId: string,
  { config, apiKey }: Asked,
): Promise<Result<Sealed | { readonly credential: StoredProvider["credential"]; readonly dataKey: null }, ApiError>> {
  const before = known.provider?.credential ?? null;
  const origin = originOf(config);
  if (apiKey === null) return succeed({ credential: null, dataKey: null });
  if (apiKey === undefined) {
    if (before === null || before.origin === origin) return succeed({ credential: before, dataKey: null });
    const message = `The stored key is bound to ${before.origin}: send 'apiKey' with a base URL of another origin.`;
    return invalid("apiKey", message, "credential_required");
  }
  const masterKeys = await masterKeysOf(context.env);
  if (masterKeys === null) return fail({ type: "credentials-not-configured" });
  const version = (known.provider?.revision ?? 0) + 1;
  const place = { tenantId: context.get("tenant").id, providerId, origin, version };
  return succeed(await sealWith(masterKeys, known.dataKeys, place, apiKey));
}

function invalid(param: string, message: string, code = "invalid_value"): Result<never, ApiError> {
  return fail({ type: "invalid-parameter", code, message, param });
}
