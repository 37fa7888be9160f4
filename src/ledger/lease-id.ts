/** A search may come to have several leases, one after the other: `ordinal` counts them from 1. */
export function leaseIdOf(searchId: string, ordinal: number): string {
  return `${searchId}/${ordinal}`;
}

export function searchIdOfLease(leaseId: string): string {
  return leaseId.split("/", 1)[0] ?? "";
}
