/**
 * Draws pictures of dashboards with what the simulators tell: `npm run pictures`. They are not part of `npm run generate`, as
 * the runs take time.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { dashboards } from "./dashboard-files.ts";
import { dashboardPicture } from "./dashboard-picture.ts";
import { PICTURES } from "./pictured-runs.ts";
import { samplesOf } from "./simulated-run.ts";

const folder = resolve(import.meta.dirname, "../docs/pictures");
mkdirSync(folder, { recursive: true });
for (const [name, { simulator, fault, minutes }] of Object.entries(PICTURES)) {
  const dashboard = dashboards.find((one) => one.name === name)!;
  const samples = await samplesOf({ simulator, fault, durationMs: minutes * 60_000 });
  writeFileSync(resolve(folder, `${name}.svg`), dashboardPicture(dashboard, samples));
  process.stdout.write(`docs/pictures/${name}.svg\n`);
}
