import { z } from "zod";

/** For verifiers that take nothing beside `type` and `weight`. */
export const NO_PARAMETERS = z.strictObject({});
