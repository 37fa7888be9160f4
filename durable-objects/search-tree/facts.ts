/** What a search's object remembers beside its log. */
export interface Facts {
  /** Null until the search was accepted. */
  readonly tenantId: string | null;
  readonly createdAtMs: number;
  /** Somebody asked for its end; must outlive a crash that comes in between. */
  readonly isCancelled: boolean;
  readonly isDelivered: boolean;
  readonly runs: number;
  readonly failedRuns: number;
}

const NO_FACTS: Facts = {
  tenantId: null,
  createdAtMs: 0,
  isCancelled: false,
  isDelivered: false,
  runs: 0,
  failedRuns: 0,
};

export interface FactsStore {
  read(): Facts;
  /** Synchronous, hence in the same transaction as what is written beside it. */
  change(facts: Partial<Facts>): void;
}

/** One entry; facts added by a later version read as their defaults. */
export function createFactsStore(storage: Pick<DurableObjectStorage, "kv">): FactsStore {
  const read = (): Facts => ({ ...NO_FACTS, ...storage.kv.get<Partial<Facts>>("facts") });
  return { read, change: (facts) => storage.kv.put("facts", { ...read(), ...facts }) };
}
