import type { Catalogue } from "@telltale/metrics";

/** What whoever scrapes a process adds to its metrics: a Prometheus server, or alerting in the process itself. */
export const catalogue = {
  up: {
    kind: "upDownCounter",
    name: "up",
    unit: "",
    description: "1 when the last scrape of a target succeeded, else 0.",
  },
} as const satisfies Catalogue;
