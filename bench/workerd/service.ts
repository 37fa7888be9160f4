import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type {
  AdministrationError,
  AdministrationName,
  Input,
  Output,
} from "../../durable-objects/tenant/administration/protocol.ts";
import { type Bundle, buildBundle } from "../../scripts/local/bundle.ts";
import { MIGRATIONS_TABLE, readMigrations } from "../../scripts/local/database.ts";
import { keepKey, LOCAL_TENANT, statementForKey } from "../../scripts/local/key.ts";
import type { Result } from "../../src/core/result.ts";
import { tenantCodeOf } from "../../src/ledger/keys/tenant-code.ts";
import type { ProviderConfig } from "../../src/providers/config.ts";
import { writeConfig } from "./config.ts";

export interface BareServiceOptions {
  readonly providers: readonly ProviderConfig[];
  /** Further Worker variables by name, e.g. LIMITS. */
  readonly variables?: Readonly<Record<string, string>>;
  /**
   * Where its state is, and stays: a service that was killed goes on from there under the same key. A fresh folder, removed
   * at the end, where left out.
   */
  readonly directory?: string;
  /** Another build of the Worker than that of the sources as they are now. */
  readonly bundle?: Bundle;
  /** What workerd prints, line by line; left out, it goes where ours goes. */
  readonly onLine?: (line: string) => void;
}

export interface BareService {
  /** The origin; OpenAI's clients take `${url}/v1`. */
  readonly url: string;
  readonly key: string;
  /** Of workerd, for profilers. */
  readonly processId: number;
  /** Runs statements against D1 in one transaction; the rows of each. */
  sql(statements: readonly SqlStatement[]): Promise<readonly (readonly Record<string, unknown>[])[]>;
  /** What an administrator of the key's tenant does, by the tenant's own object; whatever is refused throws. */
  administer<Name extends AdministrationName>(name: Name, input: Input<Name>): Promise<Output<Name>>;
  /** Commands that the tenant's ledger has carried out since it was woken. */
  ledgerOperations(): Promise<number>;
  /** Kills workerd, as with -9, and removes its state where that was not given. */
  close(): Promise<void>;
}

export interface SqlStatement {
  readonly sql: string;
  readonly params?: readonly (string | number | null)[];
}

/** Who may do everything (durable-objects/tenant/administration/administer.ts). */
const DEPLOYMENT = "deployment";

/** The file that its key is kept in; there from the first start on. */
const KEY = "key";

const START_TIMEOUT_MS = 60_000;

/**
 * The Worker on workerd itself, with nothing before it: no dev proxy, no Miniflare. The bundle that would be deployed,
 * bindings as in wrangler.toml, Durable Objects and D1 in a fresh folder on disk, migrations applied, one key. Everything
 * is on: authentication, the ledger, the durable log, delivery to D1.
 *
 * What differs from production: D1 is Miniflare's object in the same process (a query is a hop, not a network), the disk
 * is local, and nobody limits connections that wait for headers (the scripted provider can).
 */
export async function startBareService(options: BareServiceOptions): Promise<BareService> {
  const { providers, variables = {}, onLine } = options;
  const directory = options.directory ?? mkdtempSync(join(tmpdir(), "espalier-workerd-"));
  const isFresh = !existsSync(join(directory, KEY));
  const allVariables = { PROVIDERS: JSON.stringify(providers), ...variables };
  const { file, environment } = writeConfig(directory, allVariables, options.bundle ?? (await buildBundle()));
  const workerd = process.env.MINIFLARE_WORKERD_PATH ?? createRequire(import.meta.url)("workerd").default;
  // The lifeline: workerd outlives a parent killed with -9, but the shell's stdin closes whatever happens to us.
  const script =
    '"$@" < /dev/null & echo "{\\"event\\":\\"start\\",\\"processId\\":$!}" >&3; exec 3>&-; cat > /dev/null; kill -9 $!; wait $! 2> /dev/null';
  const command = [workerd, "serve", "--experimental", "--control-fd=3", file, "config"];
  const shell = spawn("sh", ["-c", script, "sh", ...command], {
    cwd: directory,
    // A group of its own: what ends ours must not end the lifeline before workerd.
    detached: true,
    stdio: ["pipe", onLine === undefined ? "inherit" : "pipe", onLine === undefined ? "inherit" : "pipe", "pipe"],
    env: { ...process.env, ...environment },
  });
  for (const output of [shell.stdout, shell.stderr]) {
    if (output !== null && onLine !== undefined) createInterface({ input: output }).on("line", onLine);
  }
  const ended = new Promise<void>((resolve) => shell.on("exit", () => resolve()));
  const close = async (): Promise<void> => {
    shell.stdin?.end();
    await ended;
    if (options.directory === undefined) rmSync(directory, { recursive: true, force: true });
  };
  try {
    const { processId, ports } = await listening(shell.stdio[3] as Readable, ["http", "operator"]);
    const operate = async (what: "sql" | "tenant", order: unknown): Promise<unknown> => {
      const response = await fetch(`http://127.0.0.1:${ports.operator}/${what}`, {
        method: "POST",
        body: JSON.stringify(order),
      });
      if (!response.ok) throw new Error(`${what}: ${await response.text()}`);
      return response.json();
    };
    const sql: BareService["sql"] = async (statements) => {
      return operate("sql", statements) as Promise<Record<string, unknown>[][]>;
    };
    const administer: BareService["administer"] = async (name, input) => {
      const args = [LOCAL_TENANT, DEPLOYMENT, name, JSON.stringify(input)];
      const json = await operate("tenant", { code: tenantCodeOf(LOCAL_TENANT), method: "administer", args });
      const done = JSON.parse(json as string) as Result<Output<typeof name>, AdministrationError>;
      if (!done.ok) throw new Error(`${name} was refused: ${json}`);
      return done.value;
    };
    const ledgerOperations = (): Promise<number> =>
      operate("tenant", { code: tenantCodeOf(LOCAL_TENANT), method: "ledgerOperations", args: [] }) as Promise<number>;
    const key = keepKey(join(directory, KEY));
    if (isFresh) {
      const migrations = readMigrations().flatMap(({ statements }) => statements);
      await sql([{ sql: MIGRATIONS_TABLE }, ...migrations, { sql: await statementForKey(key) }]);
    }
    return {
      url: `http://127.0.0.1:${ports.http}`,
      key: key.text,
      processId,
      sql,
      administer,
      ledgerOperations,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Listening {
  readonly processId: number;
  /** By the socket's name. */
  readonly ports: Readonly<Record<string, number>>;
}

/** Resolves once all the sockets listen. The shell, and then workerd, tell each event as a line of JSON. */
async function listening(control: Readable, sockets: readonly string[]): Promise<Listening> {
  const ports: Record<string, number> = {};
  let processId = 0;
  const timer = setTimeout(() => control.destroy(new Error("workerd does not listen")), START_TIMEOUT_MS);
  try {
    for await (const line of createInterface({ input: control })) {
      const event = JSON.parse(line) as { processId?: number; socket?: string; port?: number };
      processId = event.processId ?? processId;
      if (event.socket !== undefined && event.port !== undefined) ports[event.socket] = event.port;
      if (sockets.every((socket) => socket in ports)) return { processId, ports };
    }
    throw new Error("workerd ended before it listened");
  } finally {
    clearTimeout(timer);
  }
}
