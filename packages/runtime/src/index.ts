export { catalogue } from "./catalogue.ts";
export { type ComponentErrors, componentErrors } from "./component-errors.ts";
export { createHealth, type Health, type HealthOptions, type HealthStatus } from "./health/health.ts";
export type { CheckStatus, HealthAnswer, HealthCheck, HealthCheckOptions, HealthState } from "./health/health-check.ts";
export { type HealthHandler, type HealthHandlerOptions, healthHandler } from "./health/health-page.ts";
export {
  diskCheck,
  type ExportOutcomes,
  eventLoopCheck,
  exportOutcomes,
  type Heartbeat,
  heartbeat,
  httpCheck,
  type Limits,
  limitCheck,
  memoryCheck,
  mysqlCheck,
  postgresCheck,
  redisCheck,
  tcpCheck,
} from "./health/ready-made-checks.ts";
export type { Battery } from "./host/batteries.ts";
export type { CgroupUse } from "./host/cgroup.ts";
export type { CoreTimes, CpuMode, CpuTimes } from "./host/cpu-times.ts";
export type { DiskCount } from "./host/disks.ts";
export type { FileSystemUse, Mount } from "./host/file-systems.ts";
export { type Host, type HostOptions, type HostSample, startHost } from "./host/host.ts";
export type { HostReaderOptions, HostReading } from "./host/host-sample.ts";
export type { MemoryUse } from "./host/memory.ts";
export type { NetworkCount } from "./host/networks.ts";
export type { Temperature } from "./host/sensors.ts";
export { HostInstrumentation, RuntimeInstrumentation } from "./instrumentation.ts";
export {
  type ResourceChange,
  type ResourceMetrics,
  type ResourceMonitor,
  type ResourceMonitorOptions,
  resourceMonitor,
} from "./monitor/resource-monitor.ts";
export { readSnapshots, type SnapshotOptions } from "./monitor/snapshots.ts";
export type { ResourceCheck, Threshold } from "./monitor/thresholds.ts";
export type { EventLoopSample } from "./process/event-loop.ts";
export { type ProcessMetrics, type ProcessMetricsOptions, startProcessMetrics } from "./process/process-metrics.ts";
export type { CpuUse, ProcessSample } from "./process/process-sample.ts";
export {
  type CaptureOptions,
  type CpuCaptureOptions,
  captureCpuProfile,
  captureHeapProfile,
  type HeapCaptureOptions,
} from "./profiler/capture.ts";
export { type ContinuousProfilesOptions, continuousProfiles } from "./profiler/continuous-profiles.ts";
export { flameGraph } from "./profiler/flame-graph.ts";
export { type HotFunction, hottestFunctions } from "./profiler/hottest-functions.ts";
export { decodePprof, encodePprof, type Frame, type StackProfile, type StackSample } from "./profiler/pprof.ts";
export { pprofHandler } from "./profiler/pprof-handler.ts";
export { type Profile, type ProfileReport, profile, type ScopeReport } from "./profiler/profile.ts";
