export { catalogue } from "./catalogue.ts";
export declare const catalogue: {
    readonly eventLoopDelayMin: {
        readonly kind: "gauge";
        readonly name: "nodejs.eventloop.delay.min";
        readonly unit: "s";
        readonly description: string;
    };
    readonly eventLoopDelayMax: {
        readonly kind: "gauge";
        readonly name: "nodejs.eventloop.delay.max";
        readonly unit: "s";
        readonly description: string;
    };
    readonly eventLoopDelayMean: {
        readonly kind: "gauge";
        readonly name: "nodejs.eventloop.delay.mean";
        readonly unit: "s";
        readonly description: string;
    };
    readonly eventLoopDelayStddev: {
        readonly kind: "gauge";
        readonly name: "nodejs.eventloop.delay.stddev";
        readonly unit: "s";
        readonly description: string;
    };
    readonly eventLoopDelayP50: {
        readonly kind: "gauge";
        readonly name: "nodejs.eventloop.delay.p50";
        readonly unit: "s";
        readonly description: string;
    };
    readonly eventLoopDelayP90: {
        readonly kind: "gauge";
        readonly name: "nodejs.eventloop.delay.p90";
        readonly unit: "s";
        readonly description: string;
    };
    readonly eventLoopDelayP99: {
        readonly kind: "gauge";
        readonly name: "nodejs.eventloop.delay.p99";
        readonly unit: "s";
        readonly description: string;
    };
    readonly eventLoopUtilization: {
        readonly kind: "gauge";
        readonly name: "nodejs.eventloop.utilization";
        readonly unit: "1";
        readonly description: "Share of the last interval in which the event loop was busy.";
    };
    readonly eventLoopTime: {
        readonly kind: "counter";
        readonly name: "nodejs.eventloop.time";
        readonly unit: "s";
        readonly description: "Time that the event loop has been in each state.";
        readonly attributes: {
            readonly "nodejs.eventloop.state": readonly ["active", "idle"];
        };
    };
    readonly garbageCollection: {
        readonly kind: "histogram";
        readonly name: "v8js.gc.duration";
        readonly unit: "s";
        readonly description: "Duration of a garbage collection.";
        readonly attributes: {
            readonly "v8js.gc.type": readonly ["major", "minor", "incremental", "weakcb"];
        };
        readonly boundaries: readonly [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 10];
    };
    readonly heapUsed: {
        readonly kind: "upDownCounter";
        readonly name: "v8js.memory.heap.used";
        readonly unit: "By";
        readonly description: string;
        readonly attributes: {
            "v8js.heap.space.name": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly heapSize: {
        readonly kind: "upDownCounter";
        readonly name: "v8js.memory.heap.space.size";
        readonly unit: "By";
        readonly description: string;
        readonly attributes: {
            "v8js.heap.space.name": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly heapAvailable: {
        readonly kind: "upDownCounter";
        readonly name: "v8js.memory.heap.space.available_size";
        readonly unit: "By";
        readonly description: string;
        readonly attributes: {
            "v8js.heap.space.name": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly heapPhysical: {
        readonly kind: "upDownCounter";
        readonly name: "v8js.memory.heap.space.physical_size";
        readonly unit: "By";
        readonly description: string;
        readonly attributes: {
            "v8js.heap.space.name": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly heapLimit: {
        readonly kind: "upDownCounter";
        readonly name: "telltale.heap.limit";
        readonly unit: "By";
        readonly description: "Size at which the heap is full and the process ends.";
    };
    readonly activeResources: {
        readonly kind: "upDownCounter";
        readonly name: "v8js.resource.active";
        readonly unit: "{resource}";
        readonly description: "Handles and requests that keep the event loop alive.";
        readonly attributes: {
            readonly "v8js.resource.type": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly processCpuTime: {
        readonly kind: "counter";
        readonly name: "process.cpu.time";
        readonly unit: "s";
        readonly description: "CPU time of this process.";
        readonly attributes: {
            readonly "cpu.mode": readonly ["user", "system"];
        };
    };
    readonly processCpuUtilization: {
        readonly kind: "gauge";
        readonly name: "process.cpu.utilization";
        readonly unit: "1";
        readonly description: "CPU time of this process in the last interval, as a share of the CPUs that it may use.";
        readonly attributes: {
            readonly "cpu.mode": readonly ["user", "system"];
        };
    };
    readonly processMemory: {
        readonly kind: "upDownCounter";
        readonly name: "process.memory.usage";
        readonly unit: "By";
        readonly description: "Resident memory of this process.";
    };
    readonly fileDescriptors: {
        readonly kind: "upDownCounter";
        readonly name: "process.unix.file_descriptor.count";
        readonly unit: "{file_descriptor}";
        readonly description: "Open file descriptors of this process.";
    };
    readonly fileDescriptorLimit: {
        readonly kind: "upDownCounter";
        readonly name: "telltale.file_descriptor.limit";
        readonly unit: "{file_descriptor}";
        readonly description: "How many file descriptors this process may open: its soft limit.";
    };
    readonly uptime: {
        readonly kind: "gauge";
        readonly name: "process.uptime";
        readonly unit: "s";
        readonly description: "Age of this process.";
    };
    readonly cpuTime: {
        readonly kind: "counter";
        readonly name: "system.cpu.time";
        readonly unit: "s";
        readonly description: "CPU time of each core in each mode.";
        readonly attributes: {
            readonly "cpu.mode": readonly ["user", "nice", "system", "idle", "iowait", "interrupt", "steal"];
            readonly "cpu.logical_number": import("@telltale/metrics").OpenAttribute<number>;
        };
    };
    readonly cpuUtilization: {
        readonly kind: "gauge";
        readonly name: "system.cpu.utilization";
        readonly unit: "1";
        readonly description: "Share of the last interval that each core was in each mode.";
        readonly attributes: {
            readonly "cpu.mode": readonly ["user", "nice", "system", "idle", "iowait", "interrupt", "steal"];
            readonly "cpu.logical_number": import("@telltale/metrics").OpenAttribute<number>;
        };
    };
    readonly cpuLimit: {
        readonly kind: "gauge";
        readonly name: "telltale.host.cpu.limit";
        readonly unit: "{cpu}";
        readonly description: "CPUs that may be used: the cores on which the process may run, or the cgroup's quota where that is lower.";
    };
    readonly load: {
        readonly kind: "gauge";
        readonly name: "telltale.host.load";
        readonly unit: "{thread}";
        readonly description: "Threads that ran or waited for a CPU, averaged over one, five and fifteen minutes.";
        readonly attributes: {
            readonly "telltale.window": readonly ["1m", "5m", "15m"];
        };
    };
    readonly memoryUsage: {
        readonly kind: "upDownCounter";
        readonly name: "system.memory.usage";
        readonly unit: "By";
        readonly description: "Memory in each state; used is what is not available to new work.";
        readonly attributes: {
            readonly "system.memory.state": readonly ["used", "free"];
        };
    };
    readonly memoryLimit: {
        readonly kind: "upDownCounter";
        readonly name: "system.memory.limit";
        readonly unit: "By";
        readonly description: "Memory that there is: the cgroup's limit where it is lower than the machine's memory.";
    };
    readonly memoryUtilization: {
        readonly kind: "gauge";
        readonly name: "system.memory.utilization";
        readonly unit: "1";
        readonly description: "Share of the memory in each state.";
        readonly attributes: {
            readonly "system.memory.state": readonly ["used", "free"];
        };
    };
    readonly memoryAvailable: {
        readonly kind: "upDownCounter";
        readonly name: "system.memory.linux.available";
        readonly unit: "By";
        readonly description: "The machine's memory that new work can have without swapping: MemAvailable of Linux.";
    };
    readonly fileSystemUsage: {
        readonly kind: "upDownCounter";
        readonly name: "system.filesystem.usage";
        readonly unit: "By";
        readonly description: "Space of a file system in each state.";
        readonly attributes: {
            readonly "system.filesystem.state": readonly ["used", "free", "reserved"];
            readonly "system.device": import("@telltale/metrics").OpenAttribute<string>;
            readonly "system.filesystem.mountpoint": import("@telltale/metrics").OpenAttribute<string>;
            readonly "system.filesystem.type": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly fileSystemUtilization: {
        readonly kind: "gauge";
        readonly name: "system.filesystem.utilization";
        readonly unit: "1";
        readonly description: "Used space as a share of used and free space.";
        readonly attributes: {
            readonly "system.device": import("@telltale/metrics").OpenAttribute<string>;
            readonly "system.filesystem.mountpoint": import("@telltale/metrics").OpenAttribute<string>;
            readonly "system.filesystem.type": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly fileSystemLimit: {
        readonly kind: "upDownCounter";
        readonly name: "system.filesystem.limit";
        readonly unit: "By";
        readonly description: "Size of a file system.";
        readonly attributes: {
            readonly "system.device": import("@telltale/metrics").OpenAttribute<string>;
            readonly "system.filesystem.mountpoint": import("@telltale/metrics").OpenAttribute<string>;
            readonly "system.filesystem.type": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly diskIo: {
        readonly kind: "counter";
        readonly name: "system.disk.io";
        readonly unit: "By";
        readonly description: "Bytes read from and written to a disk.";
        readonly attributes: {
            readonly "system.device": import("@telltale/metrics").OpenAttribute<string>;
            readonly "disk.io.direction": readonly ["read", "write"];
        };
    };
    readonly diskOperations: {
        readonly kind: "counter";
        readonly name: "system.disk.operations";
        readonly unit: "{operation}";
        readonly description: "Operations of a disk.";
        readonly attributes: {
            readonly "system.device": import("@telltale/metrics").OpenAttribute<string>;
            readonly "disk.io.direction": readonly ["read", "write"];
        };
    };
    readonly networkIo: {
        readonly kind: "counter";
        readonly name: "system.network.io";
        readonly unit: "By";
        readonly description: "Bytes received and transmitted by a network interface.";
        readonly attributes: {
            readonly "network.interface.name": import("@telltale/metrics").OpenAttribute<string>;
            readonly "network.io.direction": readonly ["receive", "transmit"];
        };
    };
    readonly networkPackets: {
        readonly kind: "counter";
        readonly name: "system.network.packet.count";
        readonly unit: "{packet}";
        readonly description: "Packets received and transmitted by a network interface.";
        readonly attributes: {
            readonly "system.device": import("@telltale/metrics").OpenAttribute<string>;
            readonly "network.io.direction": readonly ["receive", "transmit"];
        };
    };
    readonly networkErrors: {
        readonly kind: "counter";
        readonly name: "system.network.errors";
        readonly unit: "{error}";
        readonly description: "Errors of a network interface.";
        readonly attributes: {
            readonly "network.interface.name": import("@telltale/metrics").OpenAttribute<string>;
            readonly "network.io.direction": readonly ["receive", "transmit"];
        };
    };
    readonly temperature: {
        readonly kind: "gauge";
        readonly name: "hw.temperature";
        readonly unit: "Cel";
        readonly description: "Temperature that a sensor reads.";
        readonly attributes: {
            readonly "hw.id": import("@telltale/metrics").OpenAttribute<string>;
            readonly "hw.name": import("@telltale/metrics").OpenAttribute<string>;
            readonly "hw.sensor_location": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly batteryCharge: {
        readonly kind: "gauge";
        readonly name: "hw.battery.charge";
        readonly unit: "1";
        readonly description: "Share of a battery's capacity that is charged.";
        readonly attributes: {
            readonly "hw.id": import("@telltale/metrics").OpenAttribute<string>;
            readonly "hw.name": import("@telltale/metrics").OpenAttribute<string>;
            readonly "hw.model": import("@telltale/metrics").OpenAttribute<string>;
            readonly "hw.vendor": import("@telltale/metrics").OpenAttribute<string>;
            readonly "hw.battery.chemistry": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly batteryTimeLeft: {
        readonly kind: "gauge";
        readonly name: "hw.battery.time_left";
        readonly unit: "s";
        readonly description: "Time until a battery is empty, or full while it is charged.";
        readonly attributes: {
            readonly "hw.id": import("@telltale/metrics").OpenAttribute<string>;
            readonly "hw.battery.state": readonly ["charging", "discharging"];
        };
    };
    readonly sampleDuration: {
        readonly kind: "histogram";
        readonly name: "telltale.host.sample.duration";
        readonly unit: "s";
        readonly description: "How long the main thread was busy with one sample of the host.";
        readonly boundaries: readonly [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.1];
    };
    readonly hostHealth: {
        readonly kind: "upDownCounter";
        readonly name: "telltale.host.health";
        readonly unit: "1";
        readonly description: "1 for the state that a resource is in by its thresholds, 0 for the others.";
        readonly attributes: {
            readonly "telltale.check": readonly ["cpu", "memory", "disk", "battery", "event_loop", "fd"];
            readonly "telltale.health.state": readonly ["healthy", "degraded", "unhealthy"];
        };
    };
    readonly healthCheck: {
        readonly kind: "upDownCounter";
        readonly name: "telltale.health.check";
        readonly unit: "1";
        readonly description: "1 for the state that a health check is in, 0 for the others.";
        readonly attributes: {
            readonly "telltale.check": import("@telltale/metrics").OpenAttribute<string>;
            readonly "telltale.health.state": readonly ["healthy", "degraded", "unhealthy"];
        };
    };
    readonly healthCheckDuration: {
        readonly kind: "histogram";
        readonly name: "telltale.health.check.duration";
        readonly unit: "s";
        readonly description: "How long a health check took to answer.";
        readonly attributes: {
            readonly "telltale.check": import("@telltale/metrics").OpenAttribute<string>;
        };
        readonly boundaries: readonly [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
    };
    readonly ready: {
        readonly kind: "upDownCounter";
        readonly name: "telltale.health.ready";
        readonly unit: "1";
        readonly description: "1 while this process says that it is ready for work.";
    };
    readonly componentErrors: {
        readonly kind: "counter";
        readonly name: "telltale.component.errors";
        readonly unit: "{error}";
        readonly description: "Errors by the component in which they happened.";
        readonly attributes: {
            readonly "telltale.component": import("@telltale/metrics").OpenAttribute<string>;
            readonly "error.type": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly scopeDuration: {
        readonly kind: "histogram";
        readonly name: "telltale.profile.scope.duration";
        readonly unit: "s";
        readonly description: "How long a profiled section of code took.";
        readonly attributes: {
            readonly "telltale.scope": import("@telltale/metrics").OpenAttribute<string>;
        };
        readonly boundaries: readonly [0.000001, 0.00001, 0.0001, 0.001, 0.01, 0.1, 1, 10];
    };
};
export { type ComponentErrors, componentErrors } from "./component-errors.ts";
export interface ComponentErrors {
    count<E>(error: E): E;
    watch<T>(fn: () => T): T;
}
export declare function componentErrors(component: string): ComponentErrors;
export { createHealth, type Health, type HealthOptions, type HealthStatus } from "./health/health.ts";
export interface HealthOptions {
    readonly start?: "auto" | "manual";
}
export interface HealthStatus {
    readonly state: HealthState;
    readonly ready: boolean;
    readonly live: boolean;
    readonly phase: "starting" | "running" | "stopping";
    readonly checks: readonly CheckStatus[];
}
export interface Health extends Disposable {
    register(name: string, check: HealthCheck, options?: HealthCheckOptions): Disposable;
    status(): HealthStatus;
    checkNow(): Promise<HealthStatus>;
    onChange(listener: (now: CheckStatus, before: CheckStatus) => void): Disposable;
    started(): void;
    stopping(): void;
}
export declare function createHealth({ start }?: HealthOptions): Health;
export type { CheckStatus, HealthAnswer, HealthCheck, HealthCheckOptions, HealthState } from "./health/health-check.ts";
export type HealthState = "healthy" | "degraded" | "unhealthy";
export interface HealthAnswer {
    readonly state: HealthState;
    readonly reason?: string;
}
export type HealthCheck = (context: {
    readonly signal: AbortSignal;
}) => unknown;
export interface HealthCheckOptions {
    readonly critical?: boolean;
    readonly liveness?: boolean;
    readonly intervalMs?: number;
    readonly timeoutMs?: number;
    readonly dependsOn?: readonly string[];
}
export interface CheckStatus {
    readonly name: string;
    readonly state: HealthState | "pending";
    readonly reason: string | undefined;
    readonly latencyMs: number | undefined;
    readonly critical: boolean;
    readonly liveness: boolean;
    readonly checkedAtMs: number | undefined;
    readonly sinceMs: number;
}
export { type HealthHandler, type HealthHandlerOptions, healthHandler } from "./health/health-page.ts";
export interface HealthHandlerOptions {
    readonly reasons?: boolean;
    readonly prefix?: string;
}
export type HealthHandler = (request: IncomingMessage, response: ServerResponse) => boolean;
export declare function healthHandler(health: Health, { reasons, prefix }?: HealthHandlerOptions): HealthHandler;
export { diskCheck, type ExportOutcomes, eventLoopCheck, exportOutcomes, type Heartbeat, heartbeat, httpCheck, type Limits, limitCheck, memoryCheck, mysqlCheck, postgresCheck, redisCheck, tcpCheck, } from "./health/ready-made-checks.ts";
export interface Limits {
    readonly degraded: number;
    readonly unhealthy: number;
}
export declare function limitCheck(read: () => number | undefined | Promise<number | undefined>, { degraded, unhealthy, what }: Limits & {
    readonly what?: string;
}): HealthCheck;
export declare function eventLoopCheck(process_: ProcessMetrics, limits?: Partial<Limits>): HealthCheck;
export declare function memoryCheck(host: Host, limits?: Partial<Limits>): HealthCheck;
export declare function diskCheck(host: Host, limits?: Partial<Limits>): HealthCheck;
export declare function httpCheck(url: string | URL, { status }?: {
    readonly status?: number;
}): HealthCheck;
export declare function tcpCheck({ host, port }: {
    readonly host?: string;
    readonly port: number;
}): HealthCheck;
export declare function postgresCheck(client: {
    query(sql: string): Promise<unknown>;
}): HealthCheck;
export declare function mysqlCheck(client: {
    query(sql: string): unknown;
    promise?(): {
        query(sql: string): unknown;
    };
}): HealthCheck;
export declare function redisCheck(client: {
    ping(): Promise<unknown>;
}): HealthCheck;
export interface Heartbeat {
    beat(): void;
    readonly check: HealthCheck;
}
export declare function heartbeat({ degradedAfterMs, unhealthyAfterMs, }?: {
    readonly degradedAfterMs?: number;
    readonly unhealthyAfterMs?: number;
}): Heartbeat;
export interface ExportOutcomes {
    succeeded(): void;
    failed(error?: unknown): void;
    readonly check: HealthCheck;
}
export declare function exportOutcomes({ unhealthyAfterMs, }?: {
    readonly unhealthyAfterMs?: number;
}): ExportOutcomes;
export type { Battery } from "./host/batteries.ts";
export interface Battery {
    readonly id: string;
    readonly name: string;
    readonly model: string;
    readonly vendor: string;
    readonly chemistry: string;
    readonly charge: number | undefined;
    readonly state: "charging" | "discharging" | undefined;
    readonly secondsLeft: number | undefined;
}
export type { CgroupUse } from "./host/cgroup.ts";
export interface CgroupUse {
    readonly memoryLimitBytes: number | undefined;
    readonly memoryUsedBytes: number | undefined;
    readonly cpuLimit: number | undefined;
    readonly cpuSeconds: number | undefined;
}
export type { CoreTimes, CpuMode, CpuTimes } from "./host/cpu-times.ts";
export type CpuMode = (typeof cpuModes)[number];
export type CpuTimes = Readonly<Record<CpuMode, number>>;
export type CoreTimes = ReadonlyMap<number, CpuTimes>;
export type { DiskCount } from "./host/disks.ts";
export interface DiskCount {
    readonly device: string;
    readonly readBytes: number;
    readonly writtenBytes: number;
    readonly reads: number;
    readonly writes: number;
}
export type { FileSystemUse, Mount } from "./host/file-systems.ts";
export interface Mount {
    readonly device: string;
    readonly mountpoint: string;
    readonly type: string;
}
export interface FileSystemUse extends Mount {
    readonly sizeBytes: number;
    readonly usedBytes: number;
    readonly freeBytes: number;
    readonly reservedBytes: number;
}
export { type Host, type HostOptions, type HostSample, startHost } from "./host/host.ts";
export interface HostOptions extends HostReaderOptions {
    readonly intervalMs?: number;
}
export interface HostSample extends HostReading {
    readonly timestampMs: number;
    readonly shares: CoreTimes;
    readonly cpuUtilization: number | undefined;
}
export interface Host extends Disposable {
    current(): HostSample | undefined;
    sample(): Promise<HostSample>;
    onSample(listener: (sample: HostSample) => void): Disposable;
}
export declare function startHost(options?: HostOptions): Host;
export type { HostReaderOptions, HostReading } from "./host/host-sample.ts";
export interface HostReading {
    readonly cores: CoreTimes;
    readonly allowedCores: ReadonlySet<number> | undefined;
    readonly load: readonly number[];
    readonly memory: MemoryUse | undefined;
    readonly cgroup: CgroupUse | undefined;
    readonly fileSystems: readonly FileSystemUse[];
    readonly disks: readonly DiskCount[];
    readonly networks: readonly NetworkCount[];
    readonly temperatures: readonly Temperature[];
    readonly batteries: readonly Battery[];
}
export interface HostReaderOptions {
    readonly mounts?: readonly string[];
}
export type { MemoryUse } from "./host/memory.ts";
export interface MemoryUse {
    readonly limitBytes: number;
    readonly usedBytes: number;
    readonly freeBytes: number;
    readonly availableBytes: number;
    readonly machineBytes: number;
}
export type { NetworkCount } from "./host/networks.ts";
export interface NetworkCount {
    readonly name: string;
    readonly receivedBytes: number;
    readonly receivedPackets: number;
    readonly receiveErrors: number;
    readonly transmittedBytes: number;
    readonly transmittedPackets: number;
    readonly transmitErrors: number;
}
export type { Temperature } from "./host/sensors.ts";
export interface Temperature {
    readonly id: string;
    readonly name: string;
    readonly location: string;
    readonly celsius: number;
}
export { HostInstrumentation, RuntimeInstrumentation } from "./instrumentation.ts";
export declare class RuntimeInstrumentation extends Measuring<ProcessMetricsOptions> {
    constructor(config?: ProcessMetricsOptions & Switched);
}
export declare class HostInstrumentation extends Measuring<ResourceMonitorOptions> {
    constructor(config?: ResourceMonitorOptions & Switched);
}
export { type ResourceChange, type ResourceMetrics, type ResourceMonitor, type ResourceMonitorOptions, resourceMonitor, } from "./monitor/resource-monitor.ts";
export interface ResourceMonitorOptions extends SnapshotOptions {
    readonly intervalMs?: number;
    readonly mounts?: readonly string[];
    readonly thresholds?: Readonly<Partial<Record<ResourceCheck, Threshold>>>;
    readonly snapshotDir?: string;
}
export interface ResourceMetrics {
    readonly timestampMs: number;
    readonly cpu?: number;
    readonly memory?: number;
    readonly disk?: number;
    readonly fileDescriptors?: number;
    readonly battery?: number;
    readonly eventLoopDelay?: number;
    readonly receivedPerSecond?: number;
    readonly transmittedPerSecond?: number;
    readonly load?: number;
    readonly health: Readonly<Partial<Record<ResourceCheck, HealthState>>>;
}
export interface ResourceChange {
    readonly check: ResourceCheck;
    readonly state: HealthState;
    readonly before: HealthState;
    readonly value: number;
}
export interface ResourceMonitor extends Disposable {
    current(): ResourceMetrics | undefined;
    start(): ResourceMonitor;
    sample(): Promise<ResourceMetrics>;
    onHealthChange(listener: (change: ResourceChange) => void): Disposable;
}
export declare function resourceMonitor(options?: ResourceMonitorOptions): ResourceMonitor;
export { readSnapshots, type SnapshotOptions } from "./monitor/snapshots.ts";
export interface SnapshotOptions {
    readonly maxSnapshotBytes?: number;
    readonly keepSnapshotDays?: number;
}
export declare function readSnapshots(folder: string): AsyncGenerator<ResourceMetrics>;
export type { ResourceCheck, Threshold } from "./monitor/thresholds.ts";
export type ResourceCheck = "cpu" | "memory" | "disk" | "battery" | "event_loop" | "fd";
export type Threshold = readonly [warning: number, critical: number];
export type { EventLoopSample } from "./process/event-loop.ts";
export interface EventLoopSample {
    readonly min: number;
    readonly max: number;
    readonly mean: number;
    readonly stddev: number;
    readonly p50: number;
    readonly p90: number;
    readonly p99: number;
    readonly utilization: number;
    readonly activeSeconds: number;
    readonly idleSeconds: number;
}
export { type ProcessMetrics, type ProcessMetricsOptions, startProcessMetrics } from "./process/process-metrics.ts";
export interface ProcessMetricsOptions {
    readonly intervalMs?: number;
}
export interface ProcessMetrics extends Disposable {
    current(): ProcessSample | undefined;
    sample(): Promise<ProcessSample>;
}
export declare function startProcessMetrics({ intervalMs }?: ProcessMetricsOptions): ProcessMetrics;
export type { CpuUse, ProcessSample } from "./process/process-sample.ts";
export interface ProcessSample {
    readonly eventLoop: EventLoopSample;
    readonly cpu: CpuUse;
    readonly cpuUtilization: CpuUse | undefined;
    readonly residentBytes: number | undefined;
    readonly heapSpaces: readonly HeapSpaceInfo[];
    readonly heapLimitBytes: number;
    readonly fileDescriptors: number | undefined;
    readonly fileDescriptorLimit: number | undefined;
    readonly activeResources: ReadonlyMap<string, number>;
}
export interface CpuUse {
    readonly user: number;
    readonly system: number;
}
export { type CaptureOptions, type CpuCaptureOptions, captureCpuProfile, captureHeapProfile, type HeapCaptureOptions, } from "./profiler/capture.ts";
export interface CaptureOptions {
    readonly seconds?: number;
    readonly signal?: AbortSignal;
    readonly keepAlive?: boolean;
}
export interface CpuCaptureOptions extends CaptureOptions {
    readonly frequencyHz?: number;
}
export interface HeapCaptureOptions extends CaptureOptions {
    readonly bytesPerSample?: number;
}
export declare function captureCpuProfile({ seconds, frequencyHz, ...waiting }?: CpuCaptureOptions): Promise<Buffer>;
export declare function captureHeapProfile({ seconds, bytesPerSample, ...waiting }?: HeapCaptureOptions): Promise<Buffer>;
export { type ContinuousProfilesOptions, continuousProfiles } from "./profiler/continuous-profiles.ts";
export interface ContinuousProfilesOptions {
    readonly folder: string;
    readonly intervalMs?: number;
    readonly seconds?: number;
    readonly frequencyHz?: number;
    readonly keep?: number;
}
export declare function continuousProfiles({ folder, intervalMs, seconds, frequencyHz, keep, }: ContinuousProfilesOptions): Disposable;
export { flameGraph } from "./profiler/flame-graph.ts";
export declare function flameGraph(profile: StackProfile): string;
export { type HotFunction, hottestFunctions } from "./profiler/hottest-functions.ts";
export interface HotFunction extends Frame {
    readonly self: number;
    readonly total: number;
    readonly share: number;
}
export declare function hottestFunctions({ samples, types }: StackProfile, limit?: number): readonly HotFunction[];
export { decodePprof, encodePprof, type Frame, type StackProfile, type StackSample } from "./profiler/pprof.ts";
export interface Frame {
    readonly name: string;
    readonly file: string;
    readonly line: number;
}
export interface StackSample {
    readonly stack: readonly Frame[];
    readonly values: readonly number[];
}
export interface StackProfile {
    readonly types: readonly {
        readonly type: string;
        readonly unit: string;
    }[];
    readonly samples: readonly StackSample[];
    readonly startedAtMs: number;
    readonly durationMs: number;
    readonly period: {
        readonly type: string;
        readonly unit: string;
        readonly value: number;
    };
    readonly labels: Readonly<Record<string, string>>;
}
export declare function encodePprof(profile: StackProfile): Promise<Buffer>;
export declare function decodePprof(bytes: Uint8Array): Promise<StackProfile>;
export { pprofHandler } from "./profiler/pprof-handler.ts";
export declare function pprofHandler(request: IncomingMessage, response: ServerResponse): boolean;
export { type Profile, type ProfileReport, profile, type ScopeReport } from "./profiler/profile.ts";
export interface ScopeReport {
    readonly name: string;
    readonly count: number;
    readonly avgMs: number;
    readonly p50Ms: number;
    readonly p99Ms: number;
    readonly maxMs: number;
    readonly totalMs: number;
    readonly selfMs: number;
}
export interface ProfileReport {
    readonly scopes: readonly ScopeReport[];
    scope(name: string): ScopeReport | undefined;
    toString(): string;
}
export interface Profile {
    (name: string): Disposable;
    fn<A extends readonly unknown[], R>(name: string, fn: (...args: A) => R): (...args: A) => R;
    report(): ProfileReport;
    reset(): void;
}
export declare const profile: Profile;
