import type { Catalogue } from "./catalogue-entry.ts";
import { open } from "./declaration.ts";

/** What this package tells about itself; the table in README.md is made from it. */
export const catalogue = {
  droppedRecords: {
    kind: "counter",
    name: "telltale.dropped.records",
    unit: "{record}",
    description: "Values refused by the recording guard, and StatsD lines that could not be taken.",
    attributes: {
      "telltale.instrument": open(),
      reason: [
        "not_finite",
        "negative",
        "type",
        "range",
        "unsafe_integer",
        "malformed",
        "limit",
        "rate",
        "event",
        "service_check",
      ],
    },
  },
  droppedAttributes: {
    kind: "counter",
    name: "telltale.dropped.attributes",
    unit: "{attribute}",
    description: "Attributes left out or cut because no exporter could write them as given.",
    attributes: { "telltale.instrument": open(), reason: ["undeclared", "type", "too_long", "threw"] },
  },
  instrumentSeries: {
    kind: "gauge",
    name: "telltale.instrument.series",
    unit: "{series}",
    description: "Series that an instrument keeps, its overflow series included.",
    attributes: { "telltale.instrument": open() },
  },
  droppedLines: {
    kind: "counter",
    name: "telltale.statsd.dropped.lines",
    unit: "{line}",
    description: "StatsD lines that were not sent.",
    attributes: { reason: ["send", "too_long", "not_finite"] },
  },
  sampleAge: {
    kind: "gauge",
    name: "telltale.prometheus.sample.age",
    unit: "s",
    description: "How long before the page was written its numbers were taken, where a worker thread serves it.",
  },
} as const satisfies Catalogue;
