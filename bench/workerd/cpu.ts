import { existsSync, readFileSync } from "node:fs";

/** Linux' clock ticks per second, for user space always. */
const TICKS_PER_SECOND = 100;

/**
 * Milliseconds of processor time that a process has used so far, in 10 ms steps; null where there is no /proc. Unlike
 * wall time it hardly changes with what else the machine is doing.
 */
export function processorMs(processId: number): number | null {
  const file = `/proc/${processId}/stat`;
  if (!existsSync(file)) return null;
  // The command's name may hold spaces: the fields are counted from the bracket after it (proc(5): 14 utime, 15 stime).
  const fields = readFileSync(file, "utf8").split(") ")[1]?.split(" ") ?? [];
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND;
}
