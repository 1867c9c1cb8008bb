import type { NativeBuckets, NativeHistogram } from "@telltale/metrics";
import { type Buckets, type FloatHistogram, floatHistogram } from "@telltale/promql";

/** A histogram as it comes in a batch, as the store has it. */
export function storedHistogram({ id: _, positive, negative, ...head }: NativeHistogram): FloatHistogram {
  return floatHistogram({ ...head, positive: filled(positive), negative: filled(negative) });
}

function filled({ offset, counts }: NativeBuckets): Buckets {
  const indexes: number[] = [];
  const kept: number[] = [];
  counts.forEach((count, i) => {
    if (count === 0) return;
    indexes.push(offset + i);
    kept.push(count);
  });
  return { indexes, counts: kept };
}
