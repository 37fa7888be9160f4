import { spawn } from "node:child_process";
import { existsSync, globSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../run.ts";

const ENTRY = "src/worker.ts";
const SOURCES = ["src/**/*.{ts,js,wasm}", "durable-objects/**/*.ts", "wrangler.toml", "package-lock.json"];

/** The Worker's modules, the main one first: its script, and the sandbox's interpreters beside it. */
export interface Bundle {
  readonly modulesRoot: string;
  readonly modules: { readonly type: "ESModule" | "CompiledWasm"; readonly path: string }[];
}

/**
 * The Worker as wrangler would deploy it; built anew when a source is newer. `entry` is another main module than
 * wrangler.toml's, from the repository's root.
 */
export async function buildBundle(entry: string = ENTRY): Promise<Bundle> {
  const out = join(ROOT, ".espalier", entry === ENTRY ? "bundle" : `bundle-${entry.replaceAll("/", "-")}`);
  const bundle = join(out, "worker.js");
  const sources = entry === ENTRY ? SOURCES : [...SOURCES, entry];
  if (!existsSync(bundle) || newestMs(sources) >= statSync(bundle).mtimeMs) await build(entry, out);
  // Named in the script by the hash of their bytes; those of earlier builds lie there too.
  const interpreters = readFileSync(bundle, "utf8").matchAll(/import\("\.\/([^"/]+\.wasm)"\)/g);
  return {
    modulesRoot: out,
    modules: [
      { type: "ESModule", path: bundle },
      ...[...interpreters].map(([, name = ""]) => ({ type: "CompiledWasm" as const, path: join(out, name) })),
    ],
  };
}

async function build(entry: string, out: string): Promise<void> {
  mkdirSync(out, { recursive: true });
  const output: string[] = [];
  const status = await new Promise<number>((resolve, reject) => {
    const child = spawn("wrangler", ["deploy", entry, "--dry-run", "--outdir", out], {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, CI: "1", WRANGLER_HIDE_BANNER: "true" },
    });
    child.stdout.on("data", (chunk) => output.push(String(chunk)));
    child.stderr.on("data", (chunk) => output.push(String(chunk)));
    child.on("error", reject);
    child.on("exit", (code) => resolve(code ?? 1));
  });
  if (status !== 0 || !existsSync(join(out, "worker.js")))
    throw new Error(`the Worker does not build:\n${output.join("")}`);
}

function newestMs(sources: readonly string[]): number {
  const files = globSync(sources, { cwd: ROOT });
  return Math.max(...files.map((file) => statSync(join(ROOT, file)).mtimeMs));
}
