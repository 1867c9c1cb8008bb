/** Which of the updates of a round do not look like the others. Every rule needs more than three of them. */
import type { ByzantineRule } from "./model-series.ts";
import { median, robustScores } from "./robust-statistics.ts";
import type { UpdateHistory } from "./update-history.ts";

/** The numbers of one update, all of the same length. */
export type UpdateVector = ArrayLike<number>;

/** What is known besides the updates. */
export interface SuspicionContext {
  /** Their `medianUpdate()`, where it was computed already. */
  readonly centre?: UpdateVector;
  /** How much the updates of earlier rounds differed; those of this round are added. */
  readonly history?: UpdateHistory;
}

/** Iglewicz and Hoaglin's limit for an outlier. */
const OUTLIER_SCORE = 3.5;
const MIN_UPDATES = 4;
/** Share of the updates that is trimmed at each end of a coordinate, and the coordinates from which their share tells something. */
const TRIM = 0.1;
const MIN_COORDINATES = 32;

/**
 * The indices of those that a rule suspects:
 *
 * - `norm`: the update's length is an outlier, by the robust score above 3.5;
 * - `zscore`: its distance from the median of all updates is;
 * - `krum`: the sum of its squared distances to its nearest neighbours is, as many as Krum looks at (Blanchard et al., 2017);
 * - `cosine`: it points away from the median of all updates;
 * - `trimmed_mean`: it lies at the end in so many coordinates as chance does not bring, where a trimmed mean leaves it out.
 */
export function suspectUpdates(
  updates: readonly UpdateVector[],
  rule: ByzantineRule,
  { centre = medianUpdate(updates), history }: SuspicionContext = {},
): readonly number[] {
  if (updates.length < MIN_UPDATES) return [];
  switch (rule) {
    case "norm":
      return outliers(updates.map(lengthOf), rule, "both", history);
    case "zscore":
      return outliers(distancesFrom(centre, updates), rule, "above", history);
    case "krum":
      return outliers(krumScores(updates), rule, "above", history);
    case "cosine":
      return indicesWhere(updates, (update) => cosine(update, centre) < 0);
    case "trimmed_mean":
      return trimmed(updates);
  }
}

/** The median of each coordinate, which an attacker does not move while most are honest. */
export function medianUpdate(updates: readonly UpdateVector[]): Float64Array {
  const centre = new Float64Array(updates[0]?.length ?? 0);
  const column = new Float64Array(updates.length);
  for (let i = 0; i < centre.length; i++) {
    for (let u = 0; u < updates.length; u++) column[u] = updates[u]![i] as number;
    centre[i] = median(column);
  }
  return centre;
}

/** How far each update is from a centre: `l2` in lengths of the centre, `cosine` from 0 to 2. NaN where there is no such thing. */
export function updateDeviations(
  updates: readonly UpdateVector[],
  centre: UpdateVector = medianUpdate(updates),
): readonly { readonly l2: number; readonly cosine: number }[] {
  const length = lengthOf(centre);
  return updates.map((update) => ({
    l2: length > 0 ? distance(update, centre) / length : Number.NaN,
    cosine: 1 - cosine(update, centre),
  }));
}

/** The length of an update as a vector. */
export function lengthOf(update: UpdateVector): number {
  return Math.sqrt(dot(update, update));
}

/** Krum's score: squared distances to the n - f - 2 nearest others, with as many faulty ones, f, as it can stand. */
function krumScores(updates: readonly UpdateVector[]): readonly number[] {
  const n = updates.length;
  const faulty = Math.max(0, Math.floor((n - 3) / 2));
  const squares = updates.map(() => new Float64Array(n));
  for (let a = 0; a < n; a++) {
    for (let b = a + 1; b < n; b++) {
      const square = distance(updates[a]!, updates[b]!) ** 2;
      squares[a]![b] = square;
      squares[b]![a] = square;
    }
  }
  // The nearest of all is itself, at 0.
  return squares.map((row) =>
    row
      .sort()
      .slice(1, n - faulty - 1)
      .reduce((sum, square) => sum + square, 0),
  );
}

function trimmed(updates: readonly UpdateVector[]): readonly number[] {
  const coordinates = updates[0]!.length;
  if (coordinates < MIN_COORDINATES) return [];
  const cut = Math.max(1, Math.floor(updates.length * TRIM));
  const counts = new Float64Array(updates.length);
  const column = new Float64Array(updates.length);
  for (let i = 0; i < coordinates; i++) {
    for (let u = 0; u < updates.length; u++) column[u] = updates[u]![i] as number;
    const sorted = column.toSorted();
    const [low, high] = [sorted[cut] as number, sorted[updates.length - 1 - cut] as number];
    // Those that are equal to what is kept are not at the end.
    for (let u = 0; u < updates.length; u++) if (column[u]! < low || column[u]! > high) counts[u]!++;
  }
  const byChance = (2 * cut) / updates.length;
  return indicesWhere(updates, (_, u) => counts[u]! / coordinates > (1 + byChance) / 2);
}

function outliers(
  values: readonly number[],
  rule: ByzantineRule,
  side: "above" | "both",
  history: UpdateHistory | undefined,
): readonly number[] {
  const scores = robustScores(values, history?.of(rule)) ?? [];
  history?.add(rule, values);
  return indicesWhere(scores, (score) => (side === "both" ? Math.abs(score) : score) > OUTLIER_SCORE);
}

function distancesFrom(centre: UpdateVector, updates: readonly UpdateVector[]): readonly number[] {
  return updates.map((update) => distance(update, centre));
}

function indicesWhere<T>(list: readonly T[], test: (one: T, index: number) => boolean): readonly number[] {
  return list.flatMap((one, index) => (test(one, index) ? [index] : []));
}

function cosine(a: UpdateVector, b: UpdateVector): number {
  return dot(a, b) / (lengthOf(a) * lengthOf(b));
}

function distance(a: UpdateVector, b: UpdateVector): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += ((a[i] as number) - (b[i] as number)) ** 2;
  return Math.sqrt(sum);
}

function dot(a: UpdateVector, b: UpdateVector): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}
