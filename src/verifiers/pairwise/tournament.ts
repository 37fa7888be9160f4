/**
 * Tournaments of pairwise preferences over k entrants, as pure functions of what was asked so far: which matches are due,
 * and, when none is, everybody's score in [0, 1]. With two entrants both come to their preference.
 */
export interface Tournament {
  /** Matches that can be played now, side by side, as indices of entrants; none when it is over. */
  due(count: number, preferenceOf: PreferenceOf): readonly Match[];
  scores(count: number, preferenceOf: PreferenceOf): readonly number[];
  /** Matches at most. */
  matches(count: number): number;
}

export type Match = readonly [first: number, second: number];

/** For the first, in [0, 1]; null where it was not asked yet. */
export type PreferenceOf = (first: number, second: number) => number | null;

/**
 * Neighbours meet, the winner goes on, an odd one passes. Score: (rounds won + the share of the last match) / rounds, so
 * that whoever got further is ahead: of four entrants, preferences .8 and .6, then .7, the champion has (1 + .7) / 2 = .85,
 * the other finalist (1 + .3) / 2 = .65, the rest .2 / 2 = .1 and .4 / 2 = .2. A pass counts as a round won.
 */
export const knockout: Tournament = {
  due: (count, preferenceOf) => play(count, preferenceOf).due,
  scores: (count, preferenceOf) => play(count, preferenceOf).scores,
  matches: (count) => Math.max(0, count - 1),
};

/** Every pair is compared; the score is the mean preference (Borda count, as in LLaMA-Berry 2024). */
export const borda: Tournament = {
  due: (count, preferenceOf) => pairsOf(count).filter(([first, second]) => preferenceOf(first, second) === null),
  scores: (count, preferenceOf) => {
    const sums = Array.from({ length: count }, () => 0);
    for (const [first, second] of pairsOf(count)) {
      const preference = preferenceOf(first, second) ?? NO_PREFERENCE;
      sums[first] = (sums[first] ?? 0) + preference;
      sums[second] = (sums[second] ?? 0) + 1 - preference;
    }
    return sums.map((sum) => sum / (count - 1));
  },
  matches: (count) => (count * (count - 1)) / 2,
};

const NO_PREFERENCE = 0.5;

export function pairsOf(count: number): Match[] {
  const pairs: Match[] = [];
  for (let first = 0; first < count; first++) {
    for (let second = first + 1; second < count; second++) pairs.push([first, second]);
  }
  return pairs;
}

function play(count: number, preferenceOf: PreferenceOf): { due: readonly Match[]; scores: readonly number[] } {
  const rounds = Math.ceil(Math.log2(count));
  const scores = Array.from({ length: count }, () => 0);
  let entrants = Array.from({ length: count }, (_unused, index) => index);
  for (let won = 0; entrants.length > 1; won++) {
    const due: Match[] = [];
    const winners: number[] = [];
    for (let at = 0; at < entrants.length; at += 2) {
      const first = entrants[at] ?? 0;
      const second = entrants[at + 1];
      if (second === undefined) {
        winners.push(first);
        continue;
      }
      const preference = preferenceOf(first, second);
      if (preference === null) {
        due.push([first, second]);
        continue;
      }
      scores[first] = (won + preference) / rounds;
      scores[second] = (won + 1 - preference) / rounds;
      winners.push(preference >= NO_PREFERENCE ? first : second);
    }
    if (due.length > 0) return { due, scores };
    entrants = winners;
  }
  return { due: [], scores };
}
