/**
 * A circuit breaker (Nygard, Release It!, 2007) as a pure state machine: what may be asked of one target, by what it did
 * lately. It counts calls and not time, so that a slow minute and a fast second are judged alike.
 *
 * | state     | a call                | leaves it by                                                         |
 * |-----------|-----------------------|----------------------------------------------------------------------|
 * | closed    | passes                | failures in a row, or their share of the last calls: open            |
 * | open      | is refused            | the cooldown is over and somebody asks: half-open, with this call     |
 * | half-open | is refused            | the one probe: succeeded, closed; failed, open for twice as long     |
 */
export type Circuit =
  /** `recent`: did the last calls fail? Newest last. */
  | { readonly type: "closed"; readonly recent: readonly boolean[] }
  | { readonly type: "open"; readonly untilMs: number; readonly cooldowns: number }
  /** `hasProbe`: the one call that may pass is under way. */
  | { readonly type: "half-open"; readonly hasProbe: boolean; readonly cooldowns: number };

export interface BreakerSettings {
  /** Calls that are remembered. */
  readonly window: number;
  /** Below so many calls no share means anything. */
  readonly minimumCalls: number;
  /** Of the remembered calls, in (0, 1]. */
  readonly failureShare: number;
  /** These suffice by themselves. */
  readonly failuresInARow: number;
  readonly firstCooldownMs: number;
  readonly longestCooldownMs: number;
}

/**
 * Five failures in a row are Envoy's default (`consecutive_5xx`), half of the window is Hystrix's. The first cooldown is what a
 * client's own second attempt would wait.
 */
export const BREAKER: BreakerSettings = {
  window: 20,
  minimumCalls: 10,
  failureShare: 0.5,
  failuresInARow: 5,
  firstCooldownMs: 1000,
  longestCooldownMs: 60_000,
};

export const CLOSED: Circuit = { type: "closed", recent: [] };

/** `refused`: not before `untilMs`, which is null while a probe is out. */
export type Admission =
  | { readonly type: "pass" }
  | { readonly type: "probe" }
  | { readonly type: "refused"; readonly untilMs: number | null };

/** Somebody wants to make a call. What is admitted must be settled, once. */
export function ask(circuit: Circuit, nowMs: number): { readonly circuit: Circuit; readonly admission: Admission } {
  switch (circuit.type) {
    case "closed":
      return { circuit, admission: { type: "pass" } };
    case "open": {
      const { untilMs, cooldowns } = circuit;
      if (nowMs < untilMs) return { circuit, admission: { type: "refused", untilMs } };
      return { circuit: { type: "half-open", hasProbe: true, cooldowns }, admission: { type: "probe" } };
    }
    case "half-open":
      if (circuit.hasProbe) return { circuit, admission: { type: "refused", untilMs: null } };
      return { circuit: { ...circuit, hasProbe: true }, admission: { type: "probe" } };
  }
}

/** `nothing`: the call was cancelled before it told anything about its target. */
export type CallReport = "success" | "failure" | "nothing";

/**
 * A call has come back. Results of calls that passed before the circuit opened change nothing any more. `jitter` is a draw
 * from [0, 1): the cooldown is cut by up to a half of it, or all objects would probe at the same moment.
 */
export function settle(
  circuit: Circuit,
  isProbe: boolean,
  report: CallReport,
  nowMs: number,
  jitter: number,
  settings: BreakerSettings = BREAKER,
): Circuit {
  if (circuit.type === "closed")
    return report === "nothing" ? circuit : afterCall(circuit.recent, report, nowMs, jitter, settings);
  if (circuit.type === "open" || !isProbe) return circuit;
  switch (report) {
    case "success":
      return CLOSED;
    case "failure":
      return opened(circuit.cooldowns + 1, nowMs, jitter, settings);
    case "nothing":
      return { ...circuit, hasProbe: false };
  }
}

function afterCall(
  earlier: readonly boolean[],
  report: "success" | "failure",
  nowMs: number,
  jitter: number,
  settings: BreakerSettings,
): Circuit {
  const recent = [...earlier, report === "failure"].slice(-settings.window);
  if (report === "success") return { type: "closed", recent };
  const inARow = recent.length - 1 - recent.lastIndexOf(false);
  const failed = recent.filter(Boolean).length;
  const isShare = recent.length >= settings.minimumCalls && failed >= settings.failureShare * recent.length;
  const isTripped = inARow >= settings.failuresInARow || isShare;
  return isTripped ? opened(1, nowMs, jitter, settings) : { type: "closed", recent };
}

function opened(cooldowns: number, nowMs: number, jitter: number, settings: BreakerSettings): Circuit {
  const longest = Math.min(settings.longestCooldownMs, settings.firstCooldownMs * 2 ** (cooldowns - 1));
  return { type: "open", untilMs: nowMs + Math.ceil(longest * (1 - jitter / 2)), cooldowns };
}
