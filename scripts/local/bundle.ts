import { spawn } from "node:child_process";
import { existsSync, globSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../run.ts";

const OUT = join(ROOT, ".espalier", "bundle");
const BUNDLE = join(OUT, "worker.js");
const SOURCES = ["src/**/*.{ts,js,wasm}", "durable-objects/**/*.ts", "wrangler.toml", "package-lock.json"];

/** The Worker's modules, the main one first: its script, and the sandbox's interpreters beside it. */
export interface Bundle {
  readonly modulesRoot: string;
  readonly modules: { readonly type: "ESModule" | "CompiledWasm"; readonly path: string }[];
}

/** The Worker as wrangler would deploy it; built anew when a source is newer. */
export async function buildBundle(): Promise<Bundle> {
  if (!existsSync(BUNDLE) || newestSourceMs() >= statSync(BUNDLE).mtimeMs) await build();
  // Named in the script by the hash of their bytes; those of earlier builds lie there too.
  const interpreters = readFileSync(BUNDLE, "utf8").matchAll(/import\("\.\/([^"/]+\.wasm)"\)/g);
  return {
    modulesRoot: OUT,
    modules: [
      { type: "ESModule", path: BUNDLE },
      ...[...interpreters].map(([, name = ""]) => ({ type: "CompiledWasm" as const, path: join(OUT, name) })),
    ],
  };
}

async function build(): Promise<void> {
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
}

function newestSourceMs(): number {
  const files = globSync(SOURCES, { cwd: ROOT });
  return Math.max(...files.map((file) => statSync(join(ROOT, file)).mtimeMs));
}
