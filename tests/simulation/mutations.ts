/** A fault of ours, put into the code on purpose: the auditor has to notice. */
export interface Mutation {
  readonly name: string;
  /** From the repository's root. */
  readonly file: string;
  /** Must be there exactly once. */
  readonly from: string;
  readonly to: string;
  /** Numbers in RELIABILITY.md, of which one at least must be found violated: which, the seed decides. */
  readonly invariants: readonly string[];
}

export const MUTATIONS: readonly Mutation[] = [
  {
    name: "forget-lost-attempts",
    file: "src/core/search.ts",
    from: "const attempts = lostAttempts(open.reserved, setup.model.name, clock.now());\n        const willRetry",
    to: "const attempts: Attempt[] = [];\n        const willRetry",
    invariants: ["I6"],
  },
  {
    name: "resume-answered-steps",
    file: "src/core/tree.ts",
    from: "    this.#close(open);\n    this.#spend(open, attempts);\n    this.failuresInARow = 0;",
    to: "    this.#spend(open, attempts);\n    this.failuresInARow = 0;",
    invariants: ["I7"],
  },
  {
    name: "post-a-settlement-twice",
    file: "src/ledger/settle.ts",
    from: 'if (lease.state === "settled" && lease.spent === spent) return draft.close(succeed(lease));',
    to: 'if (lease.state === "settled") return draft.close(succeed(end(draft, lease, "settled", lease.spent + spent)));',
    invariants: ["I6"],
  },
  {
    name: "void-instead-of-post",
    file: "durable-objects/tenant/tenant.ts",
    from: "isTaken ? expire(ledger, leaseId, Date.now()) : voidLease(ledger, leaseId, Date.now())",
    to: "isTaken ? voidLease(ledger, leaseId, Date.now()) : voidLease(ledger, leaseId, Date.now())",
    invariants: ["I6"],
  },
  {
    name: "deliver-without-idempotence",
    file: "src/db/searches.ts",
    from: "db.insert(searches).values(rows.search).onConflictDoNothing()",
    to: "db.insert(searches).values(rows.search)",
    invariants: ["I4"],
  },
  {
    name: "call-before-it-is-on-record",
    file: "src/core/search.ts",
    from: "  const launchStarted = (): void => {\n    log.flush();",
    to: "  const launchStarted = (): void => {",
    invariants: ["I6"],
  },
  {
    name: "forget-the-running",
    file: "durable-objects/search-tree/watchdog.ts",
    from: '? "give-up" : "resume"',
    to: '? "give-up" : "sleep"',
    invariants: ["I4"],
  },
  {
    name: "half-a-start",
    file: "durable-objects/search-tree/search-tree.ts",
    from: "begun, and never run.\n    this.#storage.transactionSync(() => {",
    to: "begun, and never run.\n    ((work: () => void) => work())(() => {",
    invariants: ["I3", "I4", "I6"],
  },
  {
    name: "answer-another-request",
    file: "durable-objects/search-tree/meeting.ts",
    from: "if (arrival.requestHash !== standing.requestHash)",
    to: "if (arrival.requestHash === null)",
    invariants: ["I8"],
  },
  {
    name: "spend-beyond-the-limit",
    file: "src/core/budget.ts",
    from: "if (limit !== undefined && total[name] > limit) return name;",
    to: "if (limit !== undefined && total[name] > 2 * limit) return name;",
    invariants: ["I1"],
  },
  {
    name: "lend-what-is-reserved",
    file: "src/ledger/room.ts",
    from: "free: Math.max(0, inWindow) + sumOf(topUps, freeIn),",
    to: "free: Math.max(0, inWindow + reserved) + sumOf(topUps, freeIn),",
    invariants: ["I1"],
  },
  {
    name: "retry-without-a-budget",
    file: "src/core/retry.ts",
    from: "return tree.repeatsInARow < Math.max(",
    to: "return tree.repeatsInARow < 100 * Math.max(",
    invariants: ["I15"],
  },
  {
    name: "work-past-the-deadline",
    file: "src/core/search.ts",
    from: 'if (leftMs() <= 0) return "milliseconds";',
    to: "",
    invariants: ["I14"],
  },
];
