import { z } from "zod";
import { fail, type Result, succeed } from "../../core/result.ts";

/** What a scorer says of one candidate; null where it has no opinion. */
export type Opinion = { readonly value: number; readonly reason: string | null } | null;

const LONGEST_REASON = 500;

const scoreSchema = z.number().min(0).max(1);
const replySchema = z.object({
  scores: z.array(z.union([z.null(), scoreSchema, z.object({ score: scoreSchema, reason: z.string().nullish() })])),
});

/**
 * Reads `{"scores": [0.5, null, {"score": 1, "reason": "..."}]}`, one entry per candidate in order. A score outside [0, 1],
 * or too few or too many of them, is a fault of the whole reply and is never mended: a scorer that counts to ten must be
 * noticed.
 */
export function readReply(reply: unknown, count: number): Result<readonly Opinion[], string> {
  const parsed = replySchema.safeParse(reply);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const at = issue === undefined || issue.path.length === 0 ? "the reply" : issue.path.map(String).join(".");
    return fail(
      `${at} is not as it should be: {"scores": [...]} with a number in [0, 1], null or {"score", "reason"} each`,
    );
  }
  const { scores } = parsed.data;
  if (scores.length !== count) return fail(`it has ${scores.length} scores for ${count} candidates`);
  return succeed(
    scores.map((one): Opinion => {
      if (one === null) return null;
      if (typeof one === "number") return { value: one, reason: null };
      return { value: one.score, reason: one.reason?.slice(0, LONGEST_REASON) ?? null };
    }),
  );
}
