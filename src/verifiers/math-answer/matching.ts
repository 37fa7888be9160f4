/**
 * Can every left part be given a right part of its own that it matches? By augmenting paths: what matches need not be
 * transitive (50 is 50%, and so is 0.5), so taking the first that fits could miss it.
 */
export function isMatching<Part>(
  left: readonly Part[],
  right: readonly Part[],
  matches: (one: Part, other: Part) => boolean,
): boolean {
  if (left.length !== right.length) return false;
  const table = left.map((one) => right.map((other) => matches(one, other)));
  const takenBy = new Map<number, number>();
  const findPlace = (index: number, tried: Set<number>): boolean => {
    for (let place = 0; place < right.length; place++) {
      if (table[index]?.[place] !== true || tried.has(place)) continue;
      tried.add(place);
      const holder = takenBy.get(place);
      if (holder !== undefined && !findPlace(holder, tried)) continue;
      takenBy.set(place, index);
      return true;
    }
    return false;
  };
  return left.every((_one, index) => findPlace(index, new Set()));
}
