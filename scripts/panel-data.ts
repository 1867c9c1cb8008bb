import { type MemoryStore, queryRange, toRecord } from "@telltale/promql";
import type { Panel } from "./dashboard.ts";

/** One line of a panel. */
export interface PanelSeries {
  /** With the values of its labels: "binance p99". */
  readonly legend: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly points: readonly (readonly [timeMs: number, value: number])[];
}

export interface PanelTimes {
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
}

/** What a panel shows of the samples in `store`, with everything chosen. */
export function panelData(store: MemoryStore, { queries }: Panel, times: PanelTimes): readonly PanelSeries[] {
  return Object.entries(queries).flatMap(([legend, expression]) => {
    const { value } = queryRange(store, withVariables(expression), times);
    if (value.type !== "matrix") throw new TypeError(`${expression} gives a ${value.type}, which no panel shows`);
    return value.series.map((series) => {
      const labels = toRecord(series.labels);
      const points = Array.from(series.times, (timeMs, i) => [timeMs, series.values[i]!] as const);
      return {
        labels,
        legend: legend.replace(/\{\{(\w+)\}\}/g, (_, label: string) => labels[label] ?? "").trim(),
        points: points.filter(([, one]) => Number.isFinite(one)),
      };
    });
  });
}

/** An expression of a panel as Grafana sends it with "All" chosen: what it puts in the place of each variable. */
export function withVariables(expression: string, { rateInterval = "5m", range = "1h" } = {}): string {
  return expression
    .replaceAll("$__rate_interval", rateInterval)
    .replaceAll("$__range", range)
    .replace(/"\$\w+"/g, '".*"');
}
