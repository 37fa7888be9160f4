import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ROOT } from "../../scripts/run.ts";

// `npm start` and `npm run admin` as their users run them: real processes, a state on disk, the embedded model.
const state = mkdtempSync(join(tmpdir(), "espalier-administration-"));
let service: ChildProcess;
let url = "";
let said = "";
/** Every secret that came up, by what it is. */
const secrets = new Map<string, string>();

beforeAll(async () => {
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  const entry = join(ROOT, "scripts", "start.ts");
  service = spawn(process.execPath, [
    "--disable-warning=ExperimentalWarning",
    entry,
    "--port",
    `${port}`,
    "--state",
    state,
  ]);
  for (const stream of [service.stdout, service.stderr]) stream?.on("data", (chunk: Buffer) => (said += chunk));
  while (!said.includes("Espalier listens on")) {
    if (service.exitCode !== null) throw new Error(`npm start ended:\n${said}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  for (const name of ["key", "management-key", "admin-key", "webhook-signing-key"]) {
    secrets.set(name, readFileSync(join(state, name), "utf8").trim());
  }
});

afterAll(async () => {
  await stop();
  rmSync(state, { recursive: true, force: true });
});

async function stop(): Promise<void> {
  if (service.exitCode !== null || service.signalCode !== null) return;
  const ended = new Promise((resolve) => service.once("exit", resolve));
  service.kill("SIGTERM");
  await ended;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function espalier(...args: string[]): Promise<Run> {
  const command = [join(ROOT, "scripts", "espalier.mjs"), "--url", url, "--state", state, ...args];
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, command);
    return { code: 0, out: stdout, err: stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, out: stdout, err: stderr };
  }
}

// biome-ignore lint/suspicious/noExplicitAny: what it is, is what the test asks
async function json(...args: string[]): Promise<any> {
  const { code, out, err } = await espalier("--json", ...args);
  expect([code, err]).toEqual([0, ""]);
  return JSON.parse(out);
}

async function search(key: string): Promise<void> {
  const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0 });
  const messages = [{ role: "user" as const, content: "Use 4 9 10 13 to make 24" }];
  await client.chat.completions.create({ model: "espalier/24", messages });
}

describe("the command line over the admin API", () => {
  test("makes a key that searches, says what it used, and revokes it", async () => {
    const made = await json("keys", "create", "app");
    secrets.set("an inference key", made.key);
    await search(made.key);
    const usage = await until(
      () => json("usage", "--by", "key,model"),
      (rows) => rows.length > 0,
    );
    expect(usage).toMatchObject([{ key: made.id, model: "espalier/24", searches: 1 }]);
    const csv = await espalier("usage", "--by", "key", "--csv");
    expect(csv.out.split(/\r?\n/)[1]).toMatch(new RegExp(`^${made.id},1,`));
    const table = await espalier("keys", "list");
    expect(table.out).toMatch(new RegExp(`${made.id} +│ app +│ inference +│ active`));
    expect(table.out).not.toContain(made.key);
    expect((await json("keys", "revoke", made.id)).status).toBe("revoked");
    await expect(search(made.key)).rejects.toMatchObject({ status: 401 });
  });

  test("bootstraps a tenant, whose management key administers it alone", async () => {
    const tenant = await json("bootstrap", "--name", "Acme", "--id", "acme");
    secrets.set("another tenant's management key", tenant.management_key);
    const as = ["--key", tenant.management_key];
    expect(await json(...as, "keys", "list")).toMatchObject([{ id: tenant.management_key_id, kind: "management" }]);
    const rotated = await json(...as, "keys", "rotate", tenant.management_key_id, "--grace", "0");
    secrets.set("a rotated key", rotated.key);
    const late = await espalier(...as, "keys", "list");
    expect([late.code, late.err]).toEqual([1, expect.stringContaining("401 Incorrect API key")]);
    expect((await json("tenants", "list")).map(({ id }: { id: string }) => id)).toContain("acme");
  });

  test("sets a budget and raises the same one, and a limit that binds", async () => {
    const first = await json("budgets", "set", "tenant", "--usd", "5", "--per", "day", "--time-zone", "Europe/Berlin");
    const raised = await json(
      "budgets",
      "set",
      "tenant",
      "--usd",
      "7.5",
      "--per",
      "day",
      "--time-zone",
      "Europe/Berlin",
    );
    expect(raised).toMatchObject({ id: first.id, amount_usd: 7.5, free_usd: 7.5 });
    expect((await espalier("budgets", "list")).out).toContain("day (Europe/Berlin)");
    const { id, key } = await json("keys", "create", "slow");
    secrets.set("a limited key", key);
    await json("limits", "set", `key:${id}`, "--parallel-searches", "0");
    await expect(search(key)).rejects.toMatchObject({ status: 429 });
    await json("limits", "set", `key:${id}`, "--parallel-searches", "none");
    await search(key);
  });

  test("shows a webhook's secret once, and verifies the audit log", async () => {
    const webhook = await json("webhooks", "create", "https://hooks.example.com/in");
    expect(webhook.secret).toMatch(/^whsec_/);
    secrets.set("a webhook's secret", webhook.secret);
    expect(JSON.stringify(await json("webhooks", "list"))).not.toContain("whsec_");
    const verdict = await json("audit", "verify");
    expect(verdict).toMatchObject({ intact: true });
    expect(await json("audit", "verify", "--known", `${verdict.entries}:${verdict.hash}`)).toMatchObject({
      intact: true,
    });
    expect((await json("audit", "list")).at(-1).action).toBe("webhook.create");
  });

  test("says what is wrong: 1 where the service refuses, 2 where the call is none", async () => {
    const missing = await espalier("keys", "show", "nobody");
    expect([missing.code, missing.err.trim()]).toEqual([1, "espalier: 404 There is no key 'nobody'."]);
    expect((await espalier("keys", "explode")).code).toBe(2);
    expect((await espalier("keys", "create", "x", "--expires", "tomorrow")).code).toBe(2);
    expect((await espalier("--help")).code).toBe(0);
  });
});

describe("I12: no secret is at rest or in a log", () => {
  test("of all that came up, none is in a file of D1 or of an object, and only the local key is printed", async () => {
    await stop();
    expect(secrets.size).toBeGreaterThanOrEqual(9);
    const files = readdirSync(state, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
    const kept = files.filter(({ parentPath, name }) => !(parentPath === state && secrets.has(name)));
    const databases = kept.filter(({ name }) => name.includes(".sqlite"));
    expect(databases.length).toBeGreaterThan(3);
    for (const [what, secret] of secrets) {
      // Its public id and its checksum may be anywhere; what makes it a secret may not.
      const part = secret.startsWith("esp_") ? secret.slice(-49, -6) : secret;
      for (const { parentPath, name } of kept) {
        expect(readFileSync(join(parentPath, name)).includes(part), `${what} in ${name}`).toBe(false);
      }
      if (what !== "key") expect(said.includes(part), `${what} in the log`).toBe(false);
    }
    // What is looked for would be found: the digest of a key is there.
    const digest = await digestOf(secrets.get("a limited key") ?? "");
    const hasDigest = kept.some(({ parentPath, name }) => readFileSync(join(parentPath, name)).includes(digest));
    expect(hasDigest).toBe(true);
  });
});

async function digestOf(text: string): Promise<string> {
  return Buffer.from(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))).toString("hex");
}

async function until<T>(read: () => Promise<T>, isEnough: (value: T) => boolean): Promise<T> {
  for (;;) {
    const value = await read();
    if (isEnough(value)) return value;
  }
}
