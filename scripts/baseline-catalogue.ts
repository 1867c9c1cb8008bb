import { type Catalogue, open } from "@telltale/metrics";

/** What `Baselines` of @telltale/alerting publishes: it has all labels of the series that it is about as well. */
export const catalogue = {
  baseline: of("telltale.baseline", "{value}", "What was expected of a series, in its unit."),
  lower: of("telltale.baseline.lower", "{value}", "Below this a series is anomalous."),
  upper: of("telltale.baseline.upper", "{value}", "Above this a series is anomalous."),
  score: of("telltale.anomaly.score", "{score}", "How unusual the last sample of a series is: above 1 is anomalous."),
} as const satisfies Catalogue;

function of<N extends string>(name: N, unit: string, description: string) {
  return { kind: "gauge", name, unit, description, attributes: { "telltale.metric": open() } } as const;
}
