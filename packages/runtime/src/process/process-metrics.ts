import { diag } from "@opentelemetry/api";
import { catalogue } from "../catalogue.ts";
import { type ObservedGroup, observedGroup } from "../observed-group.ts";
import { checkInterval, sampler } from "../sampler.ts";
import { timeGarbageCollections } from "./garbage-collections.ts";
import { type ProcessSample, processReader } from "./process-sample.ts";

export interface ProcessMetricsOptions {
  /** How often the process is looked at; delays of the event loop are those of an interval. @default 10000 */
  readonly intervalMs?: number;
}

/** A process that is sampled. Disposing of it, when nobody else has it, ends the sampling. */
export interface ProcessMetrics extends Disposable {
  /** The latest sample; undefined when it is older than three intervals. */
  current(): ProcessSample | undefined;
  /** Takes a sample now. */
  sample(): Promise<ProcessSample>;
}

const DEFAULT_INTERVAL_MS = 10_000;
let running: { readonly metrics: ProcessMetrics; leases: number } | undefined;

/**
 * Samples this process and reports the metrics of `process.*`, `nodejs.*` and `v8js.*`. There is one sampler in a process:
 * who starts it a second time gets the same.
 * @throws TypeError with code TELLTALE_BAD_INTERVAL
 */
export function startProcessMetrics({ intervalMs = DEFAULT_INTERVAL_MS }: ProcessMetricsOptions = {}): ProcessMetrics {
  checkInterval(intervalMs, "the runtime");
  running ??= { metrics: start(intervalMs), leases: 0 };
  const lease = running;
  lease.leases++;
  let released = false;
  return {
    ...lease.metrics,
    [Symbol.dispose]: () => {
      if (released) return;
      released = true;
      if (--lease.leases > 0) return;
      lease.metrics[Symbol.dispose]();
      if (running === lease) running = undefined;
    },
  };
}

function start(intervalMs: number): ProcessMetrics {
  const reader = processReader();
  const collections = timeGarbageCollections();
  const samples = sampler(() => reader.take(), {
    intervalMs,
    onError: (error) => diag.error("telltale: the process cannot be sampled", error),
  });
  const group = observedGroup();
  observeEventLoop(group, samples.latest);
  observeHeap(group, samples.latest);
  observeProcess(group, samples.latest);
  return {
    current: samples.latest,
    sample: samples.sample,
    [Symbol.dispose]: () => {
      for (const part of [samples, group, collections, reader]) part[Symbol.dispose]();
    },
  };
}

function observeEventLoop(group: ObservedGroup, latest: () => ProcessSample | undefined): void {
  const delay = (read: (sample: ProcessSample["eventLoop"]) => number) => (observe: (value: number) => void) => {
    const sample = latest();
    if (sample) observe(read(sample.eventLoop));
  };
  group.gauge(
    catalogue.eventLoopDelayMin,
    delay(({ min }) => min),
  );
  group.gauge(
    catalogue.eventLoopDelayMax,
    delay(({ max }) => max),
  );
  group.gauge(
    catalogue.eventLoopDelayMean,
    delay(({ mean }) => mean),
  );
  group.gauge(
    catalogue.eventLoopDelayStddev,
    delay(({ stddev }) => stddev),
  );
  group.gauge(
    catalogue.eventLoopDelayP50,
    delay(({ p50 }) => p50),
  );
  group.gauge(
    catalogue.eventLoopDelayP90,
    delay(({ p90 }) => p90),
  );
  group.gauge(
    catalogue.eventLoopDelayP99,
    delay(({ p99 }) => p99),
  );
  group.gauge(
    catalogue.eventLoopUtilization,
    delay(({ utilization }) => utilization),
  );
  group.counter(catalogue.eventLoopTime, (observe) => {
    const loop = latest()?.eventLoop;
    if (loop === undefined) return;
    observe(loop.activeSeconds, { "nodejs.eventloop.state": "active" });
    observe(loop.idleSeconds, { "nodejs.eventloop.state": "idle" });
  });
  group.upDownCounter(catalogue.activeResources, (observe) => {
    for (const [type, count] of latest()?.activeResources ?? []) observe(count, { "v8js.resource.type": type });
  });
}

function observeHeap(group: ObservedGroup, latest: () => ProcessSample | undefined): void {
  const sizes = [
    [catalogue.heapUsed, "space_used_size"],
    [catalogue.heapSize, "space_size"],
    [catalogue.heapAvailable, "space_available_size"],
    [catalogue.heapPhysical, "physical_space_size"],
  ] as const;
  for (const [entry, key] of sizes) {
    group.upDownCounter(entry, (observe) => {
      for (const space of latest()?.heapSpaces ?? []) observe(space[key], { "v8js.heap.space.name": space.space_name });
    });
  }
  group.upDownCounter(catalogue.heapLimit, (observe) => {
    const sample = latest();
    if (sample) observe(sample.heapLimitBytes);
  });
}

function observeProcess(group: ObservedGroup, latest: () => ProcessSample | undefined): void {
  group.counter(catalogue.processCpuTime, (observe) => {
    const sample = latest();
    if (sample === undefined) return;
    observe(sample.cpu.user, { "cpu.mode": "user" });
    observe(sample.cpu.system, { "cpu.mode": "system" });
  });
  group.gauge(catalogue.processCpuUtilization, (observe) => {
    const shares = latest()?.cpuUtilization;
    if (shares === undefined) return;
    observe(shares.user, { "cpu.mode": "user" });
    observe(shares.system, { "cpu.mode": "system" });
  });
  group.upDownCounter(catalogue.processMemory, (observe) => {
    const sample = latest();
    if (sample?.residentBytes !== undefined) observe(sample.residentBytes);
  });
  group.upDownCounter(catalogue.fileDescriptors, (observe) => {
    const count = latest()?.fileDescriptors;
    if (count !== undefined) observe(count);
  });
  group.upDownCounter(catalogue.fileDescriptorLimit, (observe) => {
    const limit = latest()?.fileDescriptorLimit;
    if (limit !== undefined) observe(limit);
  });
  group.gauge(catalogue.uptime, (observe) => {
    if (latest()) observe(process.uptime());
  });
}
