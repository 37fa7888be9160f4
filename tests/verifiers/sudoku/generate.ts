import fc from "fast-check";

export interface Solved {
  readonly boxRows: number;
  readonly boxColumns: number;
  readonly rows: readonly (readonly number[])[];
}

/** Side lengths of boxes, for grids of 4x4, 6x6, 8x8, 9x9, 12x12 and 16x16. */
const BOXES: readonly (readonly [number, number])[] = [
  [2, 2],
  [2, 3],
  [3, 2],
  [2, 4],
  [3, 3],
  [3, 4],
  [4, 4],
];

/** Right grids: the cyclic one, with its values, its bands and the rows inside them, and the same of columns, permuted. */
export const solved: fc.Arbitrary<Solved> = fc.constantFrom(...BOXES).chain(([boxRows, boxColumns]) => {
  const side = boxRows * boxColumns;
  return fc
    .record({
      values: permutation(side),
      rows: fc.tuple(
        permutation(boxColumns),
        fc.tuple(...Array.from({ length: boxColumns }, () => permutation(boxRows))),
      ),
      columns: fc.tuple(
        permutation(boxRows),
        fc.tuple(...Array.from({ length: boxRows }, () => permutation(boxColumns))),
      ),
    })
    .map(({ values, rows, columns }) => {
      const rowOrder = orderOf(rows, boxRows);
      const columnOrder = orderOf(columns, boxColumns);
      const cell = (row: number, column: number): number =>
        ((row % boxRows) * boxColumns + Math.floor(row / boxRows) + column) % side;
      return {
        boxRows,
        boxColumns,
        rows: rowOrder.map((row) => columnOrder.map((column) => (values[cell(row, column)] ?? 0) + 1)),
      };
    });
});

/** Which cells to clear, by index; at least one, and not all. */
export function blanks({ rows }: Solved): fc.Arbitrary<readonly number[]> {
  const cells = rows.length * rows.length;
  return fc.uniqueArray(fc.nat(cells - 1), { minLength: 1, maxLength: cells - 1 });
}

export function clear({ rows }: Solved, cells: readonly number[]): number[][] {
  const cleared = new Set(cells);
  return rows.map((row, index) => row.map((value, column) => (cleared.has(index * row.length + column) ? 0 : value)));
}

function permutation(size: number): fc.Arbitrary<readonly number[]> {
  return fc.shuffledSubarray(
    Array.from({ length: size }, (_, index) => index),
    { minLength: size, maxLength: size },
  );
}

/** Bands in this order, and the lines inside each in this one. */
function orderOf(
  [bands, inside]: readonly [readonly number[], readonly (readonly number[])[]],
  size: number,
): number[] {
  return bands.flatMap((band) => (inside[band] ?? []).map((line) => band * size + line));
}

export type Layout = (rows: readonly (readonly number[])[], boxRows: number, boxColumns: number) => string;

const spaced = (row: readonly number[], blank: string): string =>
  row.map((cell) => (cell === 0 ? blank : cell)).join(" ");
const boxed = (row: readonly number[], columns: number, blank: string): string =>
  Array.from({ length: row.length / columns }, (_, box) =>
    spaced(row.slice(box * columns, (box + 1) * columns), blank),
  ).join(" | ");
const compact = (row: readonly number[]): string =>
  row.map((cell) => (cell === 0 ? "." : cell < 10 ? `${cell}` : String.fromCharCode(55 + cell))).join("");

export const LAYOUTS: Readonly<Record<string, Layout>> = {
  spaces: (rows) => rows.map((row) => spaced(row, ".")).join("\n"),
  zeros: (rows) => rows.map((row) => spaced(row, "0")).join("\n"),
  underscores: (rows) => rows.map((row) => spaced(row, "_")).join("\n\n"),
  dashes: (rows) => rows.map((row) => spaced(row, "-")).join("\n"),
  together: (rows) => rows.map(compact).join("\n"),
  "one line": (rows) => rows.map(compact).join(""),
  "bars and rulers": (rows, boxRows, boxColumns) =>
    rows
      .map((row, index) => (index % boxRows === 0 ? `------+------+------\n` : "") + boxed(row, boxColumns, "."))
      .join("\n"),
  "a Markdown table": (rows) =>
    rows
      .map(
        (row, index) =>
          `| ${row.map((cell) => cell || " . ").join(" | ")} |${index === 0 ? "\n|---|---|---|---|" : ""}`,
      )
      .join("\n"),
  JSON: (rows) => `{"grid": ${JSON.stringify(rows)}}`,
  "JSON in lines": (rows) => `\`\`\`json\n[\n${rows.map((row) => `  ${JSON.stringify(row)}`).join(",\n")}\n]\n\`\`\``,
  "labelled rows": (rows) => rows.map((row, index) => `Row ${index + 1}: ${spaced(row, "?")}`).join("\n"),
  "labelled lists": (rows) => rows.map((row, index) => `Row ${index + 1}: ${JSON.stringify(row)}`).join("\n"),
  LaTeX: (rows) => rows.map((row) => `${row.map((cell) => cell || ".").join(" & ")} \\\\ \n\\hline`).join("\n"),
};
