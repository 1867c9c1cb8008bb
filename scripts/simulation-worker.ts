/** Runs one simulator in a thread of its own, as counters are a process's: what a scrape each 15 s would have seen. */
import { parentPort, workerData } from "node:worker_threads";
import { metrics } from "@opentelemetry/api";
import { meterProvider, prometheusEndpoint } from "@telltale/metrics";
import { SimulatedClock } from "../examples/simulators/simulated-clock.ts";
import type { SimulateOptions } from "../examples/simulators/simulation.ts";
import type { SimulatedRun, SimulatedSeries } from "./simulated-run.ts";

const { simulator, fault, durationMs, families = [] } = workerData as SimulatedRun;
const clock = new SimulatedClock();
const series = new Map<string, SimulatedSeries>();
const endpoint = prometheusEndpoint({ port: 0, keepPageMs: 0 });
metrics.setGlobalMeterProvider(meterProvider({ readers: [endpoint.reader] }));
const query = families.map((name) => `name[]=${name}`).join("&");
endpoint.ready
  .then(() => import(`../examples/simulators/${simulator}.ts`))
  .then(async ({ simulate }: { simulate(options: SimulateOptions<string>): Promise<object> }) => {
    await simulate({ clock, durationMs, faults: fault === undefined ? [] : [fault], onTick: scrape });
    await endpoint.shutdown();
    parentPort!.postMessage([...series.values()]);
  });

async function scrape(): Promise<void> {
  const page = await (await fetch(`${endpoint.url}?${query}`)).text();
  for (const line of page.split("\n")) {
    if (line === "" || line.startsWith("#")) continue;
    const end = line.lastIndexOf(" ");
    const selector = line.slice(0, end);
    let one = series.get(selector);
    if (one === undefined) {
      one = { selector, times: [], values: [] };
      series.set(selector, one);
    }
    one.times.push(clock.wallClock());
    one.values.push(Number(line.slice(end + 1).replace("Inf", "Infinity")));
  }
}
