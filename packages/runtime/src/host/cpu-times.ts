import { cpus } from "node:os";

/** The modes of `system.cpu.time`, in the order in which Linux has them in /proc/stat. */
export const cpuModes = ["user", "nice", "system", "idle", "iowait", "interrupt", "steal"] as const;
export type CpuMode = (typeof cpuModes)[number];
export type CpuTimes = Readonly<Record<CpuMode, number>>;

/** Seconds in each mode by logical number: a core may come and go. */
export type CoreTimes = ReadonlyMap<number, CpuTimes>;

/** proc_stat(5): /proc tells times in ticks of sysconf(_SC_CLK_TCK), which is 100 on every Linux that Node.js runs on. */
const TICKS_PER_SECOND = 100;

/** The cores in the text of /proc/stat. */
export function parseCpuTimes(stat: string): CoreTimes {
  const cores = new Map<number, CpuTimes>();
  for (const line of stat.split("\n")) {
    if (!line.startsWith("cpu")) break;
    const [name = "", ...ticks] = line.split(/\s+/);
    if (name === "cpu") continue;
    const seconds = (index: number): number => Number(ticks[index] ?? 0) / TICKS_PER_SECOND;
    cores.set(Number(name.slice("cpu".length)), {
      user: seconds(0),
      nice: seconds(1),
      system: seconds(2),
      idle: seconds(3),
      iowait: seconds(4),
      // Interrupts and soft interrupts: semantic conventions have one mode for both.
      interrupt: seconds(5) + seconds(6),
      steal: seconds(7),
    });
  }
  return cores;
}

/** How far back a time may go and still be the kernel's wavering: Prometheus' node_exporter, `jumpBackSeconds`. */
const WAVER_SECONDS = 3;

/**
 * The times as counters, of which a step back would count as all of it anew: what went back a little stays where it was, as
 * waiting and idling may, proc_stat(5). A core that begins anew, having been offline, does so.
 */
export function steadyCpuTimes(now: CoreTimes, before: CoreTimes): CoreTimes {
  const steady = new Map<number, CpuTimes>();
  for (const [core, times] of now) {
    const earlier = before.get(core);
    const isBack = (mode: CpuMode): boolean => earlier !== undefined && times[mode] < earlier[mode];
    const isAnew = (mode: CpuMode): boolean => earlier !== undefined && times[mode] < earlier[mode] - WAVER_SECONDS;
    const keeps = earlier !== undefined && cpuModes.some(isBack) && !cpuModes.some(isAnew);
    const latest = (mode: CpuMode): number => Math.max(times[mode], earlier?.[mode] ?? 0);
    steady.set(core, keeps ? (Object.fromEntries(cpuModes.map((mode) => [mode, latest(mode)])) as CpuTimes) : times);
  }
  return steady;
}

/** The cores on which a process may run, by its /proc/PID/status; undefined when that does not tell. */
export function parseAllowedCores(status: string): ReadonlySet<number> | undefined {
  const list = /^Cpus_allowed_list:\s*([\d,-]+)$/m.exec(status)?.[1];
  if (list === undefined) return undefined;
  return new Set(
    list.split(",").flatMap((range) => {
      const [first = 0, last = first] = range.split("-").map(Number);
      return Array.from({ length: last - first + 1 }, (_, i) => first + i);
    }),
  );
}

/** What every system tells through Node.js, which knows no waiting and no stealing. */
export function portableCpuTimes(): CoreTimes {
  return new Map(
    cpus().map(({ times }, core) => {
      const { user, nice, sys, idle, irq } = times;
      const times_ = { user, nice, system: sys, idle, interrupt: irq };
      const seconds = Object.fromEntries(Object.entries(times_).map(([mode, ms]) => [mode, ms / 1_000]));
      return [core, { iowait: 0, steal: 0, ...seconds } as CpuTimes];
    }),
  );
}

/** The share of each mode since the sample before; cores that were not there then are left out. */
export function cpuShares(now: CoreTimes, before: CoreTimes): CoreTimes {
  const shares = new Map<number, CpuTimes>();
  for (const [core, times] of now) {
    const earlier = before.get(core);
    if (earlier === undefined) continue;
    // iowait may go backwards, proc_stat(5).
    const spent = cpuModes.map((mode) => Math.max(0, times[mode] - earlier[mode]));
    const total = spent.reduce((sum, seconds) => sum + seconds, 0);
    if (total === 0) continue;
    shares.set(core, Object.fromEntries(cpuModes.map((mode, i) => [mode, spent[i]! / total])) as CpuTimes);
  }
  return shares;
}

/** How busy all cores were together, or those that are allowed, from 0 to 1. */
export function busyShare(shares: CoreTimes, allowed?: ReadonlySet<number>): number | undefined {
  let [idle, count] = [0, 0];
  for (const [core, share] of shares) {
    if (allowed?.has(core) === false) continue;
    idle += share.idle + share.iowait;
    count++;
  }
  return count === 0 ? undefined : 1 - idle / count;
}
