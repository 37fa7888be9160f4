import { fail, type Result, succeed } from "../core/result.ts";
import { type AddressRules, addressRefusal } from "./public-address.ts";

/** The platform's `fetch`, or a test's. */
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/**
 * The one way out: every request to a provider or a scorer passes here. Redirects are not followed, because the next hop
 * would get the provider's credential and could be a private address; a refusal says why. Network faults reject, as in
 * `fetch`.
 *
 * With `rules` the address is a tenant's and must be public (public-address.ts). Without, it comes from the operator's own
 * configuration, where a loopback address is the common case. Issue 6 brings base URLs of tenants: they need the rules too.
 */
export async function egress(
  fetch: Fetch,
  input: string | URL | Request,
  init: RequestInit | undefined,
  rules: AddressRules | null = null,
): Promise<Result<Response, EgressRefusal>> {
  const address = input instanceof Request ? input.url : String(input);
  const refusal = refusalOf(address) ?? (rules === null ? null : addressRefusal(address, rules));
  if (refusal !== null) return fail({ type: "not-sent", message: refusal });
  const response = await fetch(input, { ...init, redirect: "manual" });
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
