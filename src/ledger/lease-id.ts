/**
 * A lease names its search. `part` tells its leases apart: those that it comes to have one after the other, and those that
 * requests draw for it which find that it runs already.
 */
export function leaseIdOf(searchId: string, part: string): string {
  return `${searchId}/${part}`;
}

export function searchIdOfLease(leaseId: string): string {
  return leaseId.split("/", 1)[0] ?? "";
}
