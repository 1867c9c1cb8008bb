import { diag } from "@opentelemetry/api";
import { histogram } from "@telltale/metrics";
import { catalogue } from "../catalogue.ts";
import { observedGroup, runtimeScope } from "../observed-group.ts";
import { checkInterval, sampler } from "../sampler.ts";
import { type CoreTimes, cpuShares } from "./cpu-times.ts";
import { cpuUtilizationOf } from "./cpu-utilization.ts";
import type { HostReader, HostReaderOptions, HostReading } from "./host-sample.ts";
import { linuxReader } from "./linux-reader.ts";
import { observeHost } from "./observe-host.ts";
import { portableReader } from "./portable-reader.ts";

export interface HostOptions extends HostReaderOptions {
  /** How often the host is looked at. @default 10000 */
  readonly intervalMs?: number;
}

/** The host at one moment, with what was derived from the moment before. */
export interface HostSample extends HostReading {
  /** Unix time in milliseconds. */
  readonly timestampMs: number;
  /** The share of each mode since the sample before; empty at first. */
  readonly shares: CoreTimes;
  /**
   * How much of the CPU that may be used was used, from 0 to 1: of the cgroup's quota where there is one, else of the cores on
   * which this process may run. Undefined at first.
   */
  readonly cpuUtilization: number | undefined;
}

/** A host that is sampled. Disposing of it, when nobody else has it, ends the sampling. */
export interface Host extends Disposable {
  /** The latest sample; undefined before the first, and when sampling has failed for three intervals. */
  current(): HostSample | undefined;
  /** Takes a sample now. */
  sample(): Promise<HostSample>;
  /** Tells every sample from now on; dispose of the result to hear no more. */
  onSample(listener: (sample: HostSample) => void): Disposable;
}

interface Running {
  readonly host: Omit<Host, typeof Symbol.dispose>;
  readonly options: HostOptions;
  leases: number;
  stop(): void;
}

const DEFAULT_INTERVAL_MS = 10_000;
let running: Running | undefined;

/**
 * Samples the host with a timer that keeps no process alive, and reports the metrics of `system.*` and `hw.*`. There is one
 * sampler in a process: who starts it a second time gets the same.
 * @throws TypeError with code TELLTALE_BAD_INTERVAL
 */
export function startHost(options: HostOptions = {}): Host {
  const { intervalMs = DEFAULT_INTERVAL_MS } = options;
  checkInterval(intervalMs, "the host");
  if (running === undefined) running = start(options, intervalMs);
  else if (Object.keys(options).length > 0 && JSON.stringify(options) !== JSON.stringify(running.options)) {
    diag.warn("telltale: the host is sampled already; the options of this call are ignored");
  }
  const lease = running;
  lease.leases++;
  let released = false;
  return {
    ...lease.host,
    [Symbol.dispose]: () => {
      if (released) return;
      released = true;
      if (--lease.leases > 0) return;
      lease.stop();
      if (running === lease) running = undefined;
    },
  };
}

/** The host that this process runs on, by what the operating system offers. */
export function hostReader(options: HostReaderOptions = {}): HostReader {
  return process.platform === "linux" ? linuxReader(options) : portableReader(options);
}

function start(options: HostOptions, intervalMs: number): Running {
  const read = hostReader(options);
  const busy = histogram({ ...catalogue.sampleDuration, scope: runtimeScope }).bind();
  const listeners = new Set<(sample: HostSample) => void>();
  let before: { readonly reading: HostReading; readonly atMs: number } | undefined;
  const samples = sampler(
    async () => {
      const reading = await read((seconds) => busy.record(seconds));
      const now = { reading, atMs: performance.now() };
      const sample = sampleOf(now, before);
      before = now;
      for (const listener of listeners) tell(listener, sample);
      return sample;
    },
    { intervalMs, onError: (error) => diag.error("telltale: the host cannot be sampled", error) },
  );
  const group = observedGroup();
  observeHost(group, samples.latest);
  return {
    options,
    leases: 0,
    host: {
      current: samples.latest,
      sample: samples.sample,
      onSample: (listener) => {
        listeners.add(listener);
        return { [Symbol.dispose]: () => void listeners.delete(listener) };
      },
    },
    stop: () => {
      samples[Symbol.dispose]();
      group[Symbol.dispose]();
      listeners.clear();
    },
  };
}

function sampleOf(
  { reading, atMs }: { readonly reading: HostReading; readonly atMs: number },
  before: { readonly reading: HostReading; readonly atMs: number } | undefined,
): HostSample {
  const shares = before === undefined ? new Map() : cpuShares(reading.cores, before.reading.cores);
  const seconds = before === undefined ? 0 : (atMs - before.atMs) / 1_000;
  const cpuUtilization = cpuUtilizationOf(reading, { before: before?.reading, seconds, shares });
  return { ...reading, timestampMs: Date.now(), shares, cpuUtilization };
}

function tell(listener: (sample: HostSample) => void, sample: HostSample): void {
  try {
    listener(sample);
  } catch (error) {
    diag.error("telltale: a listener of the host threw", error);
  }
}
