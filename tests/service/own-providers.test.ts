import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { createProgram } from "../../scripts/admin/program.ts";
import { type LocalService, startLocalService } from "../../scripts/local/service.ts";

const CANARY = "sk-canary-on-disk-71c0e9";
const state = mkdtempSync(join(tmpdir(), "espalier-own-"));

afterAll(() => rmSync(state, { recursive: true, force: true }));

function start(): Promise<LocalService> {
  return startLocalService({ stateDirectory: state, port: 0, providers: [] });
}

async function admin({ url, managementKey }: LocalService, method: string, path: string) {
  const response = await fetch(`${url}/v1/admin${path}`, {
    method,
    headers: { authorization: `Bearer ${managementKey}` },
  });
  // biome-ignore lint/suspicious/noExplicitAny: what it is, is what the test asks
  return { status: response.status, body: (await response.json()) as any };
}

/** What `npm run admin` prints. */
async function command({ url, managementKey, adminKey }: LocalService, ...words: string[]): Promise<string> {
  const lines: string[] = [];
  const environment = {
    ESPALIER_URL: url,
    ESPALIER_MANAGEMENT_KEY: managementKey,
    ESPALIER_ADMIN_KEY: adminKey,
    ESPALIER_PROVIDER_KEY: CANARY,
  };
  await createProgram(environment, (line) => lines.push(line)).parseAsync(["node", "espalier", ...words]);
  return lines.join("\n");
}

/** Every byte that the service has written, the database's logs included. */
function bytesOnDisk(): Buffer {
  const files = globSync("**/*", { cwd: state, withFileTypes: true }).filter((entry) => entry.isFile());
  expect(files.length).toBeGreaterThan(3);
  return Buffer.concat(files.map((file) => readFileSync(join(file.parentPath, file.name))));
}

test("I12, T22: no file holds a credential, it outlives a restart and a rotation, and a lost master key is told at the start", async () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  const first = await start();
  const file = join(tmpdir(), `espalier-entry-${process.pid}.json`);
  const entry = { name: "mine", baseUrl: "https://api.example.com/v1", models: [{ id: "mine/model" }] };
  writeFileSync(file, JSON.stringify(entry));
  const made = JSON.parse(await command(first, "--json", "providers", "create", file));
  rmSync(file);
  expect(made.credential).toMatchObject({ decryptable: true, last_four: "c0e9", version: 1 });
  const changed = JSON.parse(await command(first, "--json", "providers", "set-key", made.id));
  expect(changed.credential).toEqual({ ...made.credential, version: 2 });
  const listed = await command(first, "providers", "list");
  expect(listed).toContain("...c0e9");
  expect(listed).not.toContain(CANARY);
  await first.close();
  const onDisk = bytesOnDisk();
  expect(onDisk.includes("v1.A256GCM.")).toBe(true);
  for (const form of [CANARY, btoa(CANARY), "canary-on-disk"]) expect(onDisk.includes(form)).toBe(false);

  const keysFile = join(state, "master-keys");
  const old = JSON.parse(readFileSync(keysFile, "utf8"));
  const next = btoa(String.fromCharCode(...new Uint8Array(32).fill(9)));
  writeFileSync(keysFile, JSON.stringify({ current: "local-2", keys: { ...old.keys, "local-2": next } }));
  const second = await start();
  expect(warn.mock.calls.flat().join()).toContain("1 data keys are sealed with an earlier master key");
  const rotated = JSON.parse(await command(second, "--json", "master-keys", "rotate"));
  expect(rotated).toMatchObject({ up_to_date: 1, remaining: 0, undecryptable: 0, removable: ["local-1"] });
  await second.close();

  warn.mockClear();
  writeFileSync(keysFile, JSON.stringify({ current: "local-2", keys: { "local-2": next } }));
  const third = await start();
  expect(warn).not.toHaveBeenCalled();
  expect((await admin(third, "GET", "/providers")).body.data).toEqual([changed]);
  await third.close();

  writeFileSync(keysFile, JSON.stringify(old));
  const fourth = await start();
  expect(warn.mock.calls.flat().join()).toContain("1 data keys cannot be opened");
  expect((await admin(fourth, "GET", "/providers")).body.data[0].credential.decryptable).toBe(false);
  await expect(command(fourth, "master-keys", "audit")).rejects.toThrow(
    "1 data keys open with no configured master key",
  );
  await fourth.close();
  warn.mockRestore();
});
