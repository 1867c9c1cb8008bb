import { addKahan, kahan } from "../kahan-sum.ts";
import { BucketMapping, sharedBounds } from "./custom-bounds.ts";
import {
  type Buckets,
  type CounterResetHint,
  type FloatHistogram,
  sameNumbers,
  usesCustomBuckets,
} from "./float-histogram.ts";
import { copyToSchema } from "./reduce-resolution.ts";
import { beyondZeroBucket, reconcileZeroBuckets } from "./zero-bucket.ts";

/** Thrown where a histogram with custom buckets meets one with exponential ones. */
export class IncompatibleSchemas extends Error {
  override readonly name = "IncompatibleSchemas";
  readonly code = "TELLTALE_PROMQL_INCOMPATIBLE_HISTOGRAMS";

  constructor() {
    super("cannot apply this operation on histograms with a mix of exponential and custom bucket schemas");
  }
}

export interface HistogramSum {
  readonly histogram: FloatHistogram;
  /** One histogram came after a counter reset and the other did not. */
  readonly collision: boolean;
  /** Custom borders differed, and only the shared ones remain. */
  readonly reconciled: boolean;
}

/** A sum with what Kahan's summation has lost so far. */
export interface CompensatedSum extends HistogramSum {
  readonly compensation: FloatHistogram;
}

/** @throws IncompatibleSchemas */
export function addHistograms(a: FloatHistogram, b: FloatHistogram): HistogramSum {
  return combine(a, b, 1);
}

/** @throws IncompatibleSchemas */
export function subtractHistograms(a: FloatHistogram, b: FloatHistogram): HistogramSum {
  return combine(a, b, -1);
}

/** `sum` plus `value`, with little loss over many additions. @throws IncompatibleSchemas */
export function addCompensated(
  sum: FloatHistogram,
  compensation: FloatHistogram | undefined,
  value: FloatHistogram,
): CompensatedSum {
  checkSchemas(sum, value);
  const { hint, collision } = combineHints(sum.counterResetHint, value.counterResetHint);
  if (usesCustomBuckets(sum)) return addCompensatedCustom(sum, compensation, value, hint, collision);
  const schema = Math.min(sum.schema, value.schema);
  let base = sum;
  let carried = compensation;
  if (sum.zeroThreshold !== value.zeroThreshold && carried !== undefined) {
    // Buckets are about to move into the zero bucket, and with them what they have lost.
    base = combine(sum, carried, 1).histogram;
    carried = undefined;
  }
  const [wideLeft, wideRight] = reconcileZeroBuckets(base, value);
  const left = copyToSchema(wideLeft, schema);
  const right = copyToSchema(wideRight, schema);
  carried = carried === undefined ? zeroLike(left) : copyToSchema(carried, schema);
  const lost: Mutable<FloatHistogram> = { ...carried, schema, counterResetHint: hint };
  const total: Mutable<FloatHistogram> = { ...left, counterResetHint: hint };
  total.zeroCount = addKahan(right.zeroCount, left.zeroCount, carried.zeroCount);
  lost.zeroCount = kahan.c;
  addTotals(total, lost, value, carried);
  const positive = addCompensatedBuckets(left.positive, carried.positive, beyondZeroBucket(right.positive, left));
  const negative = addCompensatedBuckets(left.negative, carried.negative, beyondZeroBucket(right.negative, left));
  total.positive = positive.sum;
  total.negative = negative.sum;
  lost.positive = positive.lost;
  lost.negative = negative.lost;
  return { histogram: total, compensation: lost, collision, reconciled: false };
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function combine(a: FloatHistogram, b: FloatHistogram, sign: 1 | -1): HistogramSum {
  checkSchemas(a, b);
  const { hint, collision } = combineHints(a.counterResetHint, b.counterResetHint);
  const count = a.count + sign * b.count;
  const sum = a.sum + sign * b.sum;
  if (usesCustomBuckets(a)) {
    if (sameNumbers(a.customValues, b.customValues)) {
      const positive = mergeBuckets(a.positive, b.positive, sign);
      return { histogram: { ...a, counterResetHint: hint, count, sum, positive }, collision, reconciled: false };
    }
    const customValues = sharedBounds(a.customValues, b.customValues);
    const mapping = new BucketMapping(customValues);
    mapping.add(a, 1);
    mapping.add(b, sign);
    const { indexes, counts } = mapping.buckets();
    const positive = { indexes, counts };
    return {
      histogram: { ...a, counterResetHint: hint, count, sum, positive, customValues },
      collision,
      reconciled: true,
    };
  }
  const schema = Math.min(a.schema, b.schema);
  const [left, right] = reconcileZeroBuckets(a, b);
  const reducedLeft = copyToSchema(left, schema);
  const reducedRight = copyToSchema(right, schema);
  const histogram: FloatHistogram = {
    ...reducedLeft,
    counterResetHint: hint,
    count,
    sum,
    zeroCount: left.zeroCount + sign * right.zeroCount,
    positive: mergeBuckets(reducedLeft.positive, beyondZeroBucket(reducedRight.positive, reducedLeft), sign),
    negative: mergeBuckets(reducedLeft.negative, beyondZeroBucket(reducedRight.negative, reducedLeft), sign),
  };
  return { histogram, collision, reconciled: false };
}

function addCompensatedCustom(
  sum: FloatHistogram,
  compensation: FloatHistogram | undefined,
  value: FloatHistogram,
  hint: CounterResetHint,
  collision: boolean,
): CompensatedSum {
  const carried = compensation ?? zeroLike(sum);
  const total: Mutable<FloatHistogram> = { ...sum, counterResetHint: hint };
  const lost: Mutable<FloatHistogram> = { ...carried };
  addTotals(total, lost, value, carried);
  const reconciled = !sameNumbers(sum.customValues, value.customValues);
  if (!reconciled) {
    const added = addCompensatedBuckets(sum.positive, carried.positive, value.positive);
    total.positive = added.sum;
    lost.positive = added.lost;
    return { histogram: total, compensation: lost, collision, reconciled };
  }
  const customValues = sharedBounds(sum.customValues, value.customValues);
  const mapping = new BucketMapping(customValues);
  mapping.add(sum, 1);
  mapping.addBuckets(carried.positive, sum.customValues, 1);
  mapping.add(value, 1);
  const { indexes, counts, compensations } = mapping.buckets();
  total.customValues = customValues;
  lost.customValues = customValues;
  total.positive = { indexes, counts };
  lost.positive = { indexes, counts: compensations };
  return { histogram: total, compensation: lost, collision, reconciled };
}

function addTotals(
  total: Mutable<FloatHistogram>,
  lost: Mutable<FloatHistogram>,
  value: FloatHistogram,
  carried: FloatHistogram,
): void {
  total.count = addKahan(value.count, total.count, carried.count);
  lost.count = kahan.c;
  total.sum = addKahan(value.sum, total.sum, carried.sum);
  lost.sum = kahan.c;
}

function checkSchemas(a: FloatHistogram, b: FloatHistogram): void {
  if (usesCustomBuckets(a) !== usesCustomBuckets(b)) throw new IncompatibleSchemas();
}

/** A gauge stays a gauge; otherwise only what both agree on is known. */
function combineHints(a: CounterResetHint, b: CounterResetHint): { hint: CounterResetHint; collision: boolean } {
  if (a === b) return { hint: a, collision: false };
  if (a === "gauge" || b === "gauge") return { hint: "gauge", collision: false };
  return { hint: "unknown", collision: a !== "unknown" && b !== "unknown" };
}

function mergeBuckets(a: Buckets, b: Buckets, sign: 1 | -1): Buckets {
  const indexes: number[] = [];
  const counts: number[] = [];
  let i = 0;
  let j = 0;
  while (i < a.indexes.length || j < b.indexes.length) {
    const left = a.indexes[i] ?? Number.POSITIVE_INFINITY;
    const right = b.indexes[j] ?? Number.POSITIVE_INFINITY;
    indexes.push(Math.min(left, right));
    if (left === right) counts.push(a.counts[i++]! + sign * b.counts[j++]!);
    else counts.push(left < right ? a.counts[i++]! : sign * b.counts[j++]!);
  }
  return { indexes, counts };
}

function addCompensatedBuckets(sum: Buckets, lost: Buckets, value: Buckets): { sum: Buckets; lost: Buckets } {
  const indexes: number[] = [];
  const counts: number[] = [];
  const compensations: number[] = [];
  let i = 0;
  let j = 0;
  while (i < sum.indexes.length || j < value.indexes.length) {
    const left = sum.indexes[i] ?? Number.POSITIVE_INFINITY;
    const right = value.indexes[j] ?? Number.POSITIVE_INFINITY;
    indexes.push(Math.min(left, right));
    if (left === right) {
      counts.push(addKahan(value.counts[j]!, sum.counts[i]!, lost.counts[i]!));
      compensations.push(kahan.c);
      i++;
      j++;
    } else if (left < right) {
      counts.push(sum.counts[i]!);
      compensations.push(lost.counts[i]!);
      i++;
    } else {
      counts.push(value.counts[j]!);
      compensations.push(0);
      j++;
    }
  }
  return { sum: { indexes, counts }, lost: { indexes, counts: compensations } };
}

function zeroLike(histogram: FloatHistogram): FloatHistogram {
  const zeroes = ({ indexes, counts }: Buckets): Buckets => ({ indexes, counts: counts.map(() => 0) });
  return {
    ...histogram,
    zeroCount: 0,
    count: 0,
    sum: 0,
    positive: zeroes(histogram.positive),
    negative: zeroes(histogram.negative),
  };
}
