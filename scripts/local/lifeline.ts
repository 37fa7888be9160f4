import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

/**
 * workerd outlives a parent that is killed with -9, and would keep the port and the database to itself. The lifeline is
 * a small process that holds a pipe from us: when we die, however we die, the pipe closes and it takes workerd along.
 * Returns the function that lets go of it after an orderly end.
 */
export function tieChildrenToUs(): () => void {
  const children = workerdChildren();
  if (children.length === 0) return () => {};
  const script = 'cat > /dev/null; kill -9 "$@" 2> /dev/null';
  const lifeline = spawn("sh", ["-c", script, "lifeline", ...children], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  lifeline.unref();
  return () => void lifeline.kill("SIGKILL");
}

/**
 * Process ids of our own workerd. From /proc where there is one, else from `ps`; where there is neither there is no
 * lifeline: all works, but a workerd orphaned by kill -9 must be ended by hand.
 */
function workerdChildren(): string[] {
  const ofProc = `/proc/${process.pid}/task/${process.pid}/children`;
  if (existsSync(ofProc)) {
    const children = readFileSync(ofProc, "utf8").trim().split(/\s+/);
    return children.filter((id) => id !== "" && readFileSync(`/proc/${id}/comm`, "utf8").includes("workerd"));
  }
  const listing = spawnSync("ps", ["-A", "-o", "pid=,ppid=,comm="], { encoding: "utf8" }).stdout ?? "";
  return listing
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter(([, parent, command]) => parent === String(process.pid) && command?.includes("workerd"))
    .map(([id]) => id ?? "");
}
