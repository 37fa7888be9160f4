/** Levenshtein's distance: insertions, deletions and replacements of characters (UTF-16 units). O(length x length). */
export function editDistance(first: string, second: string): number {
  let start = 0;
  let endOfFirst = first.length;
  let endOfSecond = second.length;
  // Steps of one problem often begin and end alike, and what is equal there costs nothing.
  while (start < endOfFirst && start < endOfSecond && first[start] === second[start]) start++;
  while (endOfFirst > start && endOfSecond > start && first[endOfFirst - 1] === second[endOfSecond - 1]) {
    endOfFirst--;
    endOfSecond--;
  }
  // Row i: the distances of the first i characters of `first` to every beginning of `second`.
  let row = Array.from({ length: endOfSecond - start + 1 }, (_unused, index) => index);
  for (let i = start; i < endOfFirst; i++) {
    const next = [i - start + 1];
    for (let j = start; j < endOfSecond; j++) {
      const replaced = (row[j - start] ?? 0) + (first[i] === second[j] ? 0 : 1);
      const changed = Math.min(row[j - start + 1] ?? 0, next[j - start] ?? 0) + 1;
      next.push(Math.min(replaced, changed));
    }
    row = next;
  }
  return row[endOfSecond - start] ?? 0;
}

/** The same as a share of the longer text, in [0, 1]; 0 for two empty ones. */
export function editShare(first: string, second: string): number {
  const longer = Math.max(first.length, second.length);
  return longer === 0 ? 0 : editDistance(first, second) / longer;
}
