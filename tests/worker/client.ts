import { env, exports } from "cloudflare:workers";
import OpenAI from "openai";
import { rowToKey } from "../../durable-objects/tenant/imported-key.ts";
import { createKey, digestOf } from "../../src/api/keys/format.ts";
import { tenantCodeOf } from "../../src/ledger/keys/tenant-code.ts";
import type { ControlAnswer } from "../setup/upstream.ts";

export const MODEL = "espalier/test:free";

const randomBytes = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length));

/** A live key of that tenant. */
export async function mintKey(tenantId: string): Promise<string> {
  const { publicId, text } = createKey(randomBytes, "test", tenantId);
  const row = { publicId, digest: await digestOf(text), tenantId, createdAtMs: Date.now(), revokedAtMs: null };
  if (!(await tenantOf(tenantId).addKey(tenantId, rowToKey(row)))) throw new Error(`${tenantId} does not take the key`);
  return text;
}

export function tenantOf(tenantId: string) {
  return env.TENANTS.getByName(tenantCodeOf(tenantId));
}

export function call(key: string | null, method: string, path: string, body?: unknown): Promise<Response> {
  return exports.default.fetch(`https://espalier.test${path}`, {
    method,
    headers: { ...(key !== null && { authorization: `Bearer ${key}` }), "content-type": "application/json" },
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
