import { PERMISSIONS, type Permission } from "../../src/ledger/keys/permissions.ts";
import { ADMIN_KEY } from "../setup/admin-key.ts";
import { call, mintKeyOf } from "./client.ts";

/** A management key of that tenant that may do and hand on everything, or only that. */
export function mintManager(
  tenantId: string,
  permissions: readonly Permission[] = PERMISSIONS,
  projectId: string | null = null,
): Promise<string> {
  return mintKeyOf(tenantId, { kind: "management", permissions, projectId });
}

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: what it is, is what the test asks
  readonly body: any;
  readonly text: string;
}

export async function admin(key: string | null, method: string, path: string, body?: unknown): Promise<Answer> {
  const response = await call(key, method, `/v1/admin${path}`, body);
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.startsWith("application/json") ?? false;
  return { status: response.status, body: isJson ? JSON.parse(text) : null, text };
}

export function operator(method: string, path: string, body?: unknown): Promise<Answer> {
  return admin(ADMIN_KEY, method, path, body);
}
