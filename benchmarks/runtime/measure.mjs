// One case of benchmarks/runtime.ts, in the folder where the packages are installed.
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [, , folder, name, megabytes, quick] = process.argv;
const require = createRequire(join(folder, "package.json"));
const load = (specifier) => import(pathToFileURL(require.resolve(specifier)).href);

// What a process of that size has: fork() copies its page tables.
const kept = [];
for (let i = 0; i < Number(megabytes); i += 64) kept.push(Buffer.alloc(64 * 1_024 * 1_024, 1));

const cases = {
  async host() {
    const host = (await load("@telltale/runtime")).startHost({ intervalMs: 600_000 });
    return sampling(() => host.sample());
  },
  async process() {
    const metrics = (await load("@telltale/runtime")).startProcessMetrics({ intervalMs: 600_000 });
    return sampling(() => metrics.sample());
  },
  "host-metrics": () => hostMetrics(undefined),
  "host-metrics-no-network": () => hostMetrics(["system.cpu", "system.memory", "process.cpu", "process.memory"]),
  async systeminformation() {
    const { default: si } = await load("systeminformation");
    const ask = () =>
      Promise.all([
        si.currentLoad(),
        si.mem(),
        si.fsSize(),
        si.disksIO(),
        si.networkStats("*"),
        si.cpuTemperature(),
        si.battery(),
      ]);
    return sampling(ask);
  },
  async "scope-fn"() {
    const timed = (await load("@telltale/runtime")).profile.fn("scope", () => {});
    return hot(timed);
  },
  async "scope-using"() {
    const { profile } = await load("@telltale/runtime");
    return hot(() => {
      using _ = profile("scope");
    });
  },
  async "using-nothing"() {
    const nothing = { [Symbol.dispose]() {} };
    return hot(() => {
      using _ = nothing;
    });
  },
  async health() {
    const health = (await load("@telltale/runtime")).createHealth();
    health.register("check", () => true, { intervalMs: 600_000 });
    return hotAsync(() => health.checkNow());
  },
  async readyz() {
    const { createHealth, healthHandler } = await load("@telltale/runtime");
    const health = createHealth();
    for (let i = 0; i < 20; i++) health.register(`check-${i}`, () => true, { intervalMs: 600_000 });
    await health.checkNow();
    const handler = healthHandler(health);
    const request = { url: "/readyz", method: "GET", headers: {} };
    const response = { req: request, writeHead: () => response, end: () => response };
    return hot(() => handler(request, response));
  },
};

const result = await cases[name]();
process.stdout.write(JSON.stringify(result));
process.exit(kept.length < 0 ? 1 : 0);

async function hostMetrics(metricGroups) {
  const { HostMetricsInstrumentation } = await load("@opentelemetry/instrumentation-host-metrics");
  const { MeterProvider, MetricReader } = await load("@opentelemetry/sdk-metrics");
  class Reader extends MetricReader {
    async onShutdown() {}
    async onForceFlush() {}
  }
  const reader = new Reader();
  const provider = new MeterProvider({ readers: [reader] });
  const instrumentation = new HostMetricsInstrumentation(metricGroups === undefined ? {} : { metricGroups });
  instrumentation.setMeterProvider(provider);
  instrumentation.enable();
  return sampling(() => reader.collect());
}

/** CPU time of a sample, and the longest time between two turns of the event loop while it was taken. */
async function sampling(sample) {
  await sample();
  const times = quick ? 2 : 20;
  const cpu = [];
  let held = 0;
  for (let i = 0; i < times; i++) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    const before = cpuMs();
    await sample();
    cpu.push(cpuMs() - before);
  }
  // Apart, because looking costs as well.
  for (let i = 0; i < times; i++) {
    let last = performance.now();
    let isDone = false;
    const watching = (function turn() {
      const now = performance.now();
      held = Math.max(held, now - last);
      last = now;
      return isDone ? undefined : new Promise((resolve) => setTimeout(resolve, 0)).then(turn);
    })();
    await sample();
    isDone = true;
    await watching;
  }
  cpu.sort((a, b) => a - b);
  return { cpu: cpu[cpu.length >> 1], held };
}

function hot(work) {
  const times = quick ? 2_000 : 300_000;
  for (let i = 0; i < times; i++) work();
  const before = cpuMs();
  for (let i = 0; i < times; i++) work();
  return { cpu: ((cpuMs() - before) / times) * 1e6 };
}

async function hotAsync(work) {
  const times = quick ? 500 : 20_000;
  for (let i = 0; i < times; i++) await work();
  const before = cpuMs();
  for (let i = 0; i < times; i++) await work();
  return { cpu: ((cpuMs() - before) / times) * 1e6 };
}

/** Of the main thread: what libuv's other threads do holds nobody up. */
function cpuMs() {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}
