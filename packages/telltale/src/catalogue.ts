import { bounded, type Catalogue } from "@telltale/metrics";

const place = { "telltale.signal": ["traces", "metrics", "logs"], "telltale.destination": bounded(50) } as const;

/** What telltale tells of its own exports; the table in README.md is made from it. */
export const catalogue = {
  exportItems: {
    kind: "counter",
    name: "telltale.export.items",
    unit: "{item}",
    description: "Spans, log records and lines, and exports of metrics, by what has become of them.",
    attributes: { ...place, "telltale.outcome": ["sent", "lost"] },
  },
  exportPending: {
    kind: "upDownCounter",
    name: "telltale.export.pending",
    unit: "{item}",
    description: "Spans, log records and lines that have not been delivered.",
    attributes: place,
  },
  exportFailing: {
    kind: "upDownCounter",
    name: "telltale.export.failing",
    unit: "1",
    description: "1 while exports to this place fail, 0 while they are taken.",
    attributes: place,
  },
} as const satisfies Catalogue;
