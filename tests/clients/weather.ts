import { z } from "zod";

/** What the tool takes and what is told of the weather; the scripted upstream's scenarios `tools` and `weather`. */
export const CITY_SCHEMA = z.object({ city: z.string() });
export const WEATHER = z.object({ city: z.string(), degrees: z.number() });

export const CITY = {
  type: "object" as const,
  properties: { city: { type: "string" as const } },
  required: ["city"],
  additionalProperties: false,
};
