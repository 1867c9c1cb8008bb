/** The name that was probably meant: no more than a third of its letters differ. Undefined when none is that near. */
function nearName(wanted: string, names: Iterable<string>): string | undefined {
  let best = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  let found: string | undefined;
  for (const name of names) {
    const distance = editDistance(wanted.toLowerCase(), name.toLowerCase());
    if (distance >= best) continue;
    best = distance;
    found = name;
  }
  return found;
}

/** `; did you mean "receivers"?`, or nothing. */
export function didYouMean(wanted: string, names: Iterable<string>): string {
  const near = nearName(wanted, names);
  return near === undefined ? "" : `; did you mean "${near}"?`;
}

/** Insertions, deletions and substitutions that lead from one text to the other, and swaps of neighbours. */
function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const cost = from[row - 1] === to[column - 1] ? 0 : 1;
      let distance = Math.min(last[column]! + 1, current[column - 1]! + 1, last[column - 1]! + cost);
      const isSwapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      if (isSwapped) distance = Math.min(distance, beforeLast[column - 2]! + 1);
      current.push(distance);
    }
    beforeLast = last;
    last = current;
  }
  return last[to.length]!;
}
