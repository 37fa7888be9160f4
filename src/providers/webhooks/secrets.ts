import { z } from "zod";
import { fail, type Result, succeed } from "../../core/result.ts";

/**
 * A signing secret, as the Worker variable WEBHOOK_SECRETS has it: a JSON object from name to
 * `{"secrets": ["whsec_..."], "origin": "https://scorer.example.com"}`. Bound to an origin, since these names are the
 * deployment's: else anybody's request could have anything signed with them and sent to an address of its own. Several
 * secrets while one replaces another: each signs. They are the deployment's: a tenant has none of its own.
 */
export interface WebhookSecret {
  readonly name: string;
  readonly secrets: readonly string[];
  readonly origin: string;
}

/** Standard Webhooks: base64 of 24 to 64 random bytes behind "whsec_". */
const secretSchema = z
  .string()
  .regex(/^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/, 'must be "whsec_" and 24 to 64 bytes in base64');

const secretsSchema = z.record(
  z.string().min(1).max(64),
  z.strictObject({
    secrets: z.array(secretSchema).min(1).max(4),
    origin: z.string().refine((text) => URL.canParse(text) && new URL(text).origin === text, "must be an origin"),
  }),
);

/** The message names the path and never repeats a value. */
export function parseWebhookSecrets(json: string): Result<readonly WebhookSecret[], string> {
  let raw: unknown;
  try {
    raw = JSON.parse(json);
  } catch {
    return fail("WEBHOOK_SECRETS is not valid JSON");
  }
  const parsed = secretsSchema.safeParse(raw);
  if (parsed.success) return succeed(Object.entries(parsed.data).map(([name, secret]) => ({ name, ...secret })));
  const lines = parsed.error.issues.map(({ path, message }) => `${["WEBHOOK_SECRETS", ...path].join(".")}: ${message}`);
  return fail(lines.join("; "));
}
