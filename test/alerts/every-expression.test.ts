/** With every metric of the catalogues there, no panel and no rule is empty: on our own engine, and on the real Prometheus. */
import { spawnSync } from "node:child_process";
import { type Expression, MemoryStore, parse, printExpression, type Sample } from "@telltale/promql";
import { expect, onTestFinished, test } from "vitest";
import { dashboards } from "../../scripts/dashboard-files.ts";
import { withVariables } from "../../scripts/panel-data.ts";
import { optionalGroups, ruleGroups } from "../../scripts/rule-files.ts";
import { prometheusWith } from "../promql/prometheus-answers.ts";
import { catalogueFeed } from "./catalogue-feed.ts";
import { instantVector, recorded } from "./instant-vector.ts";

const endMs = Date.UTC(2026, 0, 5, 12);
const stepMs = 60_000;
const feed = await catalogueFeed({ startMs: endMs - 2 * 3_600_000, endMs, stepMs });
const recordings = [...ruleGroups, ...optionalGroups].flatMap((group) => group.recordings ?? []);
const expressions = [...panelExpressions(), ...recordings.map(({ expr }) => expr), ...alertOperands()];

test("our engine answers every expression with numbers", () => {
  const store = new MemoryStore({ retentionMs: 1e12, maxBytes: 512 * 1024 * 1024 });
  store.append(feed);
  store.append(recordedSamples(store));
  expect(expressions.filter((expression) => isEmpty(store, expression))).toEqual([]);
});

const installed = spawnSync("prometheus", ["--version"]).error === undefined;

test.skipIf(!installed)("the real Prometheus answers every expression with numbers", async () => {
  const store = new MemoryStore({ retentionMs: 1e12, maxBytes: 512 * 1024 * 1024 });
  store.append(feed);
  const prometheus = await prometheusWith("prometheus", [...feed, ...recordedSamples(store)]);
  onTestFinished(() => prometheus[Symbol.asyncDispose]());
  const empty: string[] = [];
  for (const query of expressions) {
    const answer = await prometheus.ask({ query, startMs: endMs, endMs, stepMs: 0 });
    if ("error" in answer) empty.push(`${query}: ${answer.error}`);
    else if (![...answer.series.values()].flat().some(([, value]) => !Number.isNaN(value))) empty.push(query);
  }
  expect(empty).toEqual([]);
});

function panelExpressions(): string[] {
  return dashboards
    .flatMap(({ rows }) => rows.flatMap(({ panels }) => panels))
    .flatMap(({ queries }) => Object.values(queries).map((expr) => withVariables(expr)));
}

/** What alerts compare: whether it is over its limit here has no meaning. */
function alertOperands(): string[] {
  return ruleGroups.flatMap(({ alerts }) => alerts.flatMap(({ expr }) => operands(parse(expr)).map(printExpression)));
}

function operands(expression: Expression): Expression[] {
  if (expression.type === "parenthesized") return operands(expression.expression);
  if (expression.type !== "binary") return [expression];
  const { operator, left, right } = expression;
  if ([">", "<", ">=", "<=", "=="].includes(operator)) return operands(left);
  return operator === "and"
    ? [...operands(left), ...operands(right)]
    : operator === "unless"
      ? operands(left)
      : [expression];
}

/** What the recording rules would have written at the end. */
function recordedSamples(store: MemoryStore): Sample[] {
  return recordings.flatMap(({ record, expr }) => recorded(store, { record, expression: parse(expr), timeMs: endMs }));
}

function isEmpty(store: MemoryStore, expression: string): boolean {
  return instantVector(store, parse(expression), endMs).every(({ value }) => Number.isNaN(value));
}
