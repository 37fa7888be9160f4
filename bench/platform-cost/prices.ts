/** Cloudflare's published prices beyond what is included, USD (PLATFORM.md A8; R2: its pricing page). */
const USD = {
  perWorkerRequest: 0.3e-6,
  perProcessorMs: 0.02e-6,
  perObjectRequest: 0.15e-6,
  perGigabyteSecond: 12.5e-6,
  perRowWritten: 1e-6,
  perGigabyteMonth: 0.2,
  perArchivePut: 4.5e-6,
} as const;

/** An object is billed as 128 MB while it is awake, whatever it uses. */
const OBJECT_GIGABYTES = 0.128;
const BYTES_PER_GIGABYTE = 1e9;

/** What the platform does for one search. */
export interface Use {
  readonly workerRequests: number;
  /** Of the Worker; an object's is part of its duration. */
  readonly processorMs: number;
  readonly objectRequests: number;
  readonly objectSeconds: number;
  /** In objects and in D1, which cost the same. */
  readonly rowsWritten: number;
  readonly archivePuts: number;
  readonly storedBytes: number;
  readonly storedMonths: number;
}

/** USD by part. */
export type Cost = Readonly<Record<"requests" | "duration" | "rows" | "archive" | "storage", number>>;

export function costOf(use: Use): Cost {
  return {
    requests:
      use.workerRequests * USD.perWorkerRequest +
      use.processorMs * USD.perProcessorMs +
      use.objectRequests * USD.perObjectRequest,
    duration: use.objectSeconds * OBJECT_GIGABYTES * USD.perGigabyteSecond,
    rows: use.rowsWritten * USD.perRowWritten,
    archive: use.archivePuts * USD.perArchivePut,
    storage: (use.storedBytes / BYTES_PER_GIGABYTE) * use.storedMonths * USD.perGigabyteMonth,
  };
}
