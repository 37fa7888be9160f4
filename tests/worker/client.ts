import { env, exports } from "cloudflare:workers";
import OpenAI from "openai";
import { DEPLOYMENT } from "../../durable-objects/tenant/administration/administer.ts";
import type { Outcome } from "../../durable-objects/tenant/administration/operation.ts";
import type { AdministrationName, Input, Output } from "../../durable-objects/tenant/administration/protocol.ts";
import { createKey, digestOf } from "../../src/api/keys/format.ts";
import type { NewKey } from "../../src/ledger/keys/change.ts";
import type { Key } from "../../src/ledger/keys/key.ts";
import { tenantCodeOf } from "../../src/ledger/keys/tenant-code.ts";
import type { ControlAnswer } from "../setup/upstream.ts";

export const MODEL = "espalier/test:free";

const randomBytes = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length));

/** A live key of that tenant, which infers; made by the deployment, as a tenant's first keys are. */
export function mintKey(tenantId: string): Promise<string> {
  return mintKeyOf(tenantId, { kind: "inference", permissions: ["searches:create", "searches:read"] });
}

export async function mintKeyOf(
  tenantId: string,
  settings: Pick<Key, "kind" | "permissions"> & Partial<NewKey>,
): Promise<string> {
  const { publicId, text } = createKey(randomBytes, "test", tenantId);
  await administer(tenantId, "tenant.create", { tenantId, name: tenantId, createdAtMs: Date.now() }).catch(() => {});
  const key: NewKey = { projectId: null, allowed: {}, expiresAtMs: null, ...settings, keyId: publicId };
  await administer(tenantId, "key.create", { key, name: "", digest: await digestOf(text), lastFour: text.slice(-4) });
  return text;
}

/** As the deployment does it; whatever is refused throws. */
export async function administer<Name extends AdministrationName>(
  tenantId: string,
  name: Name,
  input: Input<Name>,
): Promise<Output<Name>> {
  const json = await tenantOf(tenantId).administer(tenantId, DEPLOYMENT.keyId, name, JSON.stringify(input));
  const done = JSON.parse(json) as Outcome<Output<Name>>;
  if (done.ok) return done.value;
  throw new Error(`${name} was refused: ${json}`);
}

export function tenantOf(tenantId: string) {
  return env.TENANTS.getByName(tenantCodeOf(tenantId));
}

export function call(
  key: string | null,
  method: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return exports.default.fetch(`https://espalier.test${path}`, {
    method,
    headers: {
      ...(key !== null && { authorization: `Bearer ${key}` }),
      "content-type": "application/json",
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
}

/** The SDK as it is; only its transport goes into the Worker directly. */
export function openAi(key: string, options: { readonly maxRetries?: number; readonly baseURL?: string } = {}): OpenAI {
  return new OpenAI({
    apiKey: key,
    baseURL: "https://espalier.test/v1",
    maxRetries: 0,
    ...options,
    fetch: (url, init) => exports.default.fetch(new Request(url as string, init as RequestInit)),
  });
}

let tags = 0;

/** A question for one scenario of the upstream, with a tag that no other test has. */
export function question(scenario: string, text = "Say something.") {
  const tag = `t${crypto.randomUUID().replaceAll("-", "")}${tags++}`;
  return { tag, messages: [{ role: "user" as const, content: `scenario=${scenario} tag=${tag} ${text}` }] };
}

export const GAME = "Use 4 4 6 8 to make 24.";

/** What the upstream saw. */
export async function callsOf(tag: string): Promise<ControlAnswer["calls"]> {
  const response = await fetch(`${env.CONTROL_URL}/?tag=${tag}`);
  return (await response.json<ControlAnswer>()).calls;
}

export async function until(test: () => Promise<boolean>, timeoutMs = 30_000): Promise<void> {
  for (const start = Date.now(); !(await test()); ) {
    if (Date.now() - start > timeoutMs) throw new Error(`waited ${timeoutMs} ms in vain`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
