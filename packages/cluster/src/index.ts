export { catalogue } from "./catalogue.ts";
export { type Cluster, cluster, createCluster } from "./cluster.ts";
export { ClusterInstrumentation, type ClusterInstrumentationConfig } from "./cluster-instrumentation.ts";
export type { ClusterNode, NodeOptions, NodeState, Resource, Resources } from "./cluster-node.ts";
export type { ClusterOptions } from "./cluster-options.ts";
export type { Job, JobOutcome, JobState } from "./job.ts";
export type { JobOptions, Queue } from "./queue.ts";
export type { Bandwidth, IoDirection, Zone } from "./zone.ts";
