/**
 * Plans by name. A preset fills in what its own channel leaves open; explicit fields win over it. `off` is one call; the
 * others say how much to spend and leave the method to the service, which then searches in any case: by vote where no
 * verifier can tell right from wrong.
 */
export const PRESETS = {
  off: { method: "single" },
  fast: { "budget.max_rollouts": 4, "budget.max_wall_ms": 30_000 },
  balanced: { "budget.max_rollouts": 8, "budget.max_wall_ms": 55_000 },
  deep: { "budget.max_rollouts": 16, "budget.max_wall_ms": 110_000 },
  /** WIRE.md decision 5: more wall time is for those who ask for it. */
  max: { "budget.max_rollouts": 32, "budget.max_wall_ms": 240_000 },
} as const satisfies Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export type Preset = keyof typeof PRESETS;

export const PRESET_NAMES = Object.keys(PRESETS) as readonly Preset[];

export function isPreset(text: string): text is Preset {
  return Object.hasOwn(PRESETS, text);
}

/** Candidates of a request that says nothing: the alias's default, as many as `balanced`. */
export const DEFAULT_MAX_ROLLOUTS = PRESETS.balanced["budget.max_rollouts"];
