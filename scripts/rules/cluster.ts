import { catalogue as cluster } from "../../packages/cluster/src/catalogue.ts";
import type { RuleGroup } from "../alert.ts";
import { selectors, stored } from "../series.ts";

const { series } = selectors();

const queue = { "cluster.queue": "train", "cluster.priority": "normal" } as const;
const workers = { "cluster.node.type": "worker" } as const;

export const group: RuleGroup = {
  domain: "cluster",
  title: "Cluster",
  alerts: [
    {
      name: "JobQueueGrowing",
      expr: `${series(cluster.queueDepth)} > 0 and deriv(${series(cluster.queueDepth)}[15m]) > 0`,
      for: "30m",
      severity: "warning",
      summary: "Queue {{ $labels.cluster_queue }} grows for 30 min",
      meaning: "More jobs come than are done, and have for half an hour: waiting times grow without end.",
      steps: [
        "Are workers missing (NodesNotReady), or jobs slower or more than usual? The Cluster dashboard has all three.",
        "Add workers, or refuse jobs of low priority.",
      ],
      fires: {
        samples: { [stored(cluster.queueDepth, queue)]: "5+1x120" },
        at: "40m",
        labels: { instance: "a", cluster_queue: "train", cluster_priority: "normal" },
      },
      silent: { samples: { [stored(cluster.queueDepth, queue)]: "200-1x120" }, at: "40m" },
    },
    {
      name: "NodesNotReady",
      expr: `sum by (instance) (${series(cluster.nodes, { "cluster.node.state": "not_ready" })}) > 0`,
      for: "5m",
      severity: "warning",
      summary: "{{ $value }} nodes not ready",
      meaning: "Nodes are registered, but give no sign of life; their jobs wait or are lost.",
      steps: ["Look at the nodes themselves: power, network, disk. Drain those that do not come back."],
      fires: {
        samples: { [stored(cluster.nodes, { ...workers, "cluster.node.state": "not_ready" })]: "0x4 2x20" },
        at: "8m",
        labels: { instance: "a" },
        value: "2",
      },
      silent: {
        samples: {
          [stored(cluster.nodes, { ...workers, "cluster.node.state": "not_ready" })]: "0x20",
          [stored(cluster.nodes, { ...workers, "cluster.node.state": "draining" })]: "3x20",
        },
        at: "8m",
      },
    },
  ],
};
