import type { Told } from "../world/clients.ts";
import type { Report } from "./violations.ts";

/** One idempotency key, one search, one answer to the byte; another request under the same key gets none (I8). */
export function auditAnswers(told: readonly Told[], report: Report): void {
  const keyed = told.filter(({ request, status }) => request.key !== null && status === 200);
  for (const [key, answers] of Map.groupBy(keyed, ({ request }) => request.key)) {
    const bodies = new Set(answers.map(({ request }) => JSON.stringify(request.body)));
    // Blanks before an answer keep its connection alive while the search runs.
    const texts = new Set(answers.map(({ text }) => text.trim()));
    const searches = new Set(answers.map(({ searchId }) => searchId));
    if (bodies.size > 1) report("I8", `${key}: ${bodies.size} different requests were answered`);
    if (searches.size > 1) report("I8", `${key}: ${searches.size} searches answered it`);
    if (texts.size > 1) report("I8", `${key}: ${texts.size} different answers`);
  }
}
