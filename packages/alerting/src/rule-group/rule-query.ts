import {
  type Expression,
  labelsOf,
  type QueryOptions,
  queryInstant,
  type SeriesStore,
  type VectorSample,
} from "@telltale/promql";

/** The samples that an expression has at a time; a scalar is one without labels. @throws Error */
export function ruleQuery(
  store: SeriesStore,
  query: Expression | string,
  options: QueryOptions & { readonly timeMs: number },
): readonly VectorSample[] {
  const { value } = queryInstant(store, query, options);
  if (value.type === "vector") return value.samples;
  if (value.type !== "scalar") throw new Error("rule result is not a vector or scalar");
  return [{ labels: labelsOf({}), timeMs: value.timeMs, value: value.value, histogram: undefined }];
}
