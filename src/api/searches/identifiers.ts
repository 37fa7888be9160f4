import type { Message, Problem } from "../../core/problem.ts";
import { digestOf } from "../keys/format.ts";

/**
 * The problem with the two identifiers that a provider may be sent (WIRE.md 1.2). Both are digests that include the
 * tenant (whatever names it): a provider's cache is shared by no two of them (I10), and it learns no name of anybody's users.
 *
 * `prompt_cache_key`: the client's, or else the conversation's, by its messages up to the first of the user. All calls of
 * a search share it, and so do the later turns, whose prompts begin the same; a key per search would part them.
 * `safety_identifier`: of the end user, where the client tells one, also as `user`.
 */
export async function withIdentifiers(
  problem: Problem,
  body: Readonly<Record<string, unknown>>,
  tenant: string,
): Promise<Problem> {
  const user = textOf(body.safety_identifier) ?? textOf(body.user);
  const forwarded = {
    ...problem.forwarded,
    prompt_cache_key: await pseudonym("cache", tenant, textOf(body.prompt_cache_key) ?? beginningOf(problem.messages)),
    ...(user !== null && { safety_identifier: await endUserIdOf(tenant, user) }),
  };
  return { ...problem, forwarded };
}

/** What an end user is known by to providers and to the ledger. */
export function endUserIdOf(tenant: string, name: string): Promise<string> {
  return pseudonym("user", tenant, name);
}

function pseudonym(purpose: string, tenant: string, what: unknown): Promise<string> {
  return digestOf(JSON.stringify([purpose, tenant, what]));
}

/** Providers look at the first 256 tokens or so; nothing here copies a picture of 20 MB. */
const BEGINNING_CHARACTERS = 2000;

function beginningOf(messages: readonly Message[]): readonly string[] {
  const first = messages.findIndex(({ role }) => role === "user");
  return messages.slice(0, first === -1 ? messages.length : first + 1).map(({ role, content }) => {
    const texts = typeof content === "string" ? [content] : (content ?? []).map(({ text }) => textOf(text) ?? "");
    return [role, ...texts.map((text) => text.slice(0, BEGINNING_CHARACTERS))].join("\n");
  });
}

function textOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
