import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../run.ts";

/** Where the service is, and with what it is asked. */
export interface Connection {
  readonly url: string;
  /** A management key; null where none was found. */
  readonly key: string | null;
  /** The deployment's credential. */
  readonly adminKey: string | null;
}

export interface ConnectionOptions {
  readonly url?: string;
  readonly key?: string;
  readonly adminKey?: string;
  readonly state?: string;
}

const DEFAULT_URL = "http://127.0.0.1:8787";

/** What is said on the command line goes before the environment, and that before what `npm start` has left in its state. */
export function connectionOf(options: ConnectionOptions, environment: NodeJS.ProcessEnv): Connection {
  const state = options.state ?? join(ROOT, ".espalier", "state");
  return {
    url: (options.url ?? environment.ESPALIER_URL ?? DEFAULT_URL).replace(/\/(v1\/?)?$/, ""),
    key: options.key ?? environment.ESPALIER_MANAGEMENT_KEY ?? keptKey(join(state, "management-key")),
    adminKey: options.adminKey ?? environment.ESPALIER_ADMIN_KEY ?? keptKey(join(state, "admin-key")),
  };
}

function keptKey(file: string): string | null {
  return existsSync(file) ? readFileSync(file, "utf8").trim() : null;
}

/** What cannot be done, for a person to read; never with a key in it. */
export class Refusal extends Error {}

/** An answer's JSON, whose shape the API's document gives. */
// biome-ignore lint/suspicious/noExplicitAny: it is shown as it is
export type Json = any;

export interface Ask {
  readonly method: "GET" | "POST" | "DELETE";
  /** Below /v1/admin. */
  readonly path: string;
  readonly body?: object;
  readonly query?: Readonly<Record<string, string | undefined>>;
  /** With the deployment's credential. */
  readonly isOperator?: boolean;
}

export async function ask(connection: Connection, wanted: Ask): Promise<Json> {
  const response = await send(connection, wanted, "application/json");
  return response.json();
}

export async function askText(connection: Connection, wanted: Ask, type: string): Promise<string> {
  return (await send(connection, wanted, type)).text();
}

async function send(connection: Connection, { method, path, body, query = {}, isOperator }: Ask, accept: string) {
  const key = isOperator === true ? connection.adminKey : connection.key;
  if (key === null) throw new Refusal(isOperator === true ? NO_ADMIN_KEY : NO_KEY);
  const url = new URL(`/v1/admin${path}`, connection.url);
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value);
  const response = await fetch(url, {
    method,
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json", accept },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  }).catch((error: unknown) => {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new Refusal(`${connection.url} cannot be reached: ${cause}`);
  });
  if (response.ok) return response;
  const text = await response.text();
  throw new Refusal(`${response.status} ${messageOf(text)}`);
}

const NO_KEY =
  "no management key: --key, or ESPALIER_MANAGEMENT_KEY; 'npm run admin -- bootstrap' makes a tenant and its first one.";
const NO_ADMIN_KEY = "no credential of the deployment: --admin-key, or ESPALIER_ADMIN_KEY; 'npm start' makes one.";

function messageOf(text: string): string {
  try {
    const { error } = JSON.parse(text) as { error: { message: string; param: string | null } };
    return error.param === null ? error.message : `${error.message} (${error.param})`;
  } catch {
    return text.slice(0, 200);
  }
}
