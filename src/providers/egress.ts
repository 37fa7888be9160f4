import { fail, type Result, succeed } from "../core/result.ts";
import { HOPS_HEADER } from "./hops.ts";
import { type AddressRules, addressRefusal } from "./public-address.ts";

/** The platform's `fetch`, or a test's. */
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/**
 * The one place where the platform's is named: biome.json forbids it elsewhere. Looked up at each call, so that a replaced
 * global is seen.
 */
export const platformFetch: Fetch = (...args) => fetch(...args);

export interface Leave {
  /** For a tenant's address: it must be public (public-address.ts). Null for the operator's, where loopback is common. */
  readonly rules?: AddressRules | null;
  /** How many searches lie behind this call already (hops.ts). */
  readonly hops?: number;
}

/**
 * The one way out: every request to a provider, a scorer or a webhook passes here. Redirects are not followed, because the
 * next hop would get the credential and could be a private address; a refusal says why. Only headers of the list leave.
 * What comes back is for the caller to bound (`openai/body.ts`). Network faults reject, as in `fetch`.
 */
export async function egress(
  fetch: Fetch,
  input: string | URL | Request,
  init: RequestInit | undefined,
  { rules = null, hops = 0 }: Leave = {},
): Promise<Result<Response, EgressRefusal>> {
  const address = input instanceof Request ? input.url : String(input);
  const refusal = refusalOf(address) ?? (rules === null ? null : addressRefusal(address, rules));
  if (refusal !== null) return fail({ type: "not-sent", message: refusal });
  const given = init?.headers ?? (input instanceof Request ? input.headers : {});
  const headers = leavingHeaders(given, hops);
  if (headers === null) return fail({ type: "not-sent", message: "a header has characters that no header may have" });
  // What was looked at is what is sent: the parsed URL, never its text.
  const target = input instanceof Request ? input : new URL(address).href;
  const response = await fetch(target, { ...init, headers, redirect: "manual" });
  // 0 is how a browser-like runtime hides a redirect it did not follow.
  const isRedirect = response.status === 0 || (response.status >= 300 && response.status < 400);
  if (!isRedirect) return succeed(response);
  await response.body?.cancel();
  return fail({
    type: "redirect",
    message: `the upstream answered with a redirect (${response.status}), which is not followed`,
  });
}

export interface EgressRefusal {
  /** `not-sent`: nothing has left. `redirect`: the provider was asked and pointed elsewhere. */
  readonly type: "not-sent" | "redirect";
  readonly message: string;
}

function refusalOf(address: string): string | null {
  if (!URL.canParse(address)) return "the upstream's address is not a URL";
  const url = new URL(address);
  if (url.protocol !== "http:" && url.protocol !== "https:")
    return `the upstream's address has the scheme ${url.protocol}`;
  if (url.username !== "" || url.password !== "") return "the upstream's address carries a user or password";
  return null;
}

/**
 * What may leave of headers (T4). Not among them: `host`, hop-by-hop headers, `cf-*`, cookies, and what SDKs tell of the
 * machine that they run on.
 */
const LEAVING: ReadonlySet<string> = new Set([
  "accept",
  "authorization",
  "content-type",
  "idempotency-key",
  "user-agent",
  "webhook-id",
  "webhook-signature",
  "webhook-timestamp",
  // Of benchmarks (fan-out/config.ts).
  "x-espalier-invocation",
]);

/** Null where a value holds what would end it: CR, LF or NUL, or is no text of bytes at all. */
function leavingHeaders(given: RequestInit["headers"], hops: number): Headers | null {
  const entries = given instanceof Headers ? [] : Array.isArray(given) ? given : Object.entries(given ?? {});
  if (entries.some(([, value]) => /[\0\r\n]/.test(String(value)))) return null;
  let all: Headers;
  try {
    all = new Headers(given);
  } catch {
    return null;
  }
  const leaving = new Headers();
  for (const [name, value] of all) {
    if (LEAVING.has(name)) leaving.set(name, value);
  }
  const behind = Number(all.get(HOPS_HEADER) ?? hops + 1);
  leaving.set(HOPS_HEADER, String(behind));
  return leaving;
}
