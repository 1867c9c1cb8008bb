import { diag } from "@opentelemetry/api";
import { catalogue } from "../catalogue.ts";
import type { HealthState } from "../health/health-check.ts";
import { type Host, type HostSample, startHost } from "../host/host.ts";
import { type ObservedGroup, observedGroup } from "../observed-group.ts";
import { type ProcessMetrics, startProcessMetrics } from "../process/process-metrics.ts";
import type { ProcessSample } from "../process/process-sample.ts";
import { type SnapshotOptions, type SnapshotWriter, snapshotOptions, snapshotWriter } from "./snapshots.ts";
import { type ResourceCheck, stateOf, type Threshold, thresholdsOf } from "./thresholds.ts";
import { type Traffic, trafficRates } from "./traffic-rates.ts";

export interface ResourceMonitorOptions extends SnapshotOptions {
  /** How often resources are looked at. @default 10000 */
  readonly intervalMs?: number;
  /** Mount points whose space counts. @default one for each local device */
  readonly mounts?: readonly string[];
  /** Warning and critical value of each check. @default 0.85 and 0.95 of CPU, memory, disk and file descriptors in use */
  readonly thresholds?: Readonly<Partial<Record<ResourceCheck, Threshold>>>;
  /** A folder for JSON snapshots, one file a day. @default none are written */
  readonly snapshotDir?: string;
}

/** Resources at one moment. What is not known is left out. */
export interface ResourceMetrics {
  /** Unix time in milliseconds. */
  readonly timestampMs: number;
  /** Shares in use, from 0 to 1. */
  readonly cpu?: number;
  readonly memory?: number;
  /** Of the fullest file system. */
  readonly disk?: number;
  readonly fileDescriptors?: number;
  /** The share that is drained, of the emptiest battery. */
  readonly battery?: number;
  /** 99th percentile of the last interval, in seconds. */
  readonly eventLoopDelay?: number;
  /** By all interfaces but the loopback, since the sample before, in bytes a second. */
  readonly receivedPerSecond?: number;
  readonly transmittedPerSecond?: number;
  readonly load?: number;
  readonly health: Readonly<Partial<Record<ResourceCheck, HealthState>>>;
}

/** A resource whose state has changed. */
export interface ResourceChange {
  readonly check: ResourceCheck;
  readonly state: HealthState;
  readonly before: HealthState;
  readonly value: number;
}

/** Watches CPU, memory, disk, battery, event loop and file descriptors. */
export interface ResourceMonitor extends Disposable {
  /** The latest metrics; undefined before the first sample. */
  current(): ResourceMetrics | undefined;
  /** Begins to watch; a second call changes nothing. Disposing ends it. */
  start(): ResourceMonitor;
  /** Looks now, started or not. */
  sample(): Promise<ResourceMetrics>;
  /** Tells whenever a resource crosses a threshold; a value that wavers around one is told once. */
  onHealthChange(listener: (change: ResourceChange) => void): Disposable;
}

/**
 * Makes a monitor; `start()` sets it going. It shares the samplers of `startHost` and `startProcessMetrics`.
 * @throws TypeError with code TELLTALE_BAD_THRESHOLDS, TELLTALE_BAD_SNAPSHOTS or TELLTALE_BAD_INTERVAL
 */
export function resourceMonitor(options: ResourceMonitorOptions = {}): ResourceMonitor {
  const thresholds = thresholdsOf(options.thresholds);
  snapshotOptions(options);
  const states = new Map<ResourceCheck, HealthState>();
  const listeners = new Set<(change: ResourceChange) => void>();
  let latest: ResourceMetrics | undefined;
  let before: Traffic | undefined;
  let sources: Sources | undefined;
  let isStarted = false;

  function judge(values: Readonly<Record<ResourceCheck, number | undefined>>): ResourceMetrics["health"] {
    const health: Partial<Record<ResourceCheck, HealthState>> = {};
    for (const [check, value] of Object.entries(values) as [ResourceCheck, number | undefined][]) {
      if (value === undefined) continue;
      const was = states.get(check) ?? "healthy";
      const state = stateOf(value, { check, threshold: thresholds[check], before: was });
      states.set(check, state);
      health[check] = state;
      if (state !== was) for (const listener of listeners) tell(listener, { check, state, before: was, value });
    }
    return health;
  }

  function take(host: HostSample, process_: ProcessSample | undefined): ResourceMetrics {
    const traffic = { networks: host.networks, atMs: performance.now() };
    const values = valuesOf(host, process_);
    const health = judge(values);
    const { cpu, memory, disk, battery, fd: fileDescriptors, event_loop: eventLoopDelay } = values;
    const known = {
      cpu,
      memory,
      disk,
      fileDescriptors,
      battery,
      eventLoopDelay,
      ...trafficRates(traffic, before),
      load: host.load[0],
    };
    latest = { timestampMs: host.timestampMs, ...withoutUndefined(known), health };
    before = traffic;
    sources?.snapshots?.write(latest);
    return latest;
  }

  const open = (): Sources => {
    sources ??= openSources(
      options,
      (host, process_) => isStarted && take(host, process_),
      () => latest,
    );
    return sources;
  };
  const monitor: ResourceMonitor = {
    current: () => latest,
    start: () => {
      isStarted = true;
      open();
      return monitor;
    },
    sample: async () => {
      const { host, process } = open();
      const process_ = await process.sample();
      const sample = await host.sample();
      // When it is started, the sample was taken as it came.
      return isStarted && latest?.timestampMs === sample.timestampMs ? latest : take(sample, process_);
    },
    onHealthChange: (listener) => {
      listeners.add(listener);
      return { [Symbol.dispose]: () => void listeners.delete(listener) };
    },
    [Symbol.dispose]: () => {
      isStarted = false;
      sources?.close();
      sources = undefined;
      listeners.clear();
    },
  };
  return monitor;
}

interface Sources {
  readonly host: Host;
  readonly process: ProcessMetrics;
  readonly snapshots: SnapshotWriter | undefined;
  close(): void;
}

function openSources(
  { intervalMs, mounts, snapshotDir, ...snapshot }: ResourceMonitorOptions,
  onSample: (host: HostSample, process_: ProcessSample | undefined) => void,
  latest: () => ResourceMetrics | undefined,
): Sources {
  const interval = intervalMs === undefined ? {} : { intervalMs };
  const process_ = startProcessMetrics(interval);
  const host = startHost({ ...interval, ...(mounts && { mounts }) });
  const listening = host.onSample((sample) => onSample(sample, process_.current()));
  const group = observedGroup();
  observeHealth(group, latest);
  return {
    host,
    process: process_,
    snapshots: snapshotDir === undefined ? undefined : snapshotWriter(snapshotDir, snapshot),
    close: () => {
      for (const part of [listening, group, host, process_]) part[Symbol.dispose]();
    },
  };
}

function observeHealth(group: ObservedGroup, latest: () => ResourceMetrics | undefined): void {
  group.upDownCounter(catalogue.hostHealth, (observe) => {
    for (const [check, state] of Object.entries(latest()?.health ?? {}) as [ResourceCheck, HealthState][]) {
      for (const one of ["healthy", "degraded", "unhealthy"] as const) {
        observe(state === one ? 1 : 0, { "telltale.check": check, "telltale.health.state": one });
      }
    }
  });
}

function valuesOf(host: HostSample, process_: ProcessSample | undefined): Record<ResourceCheck, number | undefined> {
  const disks = host.fileSystems
    .filter(({ usedBytes, freeBytes }) => usedBytes + freeBytes > 0)
    .map(({ usedBytes, freeBytes }) => usedBytes / (usedBytes + freeBytes));
  // A battery that is charged gets better by itself.
  const drained = host.batteries.flatMap(({ charge, state }) =>
    charge === undefined ? [] : [state === "discharging" ? 1 - charge : 0],
  );
  const { fileDescriptors, fileDescriptorLimit, eventLoop } = process_ ?? {};
  return {
    cpu: host.cpuUtilization,
    memory: host.memory && host.memory.usedBytes / host.memory.limitBytes,
    disk: greatest(disks),
    battery: greatest(drained),
    event_loop: eventLoop?.p99,
    fd: fileDescriptors === undefined || !fileDescriptorLimit ? undefined : fileDescriptors / fileDescriptorLimit,
  };
}

function greatest(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : Math.max(...values);
}

function withoutUndefined<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
}

function tell(listener: (change: ResourceChange) => void, change: ResourceChange): void {
  try {
    listener(change);
  } catch (error) {
    diag.error("telltale: a listener of the resource monitor threw", error);
  }
}
