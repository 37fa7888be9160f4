import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";

/**
 * The audit log: append-only, each entry sealed with the hash of the one before, so that none can be changed, removed
 * or put in between without all later hashes changing (I20). Whoever has kept the head (a sequence number and a hash)
 * can also tell that none was cut off the end.
 */
export interface AuditEntry extends AuditFact {
  /** 1 for the first, without gaps. */
  readonly sequence: number;
  /** Of the entry before; GENESIS for the first. */
  readonly previousHash: string;
  /** SHA-256 over all of the above, lower-case hex. */
  readonly hash: string;
}

/** One change by an administrator. No secrets: the log is shown and exported. */
export interface AuditFact {
  /** Milliseconds since 1970. */
  readonly atMs: number;
  /** Who: a key's id. */
  readonly actor: string;
  /** What was done, as `key.revoke`. */
  readonly action: string;
  /** To what: an id. */
  readonly target: string;
  /** The change as JSON text, hashed as it is stored: nothing hangs on the order of its fields. */
  readonly detail: string;
}

export interface AuditHead {
  readonly sequence: number;
  readonly hash: string;
}

export const GENESIS: AuditHead = { sequence: 0, hash: "0".repeat(64) };

/** The next entry after `head`. */
export function appendAudit(head: AuditHead, fact: AuditFact): AuditEntry {
  const unsealed = { ...fact, sequence: head.sequence + 1, previousHash: head.hash };
  return { ...unsealed, hash: sealOf(unsealed) };
}

export type AuditVerdict =
  | { readonly type: "intact"; readonly head: AuditHead }
  /** `sequence` is the first entry that is not what was appended there. */
  | { readonly type: "broken"; readonly sequence: number; readonly fault: "gap" | "link" | "hash" | "head" };

/**
 * Checks the entries that follow `start`, in order, up to `end` where it is known. A log is checked page by page: the
 * head of one page is the start of the next.
 */
export function verifyAudit(
  entries: readonly AuditEntry[],
  start: AuditHead = GENESIS,
  end: AuditHead | null = null,
): AuditVerdict {
  let head = start;
  for (const entry of entries) {
    const sequence = head.sequence + 1;
    if (entry.sequence !== sequence) return { type: "broken", sequence, fault: "gap" };
    if (entry.previousHash !== head.hash) return { type: "broken", sequence, fault: "link" };
    if (entry.hash !== sealOf(entry)) return { type: "broken", sequence, fault: "hash" };
    head = { sequence, hash: entry.hash };
  }
  const isEnd = end === null || (end.sequence === head.sequence && end.hash === head.hash);
  return isEnd ? { type: "intact", head } : { type: "broken", sequence: head.sequence + 1, fault: "head" };
}

/** A JSON array of the fields: no two entries have the same text. */
function sealOf(entry: Omit<AuditEntry, "hash">): string {
  const { sequence, previousHash, atMs, actor, action, target, detail } = entry;
  return bytesToHex(sha256(utf8ToBytes(JSON.stringify([sequence, previousHash, atMs, actor, action, target, detail]))));
}
