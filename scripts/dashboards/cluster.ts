import { catalogue as cluster } from "../../packages/cluster/src/catalogue.ts";
import type { Dashboard } from "../dashboard.ts";
import {
  bucketRates,
  greatest,
  inRange,
  onPage,
  perSecond,
  quantile,
  quantiles,
  share,
  total,
} from "../page-queries.ts";
import { group } from "../rules/cluster.ts";

const { series, buckets } = onPage;

export const dashboard: Dashboard = {
  name: "cluster",
  title: "Cluster",
  description: "Nodes and their resources, the distance between zones, queues and their jobs.",
  of: cluster.nodes,
  alerts: group.alerts,
  rows: [
    {
      title: "Now",
      panels: [
        {
          kind: "number",
          title: "Nodes ready",
          description: "Of all types.",
          unit: "short",
          queries: { ready: total(series(cluster.nodes, { "cluster.node.state": "ready" })) },
        },
        {
          kind: "number",
          title: "Not ready",
          description: "Registered, and without a sign of life.",
          unit: "short",
          limits: ["NodesNotReady"],
          queries: { "not ready": total(series(cluster.nodes, { "cluster.node.state": "not_ready" })) },
        },
        {
          kind: "number",
          title: "Draining",
          description: "They take no more jobs.",
          unit: "short",
          queries: { draining: total(series(cluster.nodes, { "cluster.node.state": "draining" })) },
        },
        {
          kind: "number",
          title: "Jobs waiting",
          description: "In all queues.",
          unit: "short",
          queries: { waiting: total(series(cluster.queueDepth)) },
        },
        {
          kind: "number",
          title: "Wait",
          description: "p99 from arrival to start.",
          unit: "s",
          queries: { p99: quantile(0.99, buckets(cluster.queueWaitDuration)) },
        },
        {
          kind: "number",
          title: "Jobs",
          description: "Completed a minute.",
          unit: "short",
          queries: { completed: `60 * ${perSecond(series(cluster.jobs, { "cluster.outcome": "completed" }))}` },
        },
      ],
    },
    {
      title: "Nodes and zones",
      panels: [
        {
          kind: "lines",
          title: "Nodes",
          description: "By type and state.",
          unit: "short",
          stacked: true,
          min: 0,
          queries: {
            "{{cluster_node_type}} {{cluster_node_state}}": total(
              series(cluster.nodes),
              "cluster_node_type",
              "cluster_node_state",
            ),
          },
        },
        {
          kind: "bars",
          title: "Resources",
          description: "Allocated share of what can be.",
          unit: "percentunit",
          min: 0,
          max: 1,
          queries: {
            "{{cluster_node_type}} {{cluster_resource}}": share(
              total(series(cluster.resourceUsage), "cluster_node_type", "cluster_resource"),
              total(series(cluster.resourceLimit), "cluster_node_type", "cluster_resource"),
            ),
          },
        },
        {
          kind: "heat",
          title: "Round trips",
          description: "How many took how long, between all zones.",
          unit: "s",
          queries: { "{{le}}": bucketRates(buckets(cluster.nodeLatency)) },
        },
        {
          kind: "lines",
          title: "Round trips by zones",
          description: "p99 from zone to zone.",
          unit: "s",
          min: 0,
          queries: {
            "{{cluster_source_zone}} to {{cluster_target_zone}}": quantile(
              0.99,
              buckets(cluster.nodeLatency),
              "cluster_source_zone",
              "cluster_target_zone",
            ),
          },
        },
        {
          kind: "lines",
          title: "Bandwidth",
          description: "Used share of what a zone has.",
          unit: "percentunit",
          min: 0,
          max: 1,
          queries: {
            "{{cluster_zone}} {{network_io_direction}}": greatest(
              series(cluster.bandwidthUtilization),
              "cluster_zone",
              "network_io_direction",
            ),
          },
        },
        {
          kind: "bars",
          title: "Anomalies",
          description: "Events that cannot be, in the time that is shown.",
          unit: "short",
          queries: { "{{cluster_anomaly}}": inRange(series(cluster.anomalies), "cluster_anomaly") },
        },
      ],
    },
    {
      title: "Queues",
      panels: [
        {
          kind: "lines",
          title: "Depth",
          description: "Jobs that wait, by queue and priority.",
          unit: "short",
          min: 0,
          queries: {
            "{{cluster_queue}} {{cluster_priority}}": total(
              series(cluster.queueDepth),
              "cluster_queue",
              "cluster_priority",
            ),
          },
        },
        {
          kind: "lines",
          title: "Wait",
          description: "From a job's arrival to its start.",
          unit: "s",
          min: 0,
          queries: quantiles([0.5, 0.99], buckets(cluster.queueWaitDuration), "cluster_queue"),
        },
        {
          kind: "lines",
          title: "Jobs",
          description: "A minute, by queue and outcome.",
          unit: "short",
          stacked: true,
          min: 0,
          queries: {
            "{{cluster_queue}} {{cluster_outcome}}": `60 * ${perSecond(series(cluster.jobs), "cluster_queue", "cluster_outcome")}`,
          },
        },
        {
          kind: "lines",
          title: "Growth",
          description: "Jobs an hour by which a queue grows: above 0 for half an hour, and JobQueueGrowing fires.",
          unit: "short",
          queries: {
            "{{cluster_queue}}": `3600 * sum by (cluster_queue) (deriv(${series(cluster.queueDepth)}[15m]))`,
          },
        },
      ],
    },
  ],
};
