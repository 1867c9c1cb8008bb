import { busyShare, type CoreTimes } from "./cpu-times.ts";
import type { HostReading } from "./host-sample.ts";

type CpuReading = Pick<HostReading, "cgroup" | "cores" | "allowedCores">;

/** How many CPUs this process can have at most; undefined when nothing is known of the cores. */
export function cpuLimitOf({ cgroup, cores, allowedCores }: CpuReading): number | undefined {
  if (cores.size === 0) return undefined;
  return Math.min(cgroup?.cpuLimit ?? Number.POSITIVE_INFINITY, allowedCores?.size ?? cores.size, cores.size);
}

/** How much was used of the cgroup's quota, where that is what limits, else of the cores on which this process may run. */
export function cpuUtilizationOf(
  reading: CpuReading,
  {
    before,
    seconds,
    shares,
  }: { readonly before: CpuReading | undefined; readonly seconds: number; readonly shares: CoreTimes },
): number | undefined {
  const [limit, now, then] = [reading.cgroup?.cpuLimit, reading.cgroup?.cpuSeconds, before?.cgroup?.cpuSeconds];
  const isQuota = limit !== undefined && limit === cpuLimitOf(reading);
  if (!isQuota || now === undefined || then === undefined || seconds <= 0) {
    return busyShare(shares, reading.allowedCores);
  }
  return Math.min(1, Math.max(0, (now - then) / seconds / limit));
}
