/**
 * The `count` items with the highest score, best first; a stable sort, so that equals stay in the order given. With
 * `withTies` those level with the last kept are kept too (CPO's collection).
 */
export function keepBest<Item>(
  items: readonly Item[],
  scoreOf: (item: Item) => number,
  count: number,
  withTies = false,
): Item[] {
  const ranked = items.map((item) => ({ item, score: scoreOf(item) })).sort((a, b) => b.score - a.score);
  const last = ranked[count - 1];
  const kept = ranked.filter(({ score }, index) => index < count || (withTies && last?.score === score));
  return kept.map(({ item }) => item);
}
