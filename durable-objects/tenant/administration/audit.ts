import { succeed } from "../../../src/core/result.ts";
import {
  type AuditEntry,
  type AuditHead,
  type AuditVerdict,
  GENESIS,
  verifyAudit,
} from "../../../src/ledger/audit/chain.ts";
import type { AuditStore, Desk, Outcome } from "./operation.ts";
import type { Input } from "./protocol.ts";

export function listAudit({ audit }: Desk, { after, limit }: Input<"audit.list">): Outcome<readonly AuditEntry[]> {
  return succeed(audit.list(after, limit));
}

const PAGE = 500;

/**
 * The whole log from its beginning, page by page, up to its head; and whether the entry that the caller has kept is still
 * the one it was: without that, nobody could tell a log that was made anew from the beginning.
 */
export function verifyLog({ audit }: Desk, { known }: Input<"audit.verify">): Outcome<AuditVerdict> {
  const end = audit.head();
  let head: AuditHead = GENESIS;
  while (head.sequence < end.sequence) {
    const page = audit.list(head.sequence, PAGE);
    const isLast = page.length === 0 || head.sequence + page.length >= end.sequence;
    const verdict = verifyAudit(page, head, isLast ? end : null);
    if (verdict.type === "broken") return succeed(verdict);
    head = verdict.head;
    if (page.length === 0) break;
  }
  if (known !== null && !isAt(audit, known)) {
    return succeed({ type: "broken", sequence: known.sequence, fault: "head" });
  }
  return succeed({ type: "intact", head });
}

function isAt(audit: AuditStore, { sequence, hash }: AuditHead): boolean {
  if (sequence === 0) return hash === GENESIS.hash;
  const [entry] = audit.list(sequence - 1, 1);
  return entry?.sequence === sequence && entry.hash === hash;
}
