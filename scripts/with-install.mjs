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
    // The channel says nothing; its closing tells a service that we are gone.
    stdio: ["inherit", "inherit", "inherit", "ipc"],
    env: {
      ...process.env,
      PATH: `${join(root, "node_modules", ".bin")}:${process.env.PATH ?? ""}`,
      WRANGLER_SEND_METRICS: "false",
      CLOUDFLARE_CF_FETCH_ENABLED: "false",
    },
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  dieWithNpm(child);
  child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 1)));
}

/**
 * Killed with -9, npm leaves the shell and us behind, and with us the port. Where /proc tells (Linux), we notice that the
 * shell which npm started has been handed to another parent, and end the child as roughly. Elsewhere a kill of the whole
 * process group does the same.
 */
function dieWithNpm(child) {
  const shell = process.ppid;
  const npm = parentOf(shell);
  if (process.env.npm_lifecycle_event === undefined || npm === null) return;
  const isShellOfNpm = readFileSync(`/proc/${shell}/cmdline`, "utf8").startsWith("sh\0-c\0");
  if (!isShellOfNpm) return;
  const watch = setInterval(() => {
    if (parentOf(shell) !== npm) child.kill("SIGKILL");
  }, 500);
  watch.unref();
}

/** Process id of the parent; null where it cannot be read. */
function parentOf(processId) {
  try {
    // "pid (command) state parent ...": the command may hold anything but is closed by the last parenthesis.
    const fields = readFileSync(`/proc/${processId}/stat`, "utf8").split(")").at(-1)?.trim().split(" ");
    return Number(fields?.[1]);
  } catch {
    return null;
  }
}
