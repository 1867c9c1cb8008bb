import {
  compareLabels,
  describeHistogram,
  formatDuration,
  formatLabels,
  goQuote,
  type Labels,
  parseSeriesDescription,
  type QueryOptions,
  type SeriesStore,
} from "@telltale/promql";
import { formatFloat } from "../go-template/format-float.ts";
import { ruleQuery } from "../rule-group/rule-query.ts";
import type { ExpectedSample, ExpressionTest } from "./rule-test-file.ts";

interface ComparedSample {
  readonly labels: Labels;
  readonly value: number;
  /** Empty for a number. */
  readonly histogram: string;
}

/** What is wrong with the value of an expression, in promtool's words; undefined when it is as expected. */
export function expressionProblem(
  test: ExpressionTest,
  store: SeriesStore,
  { query, fuzzy }: { readonly query: QueryOptions & { readonly timeMs: number }; readonly fuzzy: boolean },
): string | undefined {
  const head = `    expr: ${goQuote(test.expression)}, time: ${formatDuration(test.evalTimeMs)},`;
  let got: readonly ComparedSample[];
  let expected: readonly ComparedSample[];
  try {
    got = ruleQuery(store, test.expression, query).map(({ labels, value, histogram }) =>
      histogram === undefined
        ? { labels, value, histogram: "" }
        : { labels, value: 0, histogram: describeHistogram(histogram) },
    );
    expected = test.expected.map(expectedSample);
  } catch (error) {
    return `${head} err: ${(error as Error).message}`;
  }
  const order = (a: ComparedSample, b: ComparedSample) => compareLabels(a.labels, b.labels);
  const [wanted, found] = [expected.toSorted(order), got.toSorted(order)];
  const same = wanted.length === found.length && wanted.every((one, i) => sameSample(one, found[i]!, fuzzy));
  return same ? undefined : `${head}\n        exp: ${describe(wanted)}\n        got: ${describe(found)}`;
}

function expectedSample({ labels: text, value, histogram }: ExpectedSample): ComparedSample {
  try {
    const labels = parseSeriesDescription(text === "" ? "{}" : text).labels;
    if (histogram === "") return { labels, value, histogram };
    const { values } = parseSeriesDescription(`{} ${histogram}`);
    const [only] = values;
    if (values.length !== 1) throw new Error(`expected 1 value, got ${values.length}`);
    if (only!.kind !== "histogram") throw new Error(`expected histogram, got ${histogram}`);
    return { labels, value: 0, histogram: describeHistogram(only!.histogram) };
  } catch (error) {
    throw new Error(`labels ${goQuote(text)}: ${(error as Error).message}`, { cause: error });
  }
}

/** NaN is never as expected, as with promtool. */
function sameSample(a: ComparedSample, b: ComparedSample, fuzzy: boolean): boolean {
  if (a.labels.key !== b.labels.key || a.histogram !== b.histogram) return false;
  if (a.histogram !== "" || a.value === b.value) return true;
  return fuzzy && areNeighbours(a.value, b.value);
}

const bits = new DataView(new ArrayBuffer(8));

/** No number is between the two. */
function areNeighbours(a: number, b: number): boolean {
  const [left, right] = [ordinal(a), ordinal(b)];
  return Number.isFinite(a) && Number.isFinite(b) && (left - right === 1n || right - left === 1n);
}

/** The place of a number among all numbers. */
function ordinal(value: number): bigint {
  bits.setFloat64(0, value);
  const raw = bits.getBigInt64(0);
  return raw < 0n ? -(raw & 0x7fff_ffff_ffff_ffffn) : raw;
}

function describe(samples: readonly ComparedSample[]): string {
  if (samples.length === 0) return "nil";
  return samples
    .map(({ labels, value, histogram }) => {
      const shown = histogram === "" ? formatFloat(value, "e", -1).toUpperCase().replace("INF", "Inf") : histogram;
      return `${formatLabels(labels)} ${shown}`;
    })
    .join(", ");
}
