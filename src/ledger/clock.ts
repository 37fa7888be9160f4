/**
 * What the ledger knows of time. A wall clock may be set back or jump ahead (another machine after a move, a correction
 * by NTP), so two kinds of time are kept apart (I22):
 * - `wallMs` says which day it is: budget windows and the expiry of keys and top-ups go by it. A window's spending is
 *   kept under the window's start, so a clock that steps back over a boundary and crosses it again finds what was
 *   spent: it cannot reset twice.
 * - `elapsedMs` only ever grows, by what the wall clock has been seen to advance: leases and rates go by it. A clock
 *   set back stands still for them once and then runs on; it neither extends a lease nor keeps it from ending. One
 *   that jumps ahead ends leases early (their settlements correct what was then posted) and lets rates start afresh.
 */
export interface Clock {
  /** Milliseconds since 1970, as last read. */
  readonly wallMs: number;
  readonly elapsedMs: number;
}

/** `clock` is null at the ledger's first command. */
export function advanceClock(clock: Clock | null, nowMs: number): Clock {
  if (clock === null) return { wallMs: nowMs, elapsedMs: 0 };
  return { wallMs: nowMs, elapsedMs: clock.elapsedMs + Math.max(0, nowMs - clock.wallMs) };
}
