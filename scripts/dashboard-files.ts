import type { Dashboard } from "./dashboard.ts";
import { dashboardJson } from "./dashboard-file.ts";
import { dashboard as agents } from "./dashboards/agents.ts";
import { dashboard as cluster } from "./dashboards/cluster.ts";
import { dashboard as consensus } from "./dashboards/consensus.ts";
import { dashboard as gaming } from "./dashboards/gaming.ts";
import { dashboard as gpu } from "./dashboards/gpu.ts";
import { dashboard as network } from "./dashboards/network.ts";
import { dashboard as service } from "./dashboards/service.ts";
import { dashboard as system } from "./dashboards/system.ts";
import { dashboard as telltale } from "./dashboards/telltale.ts";
import { dashboard as trading } from "./dashboards/trading.ts";
import { dashboard as training } from "./dashboards/training.ts";
import type { GeneratedFile } from "./generated.ts";

/** All dashboards, in the order of the page that lists them. */
export const dashboards: readonly Dashboard[] = [
  service,
  system,
  gpu,
  trading,
  consensus,
  network,
  training,
  agents,
  cluster,
  gaming,
  telltale,
];

/** A file each in deploy/dashboards. */
export function dashboardFiles(): readonly GeneratedFile[] {
  return dashboards.map((one) => ({ path: `deploy/dashboards/${one.name}.json`, text: dashboardJson(one) }));
}
