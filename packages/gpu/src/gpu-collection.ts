import { diag } from "@opentelemetry/api";
import { type Candidates, candidates } from "./gpu-candidates.ts";
import type { ResolvedGpuOptions } from "./gpu-options.ts";
import { faultOf, GpuError, type GpuFault } from "./gpu-provider.ts";
import type { GpuReading } from "./gpu-reading.ts";
import { type GpuStatus, OFF, statusOf } from "./gpu-status.ts";
import type { ProviderSample, TriedProvider } from "./helper/dialogue.ts";
import { type Helper, startHelper } from "./helper/start-helper.ts";

/** What probes and samples by timers of its own, and keeps the latest readings. It keeps no process alive. */
export interface GpuCollection {
  /** The latest reading of each device; those older than three intervals are gone. */
  latest(): ReadonlyMap<string, GpuReading>;
  /** Samples now; settles when it is done, with what there is then. Never rejects. */
  collect(): Promise<ReadonlyMap<string, GpuReading>>;
  status(): GpuStatus;
  /** Settles when all has ended, `deadlineMs` later at most. */
  stop(deadlineMs: number): Promise<void>;
}

/** What others do with each sample that was taken, and each that failed. */
export interface SampleListener {
  onSample(sample: ProviderSample): void;
  onFailure(fault: GpuFault): void;
}

/** How many intervals a reading is good for. */
const FRESH_INTERVALS = 3;
/** Loading a driver that is not kept in memory takes seconds for each device. */
const PROBE_DEADLINE_MS = 60_000;
/** After the first failure of a helper; after the next ones the interval of probing. */
const FIRST_RETRY_MS = 30_000;
const STUCK: GpuFault = {
  code: "TIMEOUT",
  message: "what called the driver before still hangs in it, and cannot be ended",
  hint: "see dmesg, then reset the device or reboot; it is looked again at the next probing",
};

export function startCollection(options: ResolvedGpuOptions, listener: SampleListener): GpuCollection {
  let helper: Helper | undefined;
  let ending: Helper | undefined;
  let status: GpuStatus = { ...OFF, state: "probing", message: "GPUs are being looked for", hint: "" };
  let readings: ReadonlyMap<string, GpuReading> = new Map();
  let takenMs = 0;
  let probing: Promise<void> | undefined;
  let sampling: Promise<void> | undefined;
  let failures = 0;
  let isStopped = false;
  let told = false;
  let probeTimer: NodeJS.Timeout | undefined;
  const sampleTimer = setInterval(() => {
    if (status.state === "running" && probing === undefined) void sample();
  }, options.intervalMs).unref();

  function probe(): Promise<void> {
    probing ??= look().finally(() => {
      probing = undefined;
    });
    return probing;
  }

  async function look(): Promise<void> {
    clearTimeout(probeTimer);
    await sampling;
    let tried: readonly TriedProvider[] = [];
    try {
      const { providers, ruledOut } = await candidates(options);
      tried = ruledOut;
      if (providers.length > 0) {
        if (helper?.isAlive !== true) await endOfHelper();
        if (isStopped) return;
        if (helper?.isAlive !== true) helper = startHelper(options.isolation);
        tried = [...(await helper.probe(helperOptions(options, providers), PROBE_DEADLINE_MS)), ...ruledOut];
      }
      if (isStopped) return;
      status = statusOf(tried);
    } catch (error) {
      fail(faultOf(error));
    }
    if (status.state === "running") await sample();
    else endHelper();
    scheduleProbe();
    tell();
  }

  function sample(): Promise<void> {
    sampling ??= take().finally(() => {
      sampling = undefined;
    });
    return sampling;
  }

  async function take(): Promise<void> {
    if (helper === undefined) return;
    try {
      const samples = await helper.sample(options.deadlineMs);
      if (isStopped) return;
      for (const one of samples) listener.onSample(one);
      readings = new Map(
        samples.flatMap((one) => one.readings.map((reading) => [reading.device.id, reading] as const)),
      );
      takenMs = performance.now();
      failures = 0;
      const fault = samples.find((one) => one.fault !== undefined)?.fault;
      if (fault !== undefined || status.code !== undefined) status = withFault(status, fault);
    } catch (error) {
      if (isStopped) return;
      fail(faultOf(error));
      endHelper();
      scheduleProbe();
    }
  }

  function fail(fault: GpuFault): void {
    if (isStopped) return;
    failures++;
    readings = new Map();
    status = { ...status, state: "none", provider: "none", ...fault };
    listener.onFailure(fault);
    if (failures === 1) diag.warn(`telltale: GPUs: ${fault.message}; ${fault.hint}`);
    told = true;
  }

  /** Never a second one beside another that is stuck: with each look there would be one more. */
  async function endOfHelper(): Promise<void> {
    if (ending !== undefined && !(await ending.hasEnded(options.deadlineMs))) throw new GpuError(STUCK);
    ending = undefined;
  }

  /** Without waiting: what hangs in a driver is ended by force. */
  function endHelper(): void {
    void helper?.close(0);
    ending = helper ?? ending;
    helper = undefined;
  }

  function scheduleProbe(): void {
    clearTimeout(probeTimer);
    if (isStopped) return;
    const afterMs = Math.min(failures === 1 ? FIRST_RETRY_MS : options.probeIntervalMs, options.probeIntervalMs);
    probeTimer = setTimeout(() => void probe(), afterMs).unref();
  }

  /** One line in the life of the process, whether there are devices or none. */
  function tell(): void {
    if (told || isStopped) return;
    told = true;
    if (status.state === "running") diag.info(`telltale: watching ${status.message}`);
    else diag.info(`telltale: no GPU metrics: ${status.message} (${status.code}); ${status.hint}`);
  }

  function latest(): ReadonlyMap<string, GpuReading> {
    return performance.now() - takenMs <= FRESH_INTERVALS * options.intervalMs ? readings : new Map();
  }

  void probe();

  return {
    latest,
    status: () => status,
    async collect() {
      await keepAlive(async () => {
        // A look ends with a sample.
        if (probing !== undefined) await probing;
        else if (status.state === "running") await sample();
      });
      return latest();
    },
    async stop(deadlineMs) {
      isStopped = true;
      clearInterval(sampleTimer);
      clearTimeout(probeTimer);
      readings = new Map();
      status = OFF;
      await keepAlive(async () => await helper?.close(deadlineMs));
      helper = undefined;
    },
  };
}

/** Nothing here keeps the process alive but for who waits for an answer. */
async function keepAlive(work: () => Promise<void>): Promise<void> {
  const alive = setInterval(() => {}, 1_000);
  try {
    await work();
  } finally {
    clearInterval(alive);
  }
}

function helperOptions(options: ResolvedGpuOptions, providers: Candidates["providers"]) {
  const { intervalMs, pcieThroughput, mig, wakeSuspended, nvmlLibrary, nvidiaSmi, sysfs } = options;
  const own = { processMemory: options.processes === "self", processId: process.pid };
  return { providers, intervalMs, pcieThroughput, mig, wakeSuspended, nvmlLibrary, nvidiaSmi, sysfs, ...own };
}

function withFault(status: GpuStatus, fault: GpuFault | undefined): GpuStatus {
  if (fault !== undefined) return { ...status, ...fault };
  const { devices, provider } = status;
  return { ...status, code: undefined, message: `${devices.length} GPU(s) by ${provider}`, hint: "" };
}
