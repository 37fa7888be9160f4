/** A square of cells, row by row; 0 is an empty one, other numbers run from 1 to the side's length. */
export type Grid = readonly (readonly number[])[];

/** The sides that are tried where nobody says how long one is: every product of two small box sides. */
export const SIDES: readonly number[] = [25, 20, 18, 16, 15, 14, 12, 10, 9, 8, 6, 4];

/** Longer texts are read from their end: the answer is there. */
const MAX_CHARACTERS = 100_000;

/**
 * The grids of a text, in order, the last perhaps cut short: fewer rows than columns. Rows are lines of `side` cells, set
 * apart by spaces, commas, bars or LaTeX's `&`, or written together; `.`, `0`, `_`, `*`, `?`, `null` and (set apart) `-`
 * are empty; numbers above 9 are written as numbers, or as letters from A = 10. Rulers, labels such as "Row 1:", blank
 * lines and fences do not count; brackets end a row, so that JSON's arrays of arrays are grids as well; a line of all cells
 * is a whole grid. Of a text still being written (`isOpen`) a last line that is no row yet does not count either.
 */
export function gridsIn(text: string, side: number, isOpen = false): Grid[] {
  const grids: number[][][] = [];
  let rows: number[][] = [];
  const lines = text.slice(-MAX_CHARACTERS).replace(/[[\]]/g, "\n").split("\n");
  for (const [index, raw] of lines.entries()) {
    const line = raw.trim();
    const whole = cellsOf(line, side * side);
    const row = whole === null ? cellsOf(line, side) : null;
    if (whole === null && row === null && (isTransparent(line) || (isOpen && index === lines.length - 1))) continue;
    if (whole !== null) {
      grids.push(Array.from({ length: side }, (_, index) => whole.slice(index * side, (index + 1) * side)));
      rows = [];
    } else if (row === null) rows = [];
    else {
      rows.push(row);
      if (rows.length === side) {
        grids.push(rows);
        rows = [];
      }
    }
  }
  if (rows.length > 0) grids.push(rows);
  return grids;

  function cellsOf(line: string, count: number): number[] | null {
    // Nothing that long is a line of cells, with three characters to set each apart.
    if (line.length > 8 * count + 40) return null;
    const plain = line
      .replace(/^r(?:ow)?\s*\d+\s*[:=.]/i, " ")
      .replace(/\*\*|\\\\/g, "")
      .replace(/[|,;&"'`]/g, " ");
    const words = plain.trim().split(/\s+/);
    if (words.length === count) return every(words.map((word) => cellOf(word, side)));
    if (words.length > count || words.some((word) => word.length === 1 && words.length > 1)) return null;
    const characters = [...words.join("")];
    if (characters.length !== count || characters.includes("-")) return null;
    return every(characters.map((character) => cellOf(character, side)));
  }
}

/** Blank, a ruler such as `------+-------` or `|---|---|`, a row's label, a fence, lone commas and braces. */
function isTransparent(line: string): boolean {
  if (line.length > 200) return false;
  return (
    /^[\s,{}]*$/.test(line) ||
    /^[-=─━+|┼:\s]{3,}$/.test(line) ||
    /^["'{,\s]*r(?:ow)?[\s_]*\d+["']?\s*[:=.]?$/i.test(line) ||
    /^(?:`{3,}|~{3,})\w*$|^\\hline$/.test(line)
  );
}

function cellOf(word: string, side: number): number | null {
  if (/^(?:[._*?0-]|null)$/.test(word)) return 0;
  const letter = /^[A-P]$/i.test(word) ? word.toUpperCase().charCodeAt(0) - "A".charCodeAt(0) + 10 : null;
  const value = /^\d{1,2}$/.test(word) ? Number(word) : letter;
  return value !== null && value >= 1 && value <= side ? value : null;
}

function every(cells: readonly (number | null)[]): number[] | null {
  const known = cells.filter((cell) => cell !== null);
  return known.length === cells.length ? known : null;
}
