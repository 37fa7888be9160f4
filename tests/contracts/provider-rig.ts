import type { Dialect, SaidChoice } from "../providers/dialects/said.ts";
import { createRig, type Rig, type Setting } from "../providers/support.ts";
import type { Script } from "../upstream/index.ts";

/** A model over a scripted upstream that speaks so. */
export function rigFor(
  { adapter, capabilities }: Dialect,
  script: Script,
  { capabilities: further, ...setting }: Setting = {},
): Promise<Rig> {
  return createRig(script, { adapter, capabilities: { ...capabilities, ...further }, ...setting });
}

export const PLAIN: SaidChoice = { pieces: ["2", "4"], ending: "stop" };
export const USAGE = { prompt: 10, completion: 3 };
