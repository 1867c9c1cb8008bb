/**
 * Which name was probably meant. An entry of its own, `@telltale/metrics/near-name`, since whoever reads configuration needs
 * it only when there is a fault, and a thread that needs it nothing else from here.
 */

/**
 * The candidate nearest to `text`, or `undefined` when none is near enough to have been meant.
 * `atMost` so many letters may differ, a third of them unless told otherwise: a wilder guess misleads.
 */
export function nearest(
  text: string,
  candidates: Iterable<string>,
  { atMost = Math.max(1, Math.floor(text.length / 3)) }: { readonly atMost?: number } = {},
): string | undefined {
  let best = atMost + 1;
  let found: string | undefined;
  const wanted = text.toLowerCase();
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - text.length) >= best) continue;
    const distance = editDistance(wanted, candidate.toLowerCase());
    if (distance < best) {
      best = distance;
      found = candidate;
    }
  }
  return found;
}

/**
 * Insertions, deletions, substitutions and swaps of neighbours that lead from one text to the other
 * (Damerau-Levenshtein, optimal string alignment).
 */
function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const same = from[row - 1] === to[column - 1];
      let distance = Math.min(last[column]! + 1, current[column - 1]! + 1, last[column - 1]! + (same ? 0 : 1));
      const swapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      if (swapped) distance = Math.min(distance, beforeLast[column - 2]! + 1);
      current.push(distance);
    }
    beforeLast = last;
    last = current;
  }
  return last[to.length]!;
}
