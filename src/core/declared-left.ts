/**
 * What the last line of a text declares to be left, as in "13 - 9 = 4 (left: 4 4 10)"; null where it declares nothing. One
 * loop and no alternatives: linear, whatever a candidate repeats.
 */
export function declaredLeft(text: string): string | null {
  const list = /\(left:([^()]*)\)$/.exec(text.trim().split("\n").at(-1) ?? "")?.[1]?.trim() ?? "";
  return list === "" ? null : list;
}
