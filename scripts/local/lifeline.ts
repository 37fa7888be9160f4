import { spawn, spawnSync } from "node:child_process";

/**
 * workerd outlives a parent that is killed with -9, and would keep the port and the database to itself. The lifeline is
 * a small process that holds a pipe from us: when we die, however we die, the pipe closes and it takes workerd along.
 * Returns the function that lets go of it after an orderly end.
 */
export function tieChildrenToUs(): () => void {
  // Where the host has no `ps` there is no lifeline: all works, but a workerd orphaned by kill -9 must be ended by hand.
  const listing = spawnSync("ps", ["-A", "-o", "pid=,ppid=,comm="], { encoding: "utf8" }).stdout ?? "";
  const children = workerdChildren(listing, process.pid);
  if (children.length === 0) return () => {};
  const script = 'cat > /dev/null; kill -9 "$@" 2> /dev/null';
  const lifeline = spawn("sh", ["-c", script, "lifeline", ...children], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  lifeline.unref();
  return () => void lifeline.kill("SIGKILL");
}

/** Process ids from lines of "pid ppid command". */
function workerdChildren(listing: string, parentId: number): string[] {
  return listing
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter(([, parent, command]) => parent === String(parentId) && command?.includes("workerd"))
    .map(([id]) => id ?? "");
}
