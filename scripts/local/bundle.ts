import { spawn } from "node:child_process";
import { existsSync, globSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../run.ts";

const OUT = join(ROOT, ".espalier", "bundle");
const BUNDLE = join(OUT, "worker.js");
const SOURCES = ["src/**/*.ts", "durable-objects/**/*.ts", "wrangler.toml", "package-lock.json"];

/** The Worker as wrangler would deploy it; built anew when a source is newer. Returns the path of its only module. */
export async function buildBundle(): Promise<string> {
  if (existsSync(BUNDLE) && newestSourceMs() < statSync(BUNDLE).mtimeMs) return BUNDLE;
  mkdirSync(OUT, { recursive: true });
  const output: string[] = [];
  const status = await new Promise<number>((resolve, reject) => {
    const child = spawn("wrangler", ["deploy", "--dry-run", "--outdir", OUT], {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, CI: "1", WRANGLER_HIDE_BANNER: "true" },
    });
    child.stdout.on("data", (chunk) => output.push(String(chunk)));
    child.stderr.on("data", (chunk) => output.push(String(chunk)));
    child.on("error", reject);
    child.on("exit", (code) => resolve(code ?? 1));
  });
  if (status !== 0 || !existsSync(BUNDLE)) throw new Error(`the Worker does not build:\n${output.join("")}`);
  return BUNDLE;
}

function newestSourceMs(): number {
  const files = globSync(SOURCES, { cwd: ROOT });
  return Math.max(...files.map((file) => statSync(join(ROOT, file)).mtimeMs));
}
