import { z } from "zod";
import { FAULT_NAMES } from "./faults.ts";
import { LATENCY_NAMES } from "./latency.ts";

const milliseconds = z.number().min(0).max(600_000);
const share = z.number().min(0).max(1);

const distribution = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("constant"), ms: milliseconds }),
  /** `exp(Normal(ln medianMs, sigma))`; sigma 0.5 is what hosted models show between their quartiles, roughly. */
  z.strictObject({ type: z.literal("lognormal"), medianMs: milliseconds, sigma: z.number().min(0).max(3) }),
]);

/** One rule of when a call goes wrong. It applies to the calls named, or to a share of all, drawn by seed and number. */
const faultRule = z.strictObject({
  fault: z.enum(FAULT_NAMES),
  share: share.default(1),
  /** Numbers of calls since the ledger was reset, from 1; all where left out. */
  calls: z.array(z.int().min(1)).optional(),
  /** Calls of this model alone. */
  model: z.string().optional(),
});

/** What the provider does. Everything drawn hangs on `seed` and on the call, never on what came before. */
export const settingsSchema = z.strictObject({
  seed: z.int().default(0),
  models: z.array(z.string().min(1)).min(1).default(["scripted"]),
  /** Before the headers, from there to the first token, and between two tokens; each drawn anew per call or token. */
  latency: z.strictObject(Object.fromEntries(LATENCY_NAMES.map((name) => [name, distribution.optional()]))).default({}),
  /** Calls that take `factor` times as long, in every part. */
  stragglers: z.strictObject({ share, factor: z.number().min(1).max(1000) }).default({ share: 0, factor: 1 }),
  /** The first rule that applies wins. */
  faults: z.array(faultRule).default([]),
  /**
   * Connections of one invocation that may wait for headers at once; null for any number. The next one waits, unanswered
   * and with its latency not begun, until one of them has its headers: what production does. Invocations are told apart by
   * a header (FAN_OUT's `tagged`); all callers that do not send it are one.
   */
  headerSlots: z.int().min(1).nullable().default(null),
  /** Game of 24: the share of right answers. */
  solveShare: share.default(0),
});

export type Settings = z.output<typeof settingsSchema>;
export type SettingsInput = z.input<typeof settingsSchema>;
export type Distribution = z.output<typeof distribution>;
