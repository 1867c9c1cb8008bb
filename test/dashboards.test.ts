import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "@telltale/promql";
import { expect, onTestFinished, test } from "vitest";
import { dashboardJson } from "../scripts/dashboard-file.ts";
import { dashboards } from "../scripts/dashboard-files.ts";
import { lintExpression } from "../scripts/lint-expression.ts";
import { metricLabels } from "../scripts/metric-labels.ts";
import { withVariables } from "../scripts/panel-data.ts";
import { PICTURES } from "../scripts/pictured-runs.ts";

const known = await metricLabels();
const panels = dashboards.flatMap((dashboard) =>
  dashboard.rows.flatMap((row) =>
    row.panels.map((panel) => ({ name: `${dashboard.title}: ${row.title}: ${panel.title}`, ...panel })),
  ),
);
const queries = panels.flatMap(({ name, queries }) =>
  Object.entries(queries).map(([legend, expr]) => ({ name, legend, expr: withVariables(expr) })),
);

test.each(panels)("$name asks only for metrics, labels and values that the catalogues have", ({ queries }) => {
  const faults = Object.values(queries).map((expr) => lintExpression(parse(withVariables(expr)), known).faults);
  expect(faults.flat()).toEqual([]);
});

test("legends speak of labels that their series have", () => {
  const strange = queries.flatMap(({ name, legend, expr }) => {
    const { labels } = lintExpression(parse(expr), known);
    const spoken = [...legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label!);
    return spoken.filter((label) => !labels.has(label)).map((label) => `${name}: ${legend}: ${label}`);
  });
  expect(strange).toEqual([]);
});

test("what a panel is grouped by is told in its legend", () => {
  const silent = queries.filter(({ legend, expr }) => {
    const { labels } = lintExpression(parse(expr), known);
    return [...labels.keys()].some((label) => !legend.includes(`{{${label}}}`));
  });
  expect(silent.map(({ name, legend }) => `${name}: ${legend}`)).toEqual([]);
});

test("promtool parses every expression", (context) => {
  const folder = mkdtempSync(join(tmpdir(), "telltale-panels-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "panels.yaml");
  // JSON is YAML.
  const rules = queries.map(({ expr }, i) => ({ record: `panel:${i}`, expr }));
  writeFileSync(file, JSON.stringify({ groups: [{ name: "panels", rules }] }));
  try {
    const output = execFileSync("promtool", ["check", "rules", file], { encoding: "utf8", stdio: "pipe" });
    expect(output).toContain(`${rules.length} rules found`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT")
      context.skip("promtool is not installed (Debian: prometheus)");
    throw error;
  }
});

test("pages have uids of their own, and panels that do not overlap", () => {
  const pages = dashboards.map((one) => JSON.parse(dashboardJson(one)));
  expect(new Set(pages.map(({ uid }) => uid)).size).toBe(pages.length);
  for (const page of pages) {
    expect(page.uid).toMatch(/^telltale-[a-z]+$/);
    const taken = new Set<string>();
    for (const { gridPos, title } of page.panels as {
      gridPos: Record<"x" | "y" | "w" | "h", number>;
      title: string;
    }[]) {
      const { x, y, w, h } = gridPos;
      expect(x + w).toBeLessThanOrEqual(24);
      for (let column = x; column < x + w; column++) {
        for (let line = y; line < y + h; line++) {
          expect(taken.has(`${column} ${line}`), `${page.title}: ${title} lies over another panel`).toBe(false);
          taken.add(`${column} ${line}`);
        }
      }
    }
  }
});

test.each(Object.keys(PICTURES))("the picture of %s has the panels of its page", (name) => {
  const picture = readFileSync(new URL(`../docs/pictures/${name}.svg`, import.meta.url), "utf8");
  const titles = dashboards
    .find((one) => one.name === name)!
    .rows.flatMap(({ panels }) => panels.map(({ title }) => title));
  expect(titles.filter((title) => !picture.includes(`>${title.replaceAll("&", "&amp;")}</text>`))).toEqual([]);
});

test("a panel has the thresholds of the alerts that it names", () => {
  const page = JSON.parse(dashboardJson(dashboards.find(({ name }) => name === "system")!));
  const memory = page.panels.find(({ title }: { title: string }) => title === "Memory");
  expect(memory.fieldConfig.defaults.thresholds.steps).toEqual([
    { value: null, color: "green" },
    { value: 0.85, color: "orange" },
    { value: 0.95, color: "red" },
  ]);
  const network = JSON.parse(dashboardJson(dashboards.find(({ name }) => name === "network")!));
  const health = network.panels.find(({ title }: { title: string }) => title === "Health");
  expect(health.fieldConfig.defaults.thresholds.steps).toEqual([
    { value: null, color: "orange" },
    { value: 60, color: "green" },
  ]);
});

test("every metric of a domain is on a page, or is left out for a reason", () => {
  const shown = queries.flatMap(({ expr }) => expr.match(/[a-z][a-z0-9_]+/g) ?? []);
  const seen = new Set(shown);
  const family = (name: string): string => name.replace(/_(bucket|sum|count)$/, "");
  const families = new Set([...seen].map(family));
  const missing = [...new Set([...known.keys()].map(family))].filter((name) => !families.has(name));
  expect(missing.sort()).toEqual(LEFT_OUT);
});

/** What they tell is on a page by another metric; baselines are of series that the user chooses, texts are for alerts. */
const LEFT_OUT = [
  "hw_battery_time_left_seconds",
  "nodejs_eventloop_delay_mean_seconds",
  "nodejs_eventloop_delay_min_seconds",
  "nodejs_eventloop_delay_p90_seconds",
  "nodejs_eventloop_delay_stddev_seconds",
  "nodejs_eventloop_time_seconds_total",
  "process_cpu_time_seconds_total",
  "system_cpu_utilization_ratio",
  "system_filesystem_limit_bytes",
  "system_filesystem_usage_bytes",
  "system_memory_linux_available_bytes",
  "telltale_anomaly_score",
  "telltale_baseline",
  "telltale_baseline_lower",
  "telltale_baseline_upper",
  "telltale_condition_text",
  "v8js_memory_heap_space_available_size_bytes",
  "v8js_memory_heap_space_physical_size_bytes",
  "v8js_memory_heap_space_size_bytes",
];
