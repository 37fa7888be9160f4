import type { Capabilities } from "../../core/model.ts";
import { clippedEffort } from "./effort.ts";

/**
 * What this model is sent of the request's own parameters. An effort is clipped to those that it takes. Names that only
 * some providers know, and that others refuse as unknown, are left out unless it is declared to take them: the keys of
 * its prompt cache, the pseudonym of the end user.
 */
export function acceptedBy(
  { reasoningEfforts, promptCacheKey, safetyIdentifier }: Capabilities,
  forwarded: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const { reasoning_effort, prompt_cache_key, prompt_cache_options, prompt_cache_retention, ...rest } = forwarded;
  const { safety_identifier, ...others } = rest;
  const effort = clippedEffort(reasoning_effort, reasoningEfforts);
  return {
    ...others,
    ...(effort !== null && { reasoning_effort: effort }),
    ...(promptCacheKey === true && defined({ prompt_cache_key, prompt_cache_options, prompt_cache_retention })),
    ...(safetyIdentifier === true && defined({ safety_identifier })),
  };
}

function defined(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
