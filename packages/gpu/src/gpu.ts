import { type GpuCollection, startCollection } from "./gpu-collection.ts";
import { type GpuKernel, gpuKernel } from "./gpu-kernel.ts";
import { type GpuOptions, resolveOptions } from "./gpu-options.ts";
import type { GpuReading } from "./gpu-reading.ts";
import { type GpuStatus, OFF } from "./gpu-status.ts";
import { observeDevices, sampleMetrics } from "./observe-devices.ts";

/** The GPUs of this machine. Nothing here ever throws or rejects because of a device or a driver. */
export interface Gpu {
  /** What the last sample said of a device, by its place in `status().devices` or its id; empty when there is none. */
  device(which: number | string): Partial<GpuReading>;
  /** Samples now; the readings by the id of the device. */
  collectAll(): Promise<ReadonlyMap<string, GpuReading>>;
  /** What was found, what was tried, and what would help. */
  status(): GpuStatus;
  /** A kernel of the application, on a device when there are several. Keep it: it is bound to its metrics. */
  kernel(type: string, options?: { readonly device?: number | string }): GpuKernel;
}

/** The one handle on the running collection. */
export interface GpuHandle extends Gpu {
  /** Settles when all has ended; what hangs in a driver is ended by force after `deadlineMs`. @default 1000 */
  stop(options?: { readonly deadlineMs?: number }): Promise<void>;
}

const STOP_DEADLINE_MS = 1_000;

let running: GpuCollection | undefined;

/** Whatever is running: `bootstrap({ instrumentations: { gpu: true } })` starts it. Before, and without it, all is empty. */
export const gpu: Gpu = {
  device: (which) => deviceOf(running, which),
  collectAll: async () => (await running?.collect()) ?? new Map<string, GpuReading>(),
  status: () => running?.status() ?? OFF,
  kernel: (type, { device } = {}) => gpuKernel(type, () => idOf(running, device)),
};

/**
 * Looks for GPUs, now and every ten minutes, and samples them in a process of its own. A second call ends what the first began.
 * @throws TypeError with code TELLTALE_BAD_GPU_OPTION
 */
export function startGpu(options: GpuOptions = {}): GpuHandle {
  const resolved = resolveOptions(options);
  current?.();
  const metrics = sampleMetrics();
  const collection = startCollection(resolved, metrics);
  const observed = observeDevices(collection.latest);
  running = collection;
  let stopped: Promise<void> | undefined;
  const stop = (deadlineMs: number): Promise<void> => {
    stopped ??= (async () => {
      if (running === collection) {
        running = undefined;
        current = undefined;
      }
      observed[Symbol.dispose]();
      metrics[Symbol.dispose]();
      await collection.stop(deadlineMs);
    })();
    return stopped;
  };
  current = () => void stop(STOP_DEADLINE_MS);
  return {
    device: (which) => deviceOf(collection, which),
    collectAll: collection.collect,
    status: collection.status,
    kernel: (type, { device } = {}) => gpuKernel(type, () => idOf(collection, device)),
    stop: ({ deadlineMs = STOP_DEADLINE_MS } = {}) => stop(deadlineMs),
  };
}

let current: (() => void) | undefined;

function deviceOf(collection: GpuCollection | undefined, which: number | string): Partial<GpuReading> {
  const id = idOf(collection, which);
  return (id !== undefined && collection?.latest().get(id)) || {};
}

function idOf(collection: GpuCollection | undefined, which: number | string | undefined): string | undefined {
  return typeof which === "number" ? collection?.status().devices[which]?.id : which;
}
