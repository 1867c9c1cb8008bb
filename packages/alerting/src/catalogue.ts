import { type Catalogue, open } from "@telltale/metrics";

/** What this package tells through OpenTelemetry; the table in README.md is made from it. */
export const catalogue = {
  condition: {
    kind: "gauge",
    name: "telltale.condition",
    unit: "{condition}",
    description: "1 while the condition of an alert in code holds, 0 while it does not; absent when it threw.",
    attributes: { rule: open() },
  },
  conditionText: {
    kind: "gauge",
    name: "telltale.condition.text",
    unit: "{condition}",
    description: "1 beside the text that the condition gave when it began to hold, as long as it holds.",
    attributes: { rule: open(), text: open() },
  },
  conditionErrors: {
    kind: "counter",
    name: "telltale.condition.errors",
    unit: "{error}",
    description: "How often the condition of an alert in code threw, or gave what is no text.",
    attributes: { rule: open() },
  },
} as const satisfies Catalogue;
