import type { OnDisconnect } from "../../search-object.ts";
import type { Arrival } from "./arrival.ts";

/**
 * What becomes of a search whose client goes away (WIRE.md 4.6): it is cancelled, to save money, unless somebody is meant
 * to come back for it. Nobody can be sure that none does to a background response or to an idempotency key, whatever the
 * request says; one that only asks to be stored may still say otherwise.
 */
export function onDisconnectOf(
  asked: OnDisconnect | undefined,
  { background, store }: Readonly<Record<string, unknown>>,
  arrival: Arrival,
): OnDisconnect {
  if (background === true || arrival.type === "keyed") return "finish";
  return asked ?? (store === true ? "finish" : "cancel");
}
