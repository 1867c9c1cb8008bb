/** What was told and cannot be: counted, and told once of each kind. */
import { diag } from "@opentelemetry/api";
import { counter } from "@telltale/metrics";
import { catalogue } from "./catalogue.ts";
import { clusterScope } from "./cluster-scope.ts";

export type ClusterAnomaly = "closed_job" | "left_node" | "clock" | "bad_value" | "forgotten";

const anomalies = counter({ ...catalogue.anomalies, scope: clusterScope });
const told = new Set<ClusterAnomaly>();

export function anomaly(kind: ClusterAnomaly, what: string): void {
  anomalies.add(1, { "cluster.anomaly": kind });
  if (told.has(kind)) return;
  told.add(kind);
  diag.warn(`telltale: cluster: ${what} (${kind}); not recorded. Further ones are counted in cluster.anomalies.`);
}
