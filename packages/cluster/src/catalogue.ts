import { bounded, type Catalogue } from "@telltale/metrics";

/** Every metric of nodes, zones, queues and jobs; the table in README.md is made from it. Those of agents: agents/catalogue.ts. */
export const catalogue = {
  nodes: {
    kind: "upDownCounter",
    name: "cluster.nodes",
    unit: "{node}",
    description: "Nodes by type and state. One whose heartbeat stays away is not ready.",
    attributes: { ...nodeType(), "cluster.node.state": ["ready", "not_ready", "draining"] },
  },
  nodeLatency: {
    kind: "histogram",
    name: "cluster.node.latency",
    unit: "s",
    description: "Round trip between nodes of two zones.",
    attributes: { "cluster.source.zone": bounded(50), "cluster.target.zone": bounded(50) },
    boundaries: [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
  },
  bandwidthUtilization: {
    kind: "gauge",
    name: "cluster.bandwidth.utilization",
    unit: "1",
    description: "Bandwidth of a zone that is used, as a share of what is available.",
    attributes: { "cluster.zone": bounded(50), "network.io.direction": ["transmit", "receive"] },
  },
  queueDepth: {
    kind: "upDownCounter",
    name: "cluster.queue.depth",
    unit: "{job}",
    description: "Jobs that wait.",
    attributes: { ...queue(), ...priority() },
  },
  queueWaitDuration: {
    kind: "histogram",
    name: "cluster.queue.wait.duration",
    unit: "s",
    description: "From a job's arrival in the queue, or its return to it, to its start.",
    attributes: { ...queue(), ...priority() },
    boundaries: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 600, 1_800, 3_600, 14_400, 86_400],
  },
  jobs: {
    kind: "counter",
    name: "cluster.jobs",
    unit: "{job}",
    description: "Jobs by how they ended. A preempted one that goes back to its queue is counted each time.",
    attributes: { ...queue(), "cluster.outcome": ["completed", "failed", "canceled", "preempted"] },
  },
  resourceUsage: {
    kind: "gauge",
    name: "cluster.resource.usage",
    unit: "{unit}",
    description: "What is allocated: `cpu` in cores, `memory` and `disk` in bytes, `gpu` in devices.",
    attributes: { ...resource(), ...nodeType() },
  },
  resourceLimit: {
    kind: "gauge",
    name: "cluster.resource.limit",
    unit: "{unit}",
    description: "What can be allocated, in the units of cluster.resource.usage.",
    attributes: { ...resource(), ...nodeType() },
  },
  anomalies: {
    kind: "counter",
    name: "cluster.anomalies",
    unit: "{event}",
    description: "Events that were told and could not be: of a job or node that is gone, of time that ran backwards.",
    attributes: { "cluster.anomaly": ["closed_job", "left_node", "clock", "bad_value", "forgotten"] },
  },
} as const satisfies Catalogue;

function nodeType() {
  return { "cluster.node.type": bounded(50) } as const;
}

function queue() {
  return { "cluster.queue": bounded(100) } as const;
}

function priority() {
  return { "cluster.priority": bounded(10) } as const;
}

function resource() {
  return { "cluster.resource": ["cpu", "memory", "gpu", "disk"] } as const;
}
