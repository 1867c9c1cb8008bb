import type { Evaluation } from "../evaluation/evaluation.ts";
import { PromqlEvaluationError } from "../evaluation/evaluation-error.ts";
import type { Grid } from "../evaluation/grid.ts";
import { infoReference } from "../evaluation/info-reference.ts";
import { selectInstants } from "../evaluation/instant-selector.ts";
import { RowAssembly } from "../evaluation/row-assembly.ts";
import { ABSENT, HISTOGRAM_POINT, type SeriesMatrix } from "../evaluation/series-matrix.ts";
import type { Work } from "../evaluation/turn.ts";
import { LabelMatcher } from "../label-matcher.ts";
import {
  formatLabels,
  isMetadataLabel,
  type Labels,
  labelValue,
  METRIC_NAME,
  metricName,
  withLabel,
} from "../labels.ts";
import type { CallExpression, VectorSelector } from "../syntax-tree.ts";

/** The labels by which a series finds its info series. Prometheus has no others yet. */
const identifying = ["instance", "job"] as const;

/** How many series find their info between two possible interruptions. */
const TARGETS_PER_TURN = 512;

/** info(): series with the labels of the info series that describe the same target. */
export function* info(evaluation: Evaluation, call: CallExpression, grid: Grid): Work<SeriesMatrix> {
  const base = yield* evaluation.vector(call.arguments[0]!, grid);
  const selector = call.arguments[1] as VectorSelector | undefined;
  const given = selector?.matchers ?? [new LabelMatcher(METRIC_NAME, "=", "target_info")];
  const names = effectiveNames(given.filter(({ name }) => name === METRIC_NAME));
  const data = given.filter(({ name }) => name !== METRIC_NAME);
  const ignored = new Set<number>();
  base.labels.forEach((labels, row) => {
    if (names.every((matcher) => matcher.matches(metricName(labels)))) ignored.add(row);
  });
  const reference = infoReference(call.arguments[0]!);
  const infos = yield* selectInfos(evaluation, grid, {
    matchers: [...names, ...data],
    targets: base.labels.filter((_, row) => !ignored.has(row)),
    atMs: reference?.atMs,
    offsetMs: reference?.offsetMs ?? 0,
  });
  return yield* enrich(base, infos, ignored, data, grid);
}

/** What selects info series by name: without a positive condition, everything called `…_info`. */
function effectiveNames(matchers: readonly LabelMatcher[]): readonly LabelMatcher[] {
  if (matchers.some(({ operator }) => operator === "=" || operator === "=~")) return matchers;
  if (matchers.length > 0) return [new LabelMatcher(METRIC_NAME, "=~", ".+_info"), ...matchers];
  return [new LabelMatcher(METRIC_NAME, "=", "target_info")];
}

interface InfoSelection {
  readonly matchers: readonly LabelMatcher[];
  /** The series that look for info. */
  readonly targets: readonly Labels[];
  readonly atMs: number | undefined;
  readonly offsetMs: number;
}

/** The info series of all targets, with the times of their samples for values. */
function* selectInfos(
  evaluation: Evaluation,
  grid: Grid,
  { matchers, targets, atMs, offsetMs }: InfoSelection,
): Work<readonly SeriesMatrix[]> {
  const wanted = new Map<string, Map<string, Set<string>>>();
  for (const labels of targets) {
    const present = identifying.filter((name) => labelValue(labels, name) !== "");
    if (present.length === 0) continue;
    const key = present.join();
    const values = wanted.get(key) ?? new Map(present.map((name) => [name as string, new Set<string>()]));
    wanted.set(key, values);
    for (const name of present) values.get(name)!.add(labelValue(labels, name));
  }
  const found: SeriesMatrix[] = [];
  for (const values of wanted.values()) {
    const targetMatchers = identifying.map((name) => {
      const alternatives = values.get(name);
      if (alternatives === undefined) return new LabelMatcher(name, "=", "");
      return new LabelMatcher(name, "=~", [...alternatives].sort().map(quoteMeta).join("|"));
    });
    const selector: VectorSelector = {
      type: "vectorSelector",
      name: "",
      matchers: [...targetMatchers, ...matchers],
      offsetMs,
      offsetExpression: undefined,
      atMs,
      atPreprocessor: undefined,
      extension: undefined,
      mayBeEmpty: true,
      position: { start: 0, end: 0 },
    };
    found.push(yield* selectInfoTimes(evaluation, selector, grid));
  }
  return found;
}

function* selectInfoTimes(evaluation: Evaluation, selector: VectorSelector, grid: Grid): Work<SeriesMatrix> {
  const values = yield* selectInstants(evaluation, selector, grid);
  for (let i = 0; i < values.count * grid.steps; i++) {
    if (values.present[i] !== HISTOGRAM_POINT) continue;
    const series = formatLabels(values.labels[Math.floor(i / grid.steps)]!);
    throw new PromqlEvaluationError(`this should be an info metric, with float samples: ${series}`);
  }
  return yield* selectInstants(evaluation, selector, grid, "time");
}

function* enrich(
  base: SeriesMatrix,
  infos: readonly SeriesMatrix[],
  ignored: ReadonlySet<number>,
  data: readonly LabelMatcher[],
  grid: Grid,
): Work<SeriesMatrix> {
  const { steps, present } = base;
  const wanted = new Set(data.map(({ name }) => name));
  const mayBeWithout = data.every((matcher) => matcher.matches(""));
  const assembly = new RowAssembly(grid, base.count);
  let points = 0;
  for (let step = 0; step < steps; step++) {
    yield;
    const byTarget = infosAt(infos, step);
    for (let row = 0; row < base.count; row++) {
      if (++points % TARGETS_PER_TURN === 0) yield;
      const from = row * steps + step;
      if (present[from] === ABSENT) continue;
      let labels = base.labels[row]!;
      if (!ignored.has(row)) {
        const described = byTarget.get(targetOf(labels));
        if (described === undefined && !mayBeWithout) continue;
        if (described !== undefined) labels = withInfo(labels, described, wanted);
      }
      assembly.matrix.copyPoint(base, from, assembly.place(labels, base.dropName[row]!, step));
    }
  }
  return assembly.matrix;
}

/** The info series at a step by target; of several with the same name, the one with the latest sample. */
function infosAt(infos: readonly SeriesMatrix[], step: number): Map<string, readonly Labels[]> {
  const latest = new Map<string, Map<string, { labels: Labels; timeMs: number }>>();
  for (const matrix of infos) {
    for (let row = 0; row < matrix.count; row++) {
      const index = row * matrix.steps + step;
      if (matrix.present[index] === ABSENT) continue;
      const labels = matrix.labels[row]!;
      const target = targetOf(labels);
      const timeMs = Math.round(matrix.values[index]! * 1000);
      const byName = latest.get(target) ?? new Map<string, { labels: Labels; timeMs: number }>();
      latest.set(target, byName);
      const before = byName.get(metricName(labels));
      if (before !== undefined && before.timeMs === timeMs) {
        const [a, b] = [before.labels, labels].map(formatLabels);
        throw new PromqlEvaluationError(
          `found duplicate series for info metric: existing ${a} @ ${timeMs}, new ${b} @ ${timeMs}`,
        );
      }
      if (before === undefined || before.timeMs < timeMs) byName.set(metricName(labels), { labels, timeMs });
    }
  }
  return new Map([...latest].map(([target, byName]) => [target, [...byName.values()].map(({ labels }) => labels)]));
}

function withInfo(labels: Labels, infos: readonly Labels[], wanted: ReadonlySet<string>): Labels {
  const added = new Map<string, string>();
  for (const { pairs } of infos) {
    for (let i = 0; i < pairs.length; i += 2) {
      const name = pairs[i]!;
      const value = pairs[i + 1]!;
      if (isMetadataLabel(name) || (wanted.size > 0 && !wanted.has(name))) continue;
      const before = added.get(name);
      if (before !== undefined && before !== value) throw new PromqlEvaluationError(`conflicting label: ${name}`);
      if (labelValue(labels, name) === "") added.set(name, value);
    }
  }
  let result = labels;
  for (const [name, value] of added) result = withLabel(result, name, value);
  return result;
}

function targetOf(labels: Labels): string {
  return identifying.map((name) => labelValue(labels, name)).join("\0");
}

function quoteMeta(text: string): string {
  return text.replace(/[\\.+*?()|[\]{}^$]/g, "\\$&");
}
