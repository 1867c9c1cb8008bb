export { catalogue } from "./catalogue.ts";
export declare const catalogue: {
    readonly nodes: {
        readonly kind: "upDownCounter";
        readonly name: "cluster.nodes";
        readonly unit: "{node}";
        readonly description: "Nodes by type and state. One whose heartbeat stays away is not ready.";
        readonly attributes: {
            readonly "cluster.node.state": readonly ["ready", "not_ready", "draining"];
            readonly "cluster.node.type": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly nodeLatency: {
        readonly kind: "histogram";
        readonly name: "cluster.node.latency";
        readonly unit: "s";
        readonly description: "Round trip between nodes of two zones.";
        readonly attributes: {
            readonly "cluster.source.zone": import("@telltale/metrics").OpenAttribute<string>;
            readonly "cluster.target.zone": import("@telltale/metrics").OpenAttribute<string>;
        };
        readonly boundaries: readonly [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];
    };
    readonly bandwidthUtilization: {
        readonly kind: "gauge";
        readonly name: "cluster.bandwidth.utilization";
        readonly unit: "1";
        readonly description: "Bandwidth of a zone that is used, as a share of what is available.";
        readonly attributes: {
            readonly "cluster.zone": import("@telltale/metrics").OpenAttribute<string>;
            readonly "network.io.direction": readonly ["transmit", "receive"];
        };
    };
    readonly queueDepth: {
        readonly kind: "upDownCounter";
        readonly name: "cluster.queue.depth";
        readonly unit: "{job}";
        readonly description: "Jobs that wait.";
        readonly attributes: {
            readonly "cluster.queue": import("@telltale/metrics").OpenAttribute<string>;
            readonly "cluster.priority": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly queueWaitDuration: {
        readonly kind: "histogram";
        readonly name: "cluster.queue.wait.duration";
        readonly unit: "s";
        readonly description: "From a job's arrival in the queue, or its return to it, to its start.";
        readonly attributes: {
            readonly "cluster.queue": import("@telltale/metrics").OpenAttribute<string>;
            readonly "cluster.priority": import("@telltale/metrics").OpenAttribute<string>;
        };
        readonly boundaries: readonly [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 600, 1800, 3600, 14400, 86400];
    };
    readonly jobs: {
        readonly kind: "counter";
        readonly name: "cluster.jobs";
        readonly unit: "{job}";
        readonly description: "Jobs by how they ended. A preempted one that goes back to its queue is counted each time.";
        readonly attributes: {
            readonly "cluster.outcome": readonly ["completed", "failed", "canceled", "preempted"];
            readonly "cluster.queue": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly resourceUsage: {
        readonly kind: "gauge";
        readonly name: "cluster.resource.usage";
        readonly unit: "{unit}";
        readonly description: "What is allocated: `cpu` in cores, `memory` and `disk` in bytes, `gpu` in devices.";
        readonly attributes: {
            readonly "cluster.node.type": import("@telltale/metrics").OpenAttribute<string>;
            readonly "cluster.resource": readonly ["cpu", "memory", "gpu", "disk"];
        };
    };
    readonly resourceLimit: {
        readonly kind: "gauge";
        readonly name: "cluster.resource.limit";
        readonly unit: "{unit}";
        readonly description: "What can be allocated, in the units of cluster.resource.usage.";
        readonly attributes: {
            readonly "cluster.node.type": import("@telltale/metrics").OpenAttribute<string>;
            readonly "cluster.resource": readonly ["cpu", "memory", "gpu", "disk"];
        };
    };
    readonly anomalies: {
        readonly kind: "counter";
        readonly name: "cluster.anomalies";
        readonly unit: "{event}";
        readonly description: "Events that were told and could not be: of a job or node that is gone, of time that ran backwards.";
        readonly attributes: {
            readonly "cluster.anomaly": readonly ["closed_job", "left_node", "clock", "bad_value", "forgotten"];
        };
    };
};
export { type Cluster, cluster, createCluster } from "./cluster.ts";
export declare class Cluster implements Disposable {
    readonly settings: ClusterSettings;
    private readonly nodesById;
    private readonly zonesByName;
    private readonly queuesByName;
    constructor(options: ClusterOptions);
    node(id: string, options?: NodeOptions): ClusterNode;
    zone(name: string): Zone;
    queue(name: string): Queue;
    get nodes(): Iterable<ClusterNode>;
    get zones(): Iterable<Zone>;
    get queues(): Iterable<Queue>;
    [Symbol.dispose](): void;
    private forgetOldest;
}
export declare function createCluster(options?: ClusterOptions): Cluster;
export declare function cluster(): Cluster;
export { ClusterInstrumentation, type ClusterInstrumentationConfig } from "./cluster-instrumentation.ts";
export interface ClusterInstrumentationConfig extends ClusterOptions {
    readonly enabled?: boolean;
}
export declare class ClusterInstrumentation {
    readonly instrumentationName: string;
    readonly instrumentationVersion: string;
    private config;
    private made;
    constructor(config?: ClusterInstrumentationConfig);
    get cluster(): Cluster | undefined;
    enable(): void;
    disable(): void;
    setTracerProvider(_tracerProvider: TracerProvider): void;
    setMeterProvider(_meterProvider: MeterProvider): void;
    setConfig(config: ClusterInstrumentationConfig): void;
    getConfig(): ClusterInstrumentationConfig;
}
export type { ClusterNode, NodeOptions, NodeState, Resource, Resources } from "./cluster-node.ts";
export type NodeState = "ready" | "not_ready" | "draining";
export type Resource = "cpu" | "memory" | "gpu" | "disk";
export type Resources = Readonly<Partial<Record<Resource, number | bigint>>>;
export interface NodeOptions {
    readonly type?: string;
    readonly state?: NodeState;
    readonly limit?: Resources;
    readonly usage?: Resources;
}
export declare class ClusterNode {
    readonly id: string;
    readonly type: string;
    private readonly host;
    private told;
    private seenAtMs;
    private isGone;
    private readonly used;
    private readonly limits;
    constructor(host: NodeHost, id: string, { type, state, limit, usage }: NodeOptions);
    get state(): NodeState;
    becomes(state: NodeState): void;
    ready(): void;
    notReady(): void;
    draining(): void;
    heartbeat(): void;
    usage(usage: Resources): void;
    limit(limit: Resources): void;
    left(): void;
    get allocation(): {
        readonly usage: ReadonlyMap<Resource, number>;
        readonly limit: ReadonlyMap<Resource, number>;
    };
    private set;
    private isLate;
}
export type { ClusterOptions } from "./cluster-options.ts";
export interface ClusterOptions {
    readonly heartbeatTimeoutMs?: number;
    readonly staleAfterMs?: number;
    readonly maxNodes?: number;
    readonly now?: () => number;
}
export type { Job, JobOutcome, JobState } from "./job.ts";
export type JobOutcome = "completed" | "failed" | "canceled" | "preempted";
export type JobState = "waiting" | "running" | JobOutcome;
export declare class Job {
    private readonly queue;
    private readonly lane;
    private current;
    private waitsSinceMs;
    constructor(queue: Queue, lane: Lane);
    get state(): JobState;
    started(): void;
    completed(): void;
    failed(): void;
    canceled(): void;
    preempted({ requeue }?: {
        readonly requeue?: boolean;
    }): void;
    run<T>(work: () => T | PromiseLike<T>): Promise<T>;
    private enqueue;
    private end;
    private refuse;
}
export type { JobOptions, Queue } from "./queue.ts";
export interface JobOptions {
    readonly priority?: string;
}
export declare class Queue {
    readonly name: string;
    readonly now: () => number;
    private readonly ofPriority;
    private readonly ends;
    constructor(name: string, now: () => number);
    add({ priority }?: JobOptions): Job;
    depth(waiting: number | bigint, { priority }?: JobOptions): void;
    waited(ms: number, { priority }?: JobOptions): void;
    ended(outcome: JobOutcome): void;
    get lanes(): Iterable<Lane>;
    private lane;
}
export type { Bandwidth, IoDirection, Zone } from "./zone.ts";
export type IoDirection = "transmit" | "receive";
export interface Bandwidth {
    readonly used: number | bigint;
    readonly available: number | bigint;
}
export declare class Zone {
    readonly name: string;
    readonly utilizations: Map<IoDirection, Utilization>;
    private readonly now;
    private readonly latencies;
    constructor(name: string, now: () => number);
    roundTrip(target: string, ms: number): void;
    bandwidth(direction: IoDirection, { used, available }: Bandwidth): void;
    private latencyTo;
}
