import { alertPage } from "./alert-page.ts";
import { configurationPage } from "./configuration-page.ts";
import { dashboardFiles } from "./dashboard-files.ts";
import { dashboardPage } from "./dashboard-page.ts";
import { instrumentationPage } from "./instrumentation-page.ts";
import { knownMetrics } from "./known-metrics.ts";
import { metricTables } from "./metric-tables.ts";
import { optionTypes } from "./option-types.ts";
import { ruleFiles } from "./rule-files.ts";

/** A committed file and what it has to hold; `test/generated.test.ts` compares. */
export interface GeneratedFile {
  /** Relative to the root of the repository. */
  readonly path: string;
  readonly text: string;
}

/** Every generated file of the repository: add the next one here. */
export async function generated(): Promise<readonly GeneratedFile[]> {
  return [
    { path: "packages/telltale/src/options.ts", text: optionTypes() },
    { path: "docs/configuration.md", text: configurationPage() },
    { path: "docs/instrumentations.md", text: instrumentationPage() },
    ...(await metricTables()),
    await knownMetrics(),
    ...ruleFiles(),
    { path: "docs/alerts.md", text: alertPage() },
    ...dashboardFiles(),
    { path: "docs/dashboards.md", text: dashboardPage() },
  ];
}
