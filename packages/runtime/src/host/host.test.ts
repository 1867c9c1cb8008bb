import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { HostMetricsInstrumentation } from "@opentelemetry/instrumentation-host-metrics";
import { MeterProvider, type MetricData, MetricReader } from "@opentelemetry/sdk-metrics";
import { forgetInstrument, instrumentProducer, instruments } from "@telltale/metrics";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { type Host, startHost } from "./host.ts";
import { portableReader } from "./portable-reader.ts";

const onLinux = process.platform === "linux";

let host: Host | undefined;
afterEach(() => {
  host?.[Symbol.dispose]();
  host = undefined;
});

describe.runIf(onLinux)("the numbers of the host are those of others", () => {
  test("memory is what free and /proc/meminfo say", async () => {
    const own = startHost();
    host = own;
    // Others take and give back memory meanwhile.
    await eventually(async () => {
      const { memory } = await own.sample();
      const [, total, , , , , available] = /^Mem:\s+(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s+(\d+)/m.exec(
        run("free", "-b"),
      )!;
      expect(memory!.machineBytes).toBe(Number(total));
      expect(memory!.machineBytes).toBe(meminfo("MemTotal"));
      expect(near(memory!.availableBytes, Number(available), 0.05)).toBe(true);
      expect(memory!.usedBytes + memory!.freeBytes).toBe(memory!.limitBytes);
    });
  });

  test("space is what df says", async () => {
    const own = startHost({ mounts: ["/"] });
    host = own;
    // Others write files meanwhile.
    await eventually(async () => {
      const { fileSystems } = await own.sample();
      const [size, used, free, percent] = run("df", "-B1", "--output=size,used,avail,pcent", "/")
        .split("\n")[1]!
        .trim()
        .split(/\s+/)
        .map((text) => Number(text.replace("%", "")));
      const [root] = fileSystems;
      expect(root).toMatchObject({ mountpoint: "/", sizeBytes: size });
      expect(near(root!.usedBytes, used!, 0.02)).toBe(true);
      expect(near(root!.freeBytes, free!, 0.02)).toBe(true);
      // df rounds up to whole percents.
      const share = (root!.usedBytes / (root!.usedBytes + root!.freeBytes)) * 100;
      expect(Math.abs(share - percent!)).toBeLessThan(1.1);
    });
  });

  test("CPU times and what went over the network are what /proc says a moment later", async () => {
    host = startHost();
    const { cores, networks } = await host.sample();
    const lines = readFileSync("/proc/stat", "utf8").split("\n");
    expect(cores.size).toBe(lines.filter((line) => /^cpu\d/.test(line)).length);
    // The first one may be offline.
    for (const [core, times] of cores) {
      const [, user] = new RegExp(`^cpu${core} (\\d+)`, "m").exec(lines.join("\n"))!;
      expect(times.user).toBeGreaterThan(Number(user) / 100 - 5);
      expect(times.user).toBeLessThanOrEqual(Number(user) / 100);
    }
    const [, received] = /lo:\s*(\d+)/.exec(readFileSync("/proc/net/dev", "utf8")) ?? [];
    const lo = networks.find(({ name }) => name === "lo");
    if (lo) expect(lo.receivedBytes).toBeLessThanOrEqual(Number(received));
  });

  test("CPU times and memory are those of instrumentation-host-metrics", async () => {
    const own = startHost();
    host = own;
    await eventually(async () => {
      const theirs = await collectTheirs();
      const { cores, memory } = await own.sample();
      for (const mode of ["user", "idle"] as const) {
        const their = theirs.find(({ descriptor }) => descriptor.name === "system.cpu.time")!;
        for (const point of their.dataPoints) {
          if (point.attributes["cpu.mode"] !== mode) continue;
          const ours = cores.get(Number(point.attributes["cpu.logical_number"]))![mode];
          expect(near(ours, point.value as number, 0.02)).toBe(true);
        }
      }
      const usage = theirs.find(({ descriptor }) => descriptor.name === "system.memory.usage")!;
      const free = usage.dataPoints.find(({ attributes }) => attributes["system.memory.state"] === "free")!;
      expect(near(memory!.availableBytes, free.value as number, 0.05)).toBe(true);
    });
  });

  test("what systeminformation says elsewhere is what is read here", async () => {
    const own = startHost();
    host = own;
    await eventually(async () => {
      const ours = await own.sample();
      const theirs = await portableReader({})(() => {});
      expect(theirs.memory!.machineBytes).toBe(ours.memory!.machineBytes);
      expect(near(theirs.memory!.availableBytes, ours.memory!.availableBytes, 0.05)).toBe(true);
      expect(theirs.cores.size).toBe(ours.cores.size);
      const root = (all: typeof ours.fileSystems) => all.find(({ mountpoint }) => mountpoint === "/")!;
      expect(near(root(theirs.fileSystems).sizeBytes, root(ours.fileSystems).sizeBytes, 0.01)).toBe(true);
      // A machine without a network has none to compare.
      const [network] = ours.networks;
      if (network) expect(theirs.networks.map(({ name }) => name)).toContain(network.name);
    });
  });
});

test("shares of a core add up to one, from the second sample on", async () => {
  host = startHost();
  expect((await host.sample()).cpuUtilization).toBeUndefined();
  // The system counts CPU time in ticks of 10 ms, and those that others get are of no use here.
  let sample: Awaited<ReturnType<Host["sample"]>>;
  do {
    const until = performance.now() + 60;
    while (performance.now() < until);
    sample = await host.sample();
  } while (!sample.cpuUtilization);
  const { shares, cpuUtilization } = sample;
  for (const share of shares.values()) expect(Object.values(share).reduce((a, b) => a + b)).toBeCloseTo(1, 9);
  expect(cpuUtilization).toBeGreaterThan(0);
  expect(cpuUtilization).toBeLessThanOrEqual(1);
});

test("what is observed is absent when nothing was sampled for three intervals, and gone after the end", async () => {
  host = startHost({ intervalMs: 60_000 });
  await host.sample();
  expect(await collected("system.memory.limit")).toHaveLength(1);
  const laterMs = performance.now() + 180_001;
  const clock = vi.spyOn(performance, "now").mockReturnValue(laterMs);
  onTestFinished(() => clock.mockRestore());
  expect(host.current()).toBeUndefined();
  expect(await collected("system.memory.limit")).toHaveLength(0);
  clock.mockRestore();
  expect(host.current()).toBeDefined();
  host[Symbol.dispose]();
  expect(await collected("system.memory.limit")).toHaveLength(0);
});

test("a second start gets the sampler that runs, which ends with the last of them", async () => {
  const first = startHost();
  const second = startHost();
  await first.sample();
  expect(second.current()).toBe(first.current());
  first[Symbol.dispose]();
  first[Symbol.dispose]();
  expect(await collected("system.cpu.time")).toHaveLength(1);
  second[Symbol.dispose]();
  expect(await collected("system.cpu.time")).toHaveLength(0);
});

test("two readers that collect together see the same shares", async () => {
  host = startHost();
  await host.sample();
  // Until a tick of the CPU clock has passed.
  await expect.poll(async () => (await host!.sample()).shares.size, { interval: 20 }).toBeGreaterThan(0);
  const [a, b] = await Promise.all([collected("system.cpu.utilization"), collected("system.cpu.utilization")]);
  const values = (metrics: readonly MetricData[]) =>
    metrics.flatMap(({ dataPoints }) => dataPoints.map((p) => p.value));
  expect(values(a).length).toBeGreaterThan(0);
  expect(values(a)).toEqual(values(b));
});

test("an interval that cannot be is refused", () => {
  expect(() => startHost({ intervalMs: 5 })).toThrow(
    expect.objectContaining({ code: "TELLTALE_BAD_INTERVAL", message: expect.stringContaining("is 5") }),
  );
});

async function collected(name: string): Promise<readonly MetricData[]> {
  const { resourceMetrics } = await instrumentProducer().collect();
  return resourceMetrics.scopeMetrics
    .flatMap(({ metrics }) => metrics)
    .filter(({ descriptor }) => descriptor.name === name);
}

async function collectTheirs(): Promise<readonly MetricData[]> {
  class Reader extends MetricReader {
    protected onShutdown = async (): Promise<void> => {};
    protected onForceFlush = async (): Promise<void> => {};
  }
  const reader = new Reader();
  const provider = new MeterProvider({ readers: [reader] });
  // Their network group runs a child process and holds the event loop up.
  const metricGroups = ["system.cpu", "system.memory"];
  const theirs = new HostMetricsInstrumentation({ metricGroups } as never);
  theirs.setMeterProvider(provider);
  theirs.enable();
  const { resourceMetrics } = await reader.collect();
  theirs.disable();
  await provider.shutdown();
  for (const instrument of instruments())
    if (instrument.scope.name.includes("host-metrics")) forgetInstrument(instrument);
  return resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics);
}

/** What the machine does in between may differ once, and not always. */
async function eventually(check: () => Promise<void>): Promise<void> {
  await expect.poll(() => check().then(() => "as told", String), { interval: 100 }).toBe("as told");
}

function near(ours: number, theirs: number, tolerance: number): boolean {
  return Math.abs(ours - theirs) <= Math.max(Math.abs(theirs) * tolerance, 1e-9);
}

function run(command: string, ...args: readonly string[]): string {
  return execFileSync(command, args, { encoding: "utf8", env: { ...process.env, LC_ALL: "C" } });
}

function meminfo(name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(readFileSync("/proc/meminfo", "utf8"))![1]) * 1_024;
}
