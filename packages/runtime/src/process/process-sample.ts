import { availableParallelism } from "node:os";
import { getHeapSpaceStatistics, getHeapStatistics, type HeapSpaceInfo } from "node:v8";
import { type EventLoopSample, type EventLoopWatch, watchEventLoop } from "./event-loop.ts";
import { fileDescriptorLimit, openFileDescriptors } from "./file-descriptors.ts";

/** This process at one moment. */
export interface ProcessSample {
  readonly eventLoop: EventLoopSample;
  /** CPU time since the process started, in seconds. */
  readonly cpu: CpuUse;
  /** Shares of the CPUs that it may use, since the sample before; undefined in the first. */
  readonly cpuUtilization: CpuUse | undefined;
  /** Undefined where the system does not tell, as when no file can be opened any more. */
  readonly residentBytes: number | undefined;
  readonly heapSpaces: readonly HeapSpaceInfo[];
  readonly heapLimitBytes: number;
  readonly fileDescriptors: number | undefined;
  readonly fileDescriptorLimit: number | undefined;
  /** How many there are of each type. */
  readonly activeResources: ReadonlyMap<string, number>;
}

export interface CpuUse {
  readonly user: number;
  readonly system: number;
}

/** Takes samples of this process, until it is disposed of. */
export function processReader(): { take(): ProcessSample } & Disposable {
  const loop: EventLoopWatch = watchEventLoop();
  let before: { readonly cpu: CpuUse; readonly atMs: number } | undefined;
  let limit: number | undefined;
  return {
    take: () => {
      const { user, system } = process.cpuUsage();
      // When descriptors have run out there is none to read their limit with.
      limit = fileDescriptorLimit() ?? limit;
      const now = { cpu: { user: user / 1e6, system: system / 1e6 }, atMs: performance.now() };
      const sample: ProcessSample = {
        eventLoop: loop.take(),
        cpu: now.cpu,
        cpuUtilization: before && shares(now, before),
        residentBytes: residentBytes(),
        heapSpaces: getHeapSpaceStatistics(),
        heapLimitBytes: getHeapStatistics().heap_size_limit,
        fileDescriptors: openFileDescriptors(),
        fileDescriptorLimit: limit,
        activeResources: countEach(process.getActiveResourcesInfo()),
      };
      before = now;
      return sample;
    },
    [Symbol.dispose]: () => loop[Symbol.dispose](),
  };
}

function residentBytes(): number | undefined {
  try {
    return process.memoryUsage.rss();
  } catch {
    return undefined;
  }
}

function shares(
  now: { readonly cpu: CpuUse; readonly atMs: number },
  before: { readonly cpu: CpuUse; readonly atMs: number },
): CpuUse | undefined {
  const possible = ((now.atMs - before.atMs) / 1_000) * availableParallelism();
  if (possible <= 0) return undefined;
  return { user: (now.cpu.user - before.cpu.user) / possible, system: (now.cpu.system - before.cpu.system) / possible };
}

function countEach(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
