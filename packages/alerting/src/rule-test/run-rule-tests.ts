import { formatDuration, MemoryStore, parseSeriesDescription, type QueryOptions, type Sample } from "@telltale/promql";
import type { RuleFile } from "../rule-file/rule-file.ts";
import { RuleGroup } from "../rule-group/rule-group.ts";
import { alertProblem, type FoundAlert, withEmptyLabels } from "./alert-problem.ts";
import { expressionProblem } from "./expression-problem.ts";
import type { AlertTest, RuleTestFile, RuleTestGroup } from "./rule-test-file.ts";

/** What became of one group of tests. */
export interface RuleTestOutcome {
  /** The name that the file gives, or `unnamed#0` by its place. */
  readonly name: string;
  /** One for each test that failed, in promtool's words; none when all passed. */
  readonly failures: readonly string[];
}

/** Runs the tests of a file on rule files that were read, all evaluated from the start of each group of tests. */
export function runRuleTests(
  file: RuleTestFile,
  rules: readonly RuleFile[],
  query: QueryOptions = {},
): readonly RuleTestOutcome[] {
  return file.tests.map((group, i) => ({
    name: group.name === "" ? `unnamed#${i}` : group.name,
    failures: runGroup(file, group, rules, { ...query, defaultSubqueryStepMs: file.evaluationIntervalMs }),
  }));
}

function runGroup(
  file: RuleTestFile,
  test: RuleTestGroup,
  rules: readonly RuleFile[],
  query: QueryOptions,
): readonly string[] {
  const store = new MemoryStore();
  const input: { next: number; readonly samples: readonly Sample[] }[] = [];
  for (const { series, values } of test.inputSeries) {
    try {
      input.push({ next: 0, samples: samplesOf(`${series} ${values}`, test) });
    } catch (error) {
      return [`    series: ${series} ${values}, err: ${(error as Error).message}`];
    }
  }
  const groups = orderedGroups(file, test, rules, { store, query });
  const failures: string[] = [];
  const waiting = test.alertTests.toSorted((a, b) => a.evalTimeMs - b.evalTimeMs);
  for (let elapsedMs = 0; elapsedMs <= lastTimeMs(test); elapsedMs += file.evaluationIntervalMs) {
    const timeMs = test.startMs + elapsedMs;
    for (const one of input) {
      const from = one.next;
      while (one.next < one.samples.length && one.samples[one.next]!.timeMs <= timeMs) one.next++;
      store.append(one.samples.slice(from, one.next));
    }
    for (const group of groups) group.evaluate(timeMs);
    const errors = evaluationErrors(groups, elapsedMs);
    if (errors.length > 0) return [...failures, ...errors];
    // An alert is looked at as it was at the evaluation before its time.
    while (waiting.length > 0 && waiting[0]!.evalTimeMs < elapsedMs + file.evaluationIntervalMs) {
      const problem = alertTestProblem(waiting.shift()!, groups, test);
      if (problem !== undefined) failures.push(problem);
    }
  }
  for (const one of test.expressionTests) {
    const options = { ...query, timeMs: test.startMs + one.evalTimeMs };
    const problem = expressionProblem(one, store, { query: options, fuzzy: file.fuzzyCompare });
    if (problem !== undefined) failures.push(problem);
  }
  return failures;
}

function samplesOf(description: string, { startMs, intervalMs }: RuleTestGroup): readonly Sample[] {
  const { labels, values } = parseSeriesDescription(description);
  const samples: Sample[] = [];
  for (const [i, value] of values.entries()) {
    const sample = { labels, timeMs: startMs + i * intervalMs, value: Number.NaN };
    if (value.kind === "stale") samples.push({ ...sample, stale: true });
    else if (value.kind === "float") samples.push({ ...sample, value: value.value });
    else if (value.kind === "histogram") samples.push({ ...sample, histogram: value.histogram });
  }
  return samples;
}

function orderedGroups(
  { groupEvalOrder }: RuleTestFile,
  test: RuleTestGroup,
  rules: readonly RuleFile[],
  { store, query }: { readonly store: MemoryStore; readonly query: QueryOptions },
): readonly RuleGroup[] {
  const { externalLabels, externalUrl, intervalMs } = test;
  return rules
    .flatMap((file) => file.groups)
    .map((group) => new RuleGroup(group, { store, query, intervalMs, externalLabels, externalUrl }))
    .toSorted((a, b) => placeOf(a, groupEvalOrder) - placeOf(b, groupEvalOrder));
}

/** Groups that the order does not name count as its first. */
function placeOf({ definition }: RuleGroup, order: readonly string[]): number {
  return Math.max(order.indexOf(definition.name), 0);
}

function lastTimeMs({ alertTests, expressionTests }: RuleTestGroup): number {
  return Math.max(0, ...[...alertTests, ...expressionTests].map(({ evalTimeMs }) => evalTimeMs));
}

function evaluationErrors(groups: readonly RuleGroup[], elapsedMs: number): readonly string[] {
  return groups.flatMap((group) =>
    group
      .rules()
      .filter(({ lastError }) => lastError !== undefined)
      .map(({ definition, lastError }) => {
        return `    rule: ${definition.name}, time: ${formatDuration(elapsedMs)}, err: ${lastError}`;
      }),
  );
}

function alertTestProblem(
  alertTest: AlertTest,
  groups: readonly RuleGroup[],
  { name }: RuleTestGroup,
): string | undefined {
  const found = groups
    .flatMap((group) => group.rules())
    .filter(({ definition }) => definition.kind === "alerting" && definition.name === alertTest.alertname)
    .flatMap(({ alerts }) => alerts)
    .filter(({ state }) => state === "firing")
    .map(({ labels, annotations }): FoundAlert => ({ labels, annotations: withEmptyLabels(annotations) }));
  return alertProblem(alertTest, found, name);
}
