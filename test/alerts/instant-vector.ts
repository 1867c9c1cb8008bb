import {
  type Expression,
  labelsOf,
  type MemoryStore,
  queryInstant,
  type Sample,
  toRecord,
  type VectorSample,
} from "@telltale/promql";

/** What an expression gives at one time. */
export function instantVector(store: MemoryStore, expression: Expression, timeMs: number): readonly VectorSample[] {
  const { value } = queryInstant(store, expression, { timeMs });
  if (value.type !== "vector") throw new TypeError(`a ${value.type} where a vector was expected`);
  return value.samples;
}

/** What a recording rule writes at one time. */
export function recorded(
  store: MemoryStore,
  { record, expression, timeMs }: { readonly record: string; readonly expression: Expression; readonly timeMs: number },
): Sample[] {
  return instantVector(store, expression, timeMs).map(({ labels, value }) => ({
    labels: labelsOf({ ...toRecord(labels), __name__: record }),
    timeMs,
    value,
  }));
}
