/** Rows of text in columns, a head first. Columns are on the right where `right` says so, but for the last one, which is ragged. */
export function alignedColumns(
  rows: readonly (readonly string[])[],
  { right }: { readonly right: readonly boolean[] },
): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((cell, column) => (right[column] ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
      .join("  ")
      .trimEnd(),
  );
}
