/**
 * How many searches of this product lie behind a request. A provider may be another Espalier, or, by mistake or malice,
 * this very one (RELIABILITY.md, T15): each search of width w would then start w more, for ever. Every call that leaves
 * says its number, and a request with too high a one is refused before anything is spent.
 */
export const HOPS_HEADER = "x-espalier-hops";

/** One deployment may stand behind another; a third is a loop as far as anybody can tell. */
export const MOST_HOPS = 1;

/** Of an incoming request: 0 without the header; null for more than there may be, and for what is no number. */
export function hopsOf(header: string | null): number | null {
  if (header === null) return 0;
  const hops = /^\d{1,3}$/.test(header) ? Number(header) : Number.NaN;
  return hops <= MOST_HOPS ? hops : null;
}
