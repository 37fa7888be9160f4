/**
 * Which addresses a tenant may have us call (RELIABILITY.md, T1): https on an ordinary port of a public host name. The URL
 * is parsed once, by the parser that `fetch` uses, which also brings every notation of an IPv4 address (decimal, hex, octal,
 * shortened) into one form; the caller sends to the parsed URL and never to the text.
 *
 * IP literals are refused altogether, public ones too: a scorer with a certificate has a name. What a name resolves to
 * cannot be pinned in Workers: a name that points to a private address (T2) is stopped by the platform, at Cloudflare's
 * edge because it has no private neighbours, self-hosted by workerd's `network.allow = ["public"]`.
 */

export interface AddressRules {
  /** Origins that are allowed whatever they are, for local development: "http://127.0.0.1:9000". */
  readonly allowedOrigins: readonly string[];
}

const LONGEST_ADDRESS = 2048;
/** Of https; others are as likely another service's. */
const PORTS = new Set(["", "8443"]);

/** Not delegated in the public DNS, or names of one's own machine (RFC 6761, 6762, 7686, 8375, 9476; ICANN's .internal). */
const PRIVATE_ENDINGS = [
  "localhost",
  "local",
  "localdomain",
  "internal",
  "intranet",
  "private",
  "corp",
  "home",
  "lan",
  "home.arpa",
  "arpa",
  "onion",
  "alt",
  "test",
  "example",
  "invalid",
  // Public names whose purpose is to resolve to any address one writes into them, or to the loopback.
  "nip.io",
  "sslip.io",
  "xip.io",
  "localtest.me",
  "lvh.me",
  "vcap.me",
];

/** Why we do not call this address; null where we do. The message never repeats the address. */
export function addressRefusal(text: string, { allowedOrigins }: AddressRules): string | null {
  if (text.length > LONGEST_ADDRESS) return `the address is longer than ${LONGEST_ADDRESS} characters`;
  // What a URL parser removes or turns around on the way: an address that needs it was not written by a person.
  if (/[^!-~]|\\/.test(text)) return "the address has spaces, control characters or non-ASCII ones";
  if (!URL.canParse(text)) return "the address is not a URL";
  const url = new URL(text);
  if (url.username !== "" || url.password !== "") return "the address carries a user or password";
  if (url.hash !== "") return "the address has a fragment";
  if (allowedOrigins.includes(url.origin)) return null;
  if (url.protocol !== "https:") return "the address must be https";
  if (!PORTS.has(url.port)) return "the address has a port other than 443 and 8443";
  return hostRefusal(url.hostname);
}

function hostRefusal(host: string): string | null {
  if (host.startsWith("[") || /^[\d.]+$/.test(host)) return "the address is an IP address; it must be a host name";
  if (host.endsWith(".")) return "the host name ends in a dot";
  if (!host.includes(".")) return "the host name has no domain";
  if (PRIVATE_ENDINGS.some((ending) => host === ending || host.endsWith(`.${ending}`))) {
    return "the host name is not a public one";
  }
  const labels = host.split(".");
  const isName = labels.every((label) => /^[a-z\d-]{1,63}$/.test(label)) && /[a-z]/.test(labels.at(-1) ?? "");
  return isName ? null : "the host name is none";
}
