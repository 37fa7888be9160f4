// Runs a TypeScript entry point under the project's own Node 22, after installing what is missing or stale.
// Plain JavaScript on purpose: this is the one file that must run on whatever Node (20 or later) the host has,
// before anything is installed.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const stamp = join(root, "node_modules", ".espalier-install");
const node = join(root, "node_modules", ".bin", "node");
const wanted = createHash("sha256")
  .update(readFileSync(join(root, "package-lock.json")))
  .digest("hex");

function isInstalled() {
  return existsSync(node) && existsSync(stamp) && readFileSync(stamp, "utf8") === wanted;
}

if (!isInstalled()) {
  console.error("espalier: installing dependencies (once; again when package-lock.json changes) ...");
  // Not `npm ci`: it fails where a registry mirror lacks the optional packages of other platforms, which the lock file
  // then cannot list. `install --no-save` takes the locked versions all the same and leaves the lock file alone.
  // Development dependencies are always wanted: wrangler and Node 22 are among them.
  const install = spawnSync(
    "npm",
    ["install", "--no-save", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"],
    {
      cwd: root,
      stdio: ["ignore", "inherit", "inherit"],
    },
  );
  if (install.status !== 0) {
    console.error("espalier: npm install failed; see the lines above.");
    process.exit(install.status ?? 1);
  }
  writeFileSync(stamp, wanted);
}

const [entry, ...rest] = process.argv.slice(2);
if (entry !== undefined) {
  const child = spawn(node, ["--disable-warning=ExperimentalWarning", join(root, entry), ...rest], {
    cwd: root,
    stdio: "inherit",
    env: {
      ...process.env,
      PATH: `${join(root, "node_modules", ".bin")}:${process.env.PATH ?? ""}`,
      WRANGLER_SEND_METRICS: "false",
      CLOUDFLARE_CF_FETCH_ENABLED: "false",
    },
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 1)));
}
