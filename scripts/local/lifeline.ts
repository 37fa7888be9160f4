import { execFileSync, spawn } from "node:child_process";

/**
 * workerd outlives a parent that is killed with -9, and would keep the port and the database to itself. The lifeline is
 * a small process that holds a pipe from us: when we die, however we die, the pipe closes and it takes workerd along.
 * Returns the function that lets go of it after an orderly end.
 */
export function tieChildrenToUs(): () => void {
  const children = execFileSync("pgrep", ["-P", String(process.pid), "workerd"], { encoding: "utf8" })
    .trim()
    .split(/\s+/);
  const lifeline = spawn("sh", ["-c", 'cat > /dev/null; kill -9 "$@" 2> /dev/null', "lifeline", ...children], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  lifeline.unref();
  return () => void lifeline.kill("SIGKILL");
}
