/** The names nearest to a wanted one, nearest first: at most five, and all of them when there are so few. */
export function nearNames(wanted: string, names: readonly string[]): readonly string[] {
  const distinct = [...new Set(names)];
  const ranked = distinct.map((name) => ({ name, distance: distance(wanted.toLowerCase(), name.toLowerCase()) }));
  ranked.sort((a, b) => a.distance - b.distance || a.name.localeCompare(b.name));
  return ranked.slice(0, 5).map(({ name }) => name);
}

/** Levenshtein's edit distance, with one row kept. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substitution, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
