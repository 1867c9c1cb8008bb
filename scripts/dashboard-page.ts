import type { Dashboard, Panel, Row } from "./dashboard.ts";
import { dashboards } from "./dashboard-files.ts";
import { PICTURES } from "./pictured-runs.ts";

/** docs/dashboards.md: what is on each dashboard, and how to have them. */
export function dashboardPage(): string {
  const rows = dashboards.map(({ name, title, description }) => [
    `[${title}](#${anchor(title)})`,
    `\`${name}.json\``,
    description,
  ]);
  return `${[
    `# Dashboards

<!-- Written by npm run generate from scripts/dashboards: change it there. -->

${dashboards.length} dashboards for Grafana in \`deploy/dashboards\` (schema version 39, which newer ones bring up to their own). They ask a Prometheus that scrapes telltale, or gets its metrics by
OTLP: the names are the same both ways. With \`docker compose up -d\` they are there, in the folder telltale. Elsewhere:

- **By a file provider**, as \`deploy/grafana/provisioning\` shows: mount the folder, and Grafana reads it.
- **By hand**: Dashboards, New, Import, and give the file.
- **By the API**, which wants the file wrapped:

\`\`\`sh
jq '{dashboard: ., overwrite: true}' deploy/dashboards/service.json |
  curl -s -H 'content-type: application/json' -u admin:admin -d @- http://127.0.0.1:3000/api/dashboards/db
\`\`\`

Each has choices of data source, job and instance. Lines and colours are at the thresholds of the alerts, and alerts that fire are marks
over time ([docs/alerts.md](alerts.md)). A panel is empty where its instrumentation is off, or where what it shows has not happened.

The pictures here are not Grafana's: \`npm run pictures\` draws them with the expressions of the panels and the samples of
[examples/simulators](../examples/simulators/README.md).`,
    table(["dashboard", "file", "answers"], rows),
    ...dashboards.map(section),
  ].join("\n\n")}\n`;
}

function section({ name, title, description, rows }: Dashboard): string {
  const picture = PICTURES[name];
  const shown = picture === undefined ? [] : [`![${title}](pictures/${name}.svg)`, `*${picture.caption}*`];
  return [`## ${title}`, description, ...shown, table(["row", "panel", "unit", "shows"], rows.flatMap(panelRows))].join(
    "\n\n",
  );
}

function panelRows({ title, panels }: Row): string[][] {
  return panels.map((panel: Panel, i) => [i === 0 ? title : "", panel.title, panel.unit, panel.description]);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

/** As GitHub makes it of a heading. */
function anchor(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\w\s-]/g, "")
    .replace(/\s/g, "-");
}
