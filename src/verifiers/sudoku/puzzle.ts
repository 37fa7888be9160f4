import { type Grid, gridsIn, SIDES } from "./grid.ts";

export interface Puzzle {
  readonly givens: Grid;
  /** Of one box; their product is the side of the grid. */
  readonly boxRows: number;
  readonly boxColumns: number;
}

/** The puzzle of a text: its only grid that is whole and has both given and empty cells; null where that is not clear. */
export function puzzleIn(text: string, boxRows?: number, boxColumns?: number): Puzzle | null {
  const sides = boxRows === undefined || boxColumns === undefined ? SIDES : [boxRows * boxColumns];
  for (const side of sides) {
    const box = boxRows === undefined || boxColumns === undefined ? boxOf(side) : { boxRows, boxColumns };
    const distinct = new Map<string, Grid>();
    for (const grid of gridsIn(text, side)) {
      const cells = grid.flat();
      const isPuzzle = grid.length === side && cells.includes(0) && cells.some((cell) => cell !== 0);
      if (isPuzzle) distinct.set(cells.join(), grid);
    }
    const [givens] = distinct.values();
    if (givens !== undefined) return distinct.size === 1 ? { givens, ...box } : null;
  }
  return null;
}

/** The box nearest to a square, wider than high: 2 rows x 3 columns for 6, as these are printed. */
function boxOf(side: number): { readonly boxRows: number; readonly boxColumns: number } {
  let boxRows = Math.floor(Math.sqrt(side));
  while (side % boxRows !== 0) boxRows--;
  return { boxRows, boxColumns: side / boxRows };
}

/**
 * The first contradiction of a grid, top to bottom, in words; null where there is none: a given cell changed, a value twice
 * in a row, column or box, or an empty cell for which its row, column and box leave nothing. Missing rows are empty.
 */
export function contradictionOf({ givens, boxRows, boxColumns }: Puzzle, grid: Grid): string | null {
  const side = givens.length;
  const seen = new Map<string, Set<number>>();
  const unitsOf = (row: number, column: number): readonly string[] => [
    `row ${row + 1}`,
    `column ${column + 1}`,
    `the box of row ${row - (row % boxRows) + 1}, column ${column - (column % boxColumns) + 1}`,
  ];
  const at = (row: number, column: number): number => grid[row]?.[column] || (givens[row]?.[column] ?? 0);
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const value = at(row, column);
      const given = givens[row]?.[column] ?? 0;
      if (given !== 0 && value !== given) {
        return `row ${row + 1}, column ${column + 1} is given as ${given}, not ${value}`;
      }
      if (value === 0) continue;
      for (const unit of unitsOf(row, column)) {
        const values = seen.get(unit) ?? new Set();
        if (values.has(value)) return `${unit} has ${value} twice`;
        seen.set(unit, values.add(value));
      }
    }
  }
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      if (at(row, column) !== 0) continue;
      const taken = new Set(unitsOf(row, column).flatMap((unit) => [...(seen.get(unit) ?? [])]));
      if (taken.size === side) return `nothing fits in row ${row + 1}, column ${column + 1}`;
    }
  }
  return null;
}
