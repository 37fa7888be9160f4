import { spawnSync } from "node:child_process";
import { copyFileSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");

/** biome.json denies the globals that open connections; biome tells them from parameters and methods of the same name. */
function lint(cwd: string) {
  const args = ["lint", "--only=style/noRestrictedGlobals", "--vcs-enabled=false", "src", "durable-objects"];
  const { status, stdout, stderr } = spawnSync(join(root, "node_modules/.bin/biome"), args, { cwd, encoding: "utf8" });
  return { status, said: `${stdout}${stderr}` };
}

test("nothing but egress.ts names the platform's ways out", () => {
  const { status, said } = lint(root);
  expect(status, said).toBe(0);
});

test.each([
  ["export const leak = () => fetch('https://a.example');", true],
  ["export const leak = { way: fetch };", true],
  ["export const leak = () => new WebSocket('wss://a.example');", true],
  ["export const kept = (fetch: () => void) => fetch();", false],
  ["export const kept = (stub: { fetch(): void }) => stub.fetch();", false],
])("the lint that says so, asked of %s, objects: %s", (code, isLeak) => {
  for (const place of ["src/core/leak.ts", "src/providers/openai/leak.ts", "durable-objects/outlet/leak.ts"]) {
    const copy = mkdtempSync(join(tmpdir(), "espalier-lint-"));
    copyFileSync(join(root, "biome.json"), join(copy, "biome.json"));
    for (const folder of ["src", "durable-objects", dirname(place)]) mkdirSync(join(copy, folder), { recursive: true });
    writeFileSync(join(copy, "src/fine.ts"), "export const fine = 1;\n");
    writeFileSync(join(copy, "durable-objects/fine.ts"), "export const fine = 1;\n");
    writeFileSync(join(copy, place), `${code}\n`);
    const { status, said } = lint(copy);
    rmSync(copy, { recursive: true });
    expect(status === 0, `${place}: ${said}`).toBe(!isLeak);
    expect(said.includes("leaves through egress()"), said).toBe(isLeak);
  }
});

test("no module that opens sockets is imported", () => {
  const files = globSync("{src,durable-objects}/**/*.ts", { cwd: root });
  expect(files.length).toBeGreaterThan(100);
  const opens = /(?:from |import\()"(?:cloudflare:sockets|node:(?:https?|http2|net|tls|dgram)|undici)"/;
  expect(files.filter((file) => opens.test(readFileSync(join(root, file), "utf8")))).toEqual([]);
});
