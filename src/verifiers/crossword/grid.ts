/** A letter in upper case; null where it is not known, or where the cell is black. */
export type Cell = string | null;
export type Letters = readonly (readonly Cell[])[];

/** Where words go: black cells of a grid, and the runs of at least two cells between them. */
export interface Shape {
  readonly rows: number;
  readonly columns: number;
  readonly black: ReadonlySet<string>;
  readonly across: readonly Slot[];
  readonly down: readonly Slot[];
}

export interface Slot {
  /** "h2" is the second word across, "v3" the third down, as in Tree of Thoughts. */
  readonly name: string;
  /** As crosswords are numbered: by the first cells of words, row by row. */
  readonly number: number;
  readonly cells: readonly CellAt[];
}

export interface CellAt {
  readonly row: number;
  readonly column: number;
}

export function shapeOf(rows: number, columns: number, black: ReadonlySet<string>): Shape {
  const isOpen = (row: number, column: number): boolean =>
    row >= 0 && column >= 0 && row < rows && column < columns && !black.has(keyOf({ row, column }));
  const across: Slot[] = [];
  const down: Slot[] = [];
  let number = 0;
  const run = (row: number, column: number, byRow: number, byColumn: number): CellAt[] => {
    const cells: CellAt[] = [];
    for (
      let at = { row, column };
      isOpen(at.row, at.column);
      at = { row: at.row + byRow, column: at.column + byColumn }
    ) {
      cells.push(at);
    }
    return cells;
  };
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      if (!isOpen(row, column)) continue;
      const right = isOpen(row, column - 1) ? [] : run(row, column, 0, 1);
      const below = isOpen(row - 1, column) ? [] : run(row, column, 1, 0);
      if (right.length < 2 && below.length < 2) continue;
      number++;
      if (right.length >= 2) across.push({ name: `h${across.length + 1}`, number, cells: right });
      if (below.length >= 2) down.push({ name: `v${down.length + 1}`, number, cells: below });
    }
  }
  return { rows, columns, black, across, down };
}

export function keyOf({ row, column }: CellAt): string {
  return `${row},${column}`;
}

/** The word in a slot, with `_` for letters that are not known. */
export function wordIn(letters: Letters, slot: Slot): string {
  return slot.cells.map(({ row, column }) => letters[row]?.[column] ?? "_").join("");
}

/** Lines longer than this are prose, whatever the size of the grid. */
const MAX_LINE_CHARACTERS = 400;
/** What is written for a black or an unknown cell. */
const BLANK = /^[_?.#*■□-]$/;

/**
 * One line of cells, set apart by spaces, commas or bars, or written together; null where it is none. Which of the cells that
 * are no letters are black the shape knows; `marks` are their characters.
 */
export function rowOf(line: string, columns: number): { readonly cells: Cell[]; readonly marks: string[] } | null {
  if (line.length > MAX_LINE_CHARACTERS) return null;
  const words = line
    .replace(/\*\*|[|,;"'`[\]]/g, " ")
    .trim()
    .split(/\s+/);
  const marks = words.length === columns ? words : words.length === 1 ? [...(words[0] ?? "")] : [];
  if (marks.length !== columns || !marks.every((mark) => /^\p{L}$/u.test(mark) || BLANK.test(mark))) return null;
  return { cells: marks.map((mark) => (BLANK.test(mark) ? null : mark.toUpperCase())), marks };
}

/** A whole grid, nothing around it: how a solution is given. `#`, `.` and `■` are black. Null where it is none. */
export function solutionOf(text: string, rows?: number, columns?: number): { shape: Shape; letters: Letters } | null {
  const lines = text
    .replace(/[[\]]/g, "\n")
    .split("\n")
    .filter((line) => /[^\s,]/.test(line));
  const width = columns ?? rowWidth(lines[0] ?? "");
  const parsed = lines.map((line) => rowOf(line, width)).filter((row) => row !== null);
  if (parsed.length !== lines.length || lines.length === 0 || (rows !== undefined && lines.length !== rows))
    return null;
  const black = new Set<string>();
  for (const [row, { marks }] of parsed.entries()) {
    for (const [column, mark] of marks.entries()) {
      if (/^[#.■]$/.test(mark)) black.add(keyOf({ row, column }));
      else if (BLANK.test(mark)) return null;
    }
  }
  return { shape: shapeOf(lines.length, width, black), letters: parsed.map(({ cells }) => cells) };
}

function rowWidth(line: string): number {
  const words = line
    .replace(/[|,;"'`]/g, " ")
    .trim()
    .split(/\s+/);
  return words.length === 1 ? [...(words[0] ?? "")].length : words.length;
}
