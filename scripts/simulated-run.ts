import { Worker } from "node:worker_threads";
import { labelsOf, parseMetricSelector, type Sample } from "@telltale/promql";

/** A run of one of examples/simulators, with a fault or without. */
export interface SimulatedRun {
  readonly simulator: string;
  readonly fault: string | undefined;
  readonly durationMs: number;
  /** Families of metrics to look at. @default all of them */
  readonly families?: readonly string[];
}

/** A line of the page of metrics over time. */
export interface SimulatedSeries {
  /** As the page has it: `trading_state{trading_state="halted"}`. */
  readonly selector: string;
  readonly times: number[];
  readonly values: number[];
}

/** By which the series of a run are told from those of others. */
export function instanceOf({ simulator, fault = "healthy" }: SimulatedRun): string {
  return `${simulator}:${fault}`;
}

/** Every sample that scrapes of the run would have taken, with the labels that a scrape adds. */
export async function samplesOf(run: SimulatedRun): Promise<readonly Sample[]> {
  const worker = new Worker(new URL("./simulation-worker.ts", import.meta.url), {
    workerData: run,
    execArgv: ["--conditions=telltale-source"],
  });
  const series = await new Promise<readonly SimulatedSeries[]>((resolve, reject) => {
    worker.once("message", resolve).once("error", reject);
    worker.once("exit", (code) => reject(new Error(`${instanceOf(run)} ended with ${code} before it was done`)));
  });
  await worker.terminate();
  return series.flatMap(({ selector, times, values }) => {
    const own = parseMetricSelector(selector).map(({ name, value }) => [name, value] as const);
    const labels = labelsOf({ ...Object.fromEntries(own), job: "simulator", instance: instanceOf(run) });
    return times.map((timeMs, i) => ({ labels, timeMs, value: values[i]! }));
  });
}
