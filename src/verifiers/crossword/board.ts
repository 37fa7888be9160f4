import { type Cell, keyOf, type Letters, rowOf, type Shape, type Slot } from "./grid.ts";

export interface Board {
  readonly letters: Letters;
  /** Why no grid can be as the text says; null where one can. */
  readonly contradiction: string | null;
}

/** Longer texts are read from their end: the answer is there. */
const MAX_CHARACTERS = 100_000;

/**
 * What a text says of the board: its last whole grid, and the words that it puts into slots after that ("h1. agend", "v3: tilde",
 * "6 across: motor"; a slot named twice holds its last word). Null where it says nothing. Of a text still being written, rows
 * begun after the last grid count as well.
 */
export function boardIn(text: string, shape: Shape, isOpen: boolean): Board | null {
  let grid: Letters | null = null;
  let words = new Map<Slot, string>();
  let rows: (readonly Cell[])[] = [];
  const lines = text
    .slice(-MAX_CHARACTERS)
    .replace(/[[\]]/g, "\n")
    .split("\n")
    .map((line) => line.trim());
  for (const [index, line] of lines.entries()) {
    const row = rowOf(line, shape.columns);
    if (row !== null) rows.push(row.cells);
    else if (/^[\s,{}]*$|^(?:`{3}|~{3})\w*$/.test(line) || (isOpen && index === lines.length - 1)) continue;
    else {
      rows = [];
      const placed = placementIn(line, shape);
      if (placed !== null) words.set(placed.slot, placed.word);
    }
    if (rows.length === shape.rows) {
      grid = rows;
      rows = [];
      words = new Map();
    }
  }
  // A word of prose may look like one row; set apart by spaces it does not.
  const begun =
    isOpen && rows.length > 0 && /\s/.test(lines.findLast((line) => rowOf(line, shape.columns) !== null) ?? "");
  if (grid === null && words.size === 0 && !begun) return null;
  return combine(shape, begun ? rows : (grid ?? []), words);
}

function placementIn(line: string, { across, down }: Shape): { readonly slot: Slot; readonly word: string } | null {
  if (line.length > 200) return null;
  const plain = line.replace(/\*\*|[`"']/g, "");
  const named = /^(?:[-•]\s*)?([hv]\d{1,2})\s*[.:)]\s*([\p{L} ]+?)\s*(?:\(.*)?$/iu.exec(plain);
  const numbered =
    /^(?:[-•]\s*)?(?:(\d{1,2})[\s-]*(across|down)|(across|down)\s*(\d{1,2}))\s*[.:)]?\s*[:=-]?\s*([\p{L} ]+?)\s*(?:\(.*)?$/iu.exec(
      plain,
    );
  const slot =
    named !== null
      ? [...across, ...down].find(({ name }) => name === named[1]?.toLowerCase())
      : (/^a/i.test(numbered?.[2] ?? numbered?.[3] ?? "") ? across : down).find(
          ({ number }) => `${number}` === (numbered?.[1] ?? numbered?.[4]),
        );
  const word = (named?.[2] ?? numbered?.[5] ?? "").replace(/ /g, "").toUpperCase();
  return slot === undefined || word === "" ? null : { slot, word };
}

function combine(shape: Shape, grid: Letters, words: ReadonlyMap<Slot, string>): Board {
  const letters: Cell[][] = Array.from({ length: shape.rows }, (_, row) =>
    Array.from({ length: shape.columns }, (_, column) =>
      shape.black.has(keyOf({ row, column })) ? null : (grid[row]?.[column] ?? null),
    ),
  );
  for (const [slot, word] of words) {
    const characters = [...word];
    if (characters.length !== slot.cells.length) {
      return {
        letters,
        contradiction: `${slot.name} has ${slot.cells.length} letters, ${word} has ${characters.length}`,
      };
    }
    for (const [index, { row, column }] of slot.cells.entries()) {
      const line = letters[row];
      const letter = characters[index] ?? null;
      const there = line?.[column] ?? null;
      if (there !== null && there !== letter) {
        const where = `row ${row + 1}, column ${column + 1}`;
        return { letters, contradiction: `${slot.name} puts ${letter} in ${where}, where there is ${there}` };
      }
      if (line !== undefined) line[column] = letter;
    }
  }
  return { letters, contradiction: null };
}
