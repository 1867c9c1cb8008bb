import type { Attributes } from "@opentelemetry/api";
import type { MetricData } from "@opentelemetry/sdk-metrics";
import { type Family, families, GAUGE } from "../prometheus/family.ts";
import type { PageContents } from "../prometheus/page-source.ts";
import type { SeriesBatch } from "../series-batch.ts";
import { BatchWriter } from "./batch-writer.ts";
import { type PointSeries, pointSeries } from "./point-series.ts";

/** Makes batches, each of what changed since the one before. */
export interface BatchCollector {
  collect(
    contents: PageContents,
  ): Generator<void, Pick<SeriesBatch, "news" | "ids" | "values" | "histograms" | "gone">>;
}

export function batchCollector(): BatchCollector {
  const writer = new BatchWriter();
  const told = new Set<string>();
  let known = new Map<string, PointSeries>();
  return {
    *collect({ resource, scopes, instruments }) {
      const used = new Map<string, PointSeries>();
      const all = families({ scopes, instruments, told }).filter(({ name }) => name !== TARGET_INFO);
      if (Object.keys(resource).length > 0) all.unshift(targetInfo(resource));
      for (const family of all) {
        const series = known.get(family.name) ?? pointSeries({ writer, told });
        used.set(family.name, series);
        yield* series.collect(family);
        yield;
      }
      for (const [name, series] of known) if (!used.has(name)) series.end();
      known = used;
      return writer.end();
    },
  };
}

const TARGET_INFO = "target_info";

function targetInfo(attributes: Attributes): Family {
  const metric = {
    descriptor: { name: TARGET_INFO, description: "", unit: "" },
    dataPointType: GAUGE,
    dataPoints: [{ startTime: [0, 0], endTime: [0, 0], attributes, value: 1 }],
  } as unknown as MetricData;
  const part = { metric, scope: { name: "" } };
  return { name: TARGET_INFO, type: "info", help: "Target metadata", unit: "", parts: [part] };
}
