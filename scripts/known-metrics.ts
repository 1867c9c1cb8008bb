import type { GeneratedFile } from "./generated.ts";
import { metricLabels } from "./metric-labels.ts";
import { prometheusName } from "./prometheus-name.ts";

/** What telltale makes of spans: declared where they are counted, and in no catalogue. */
const spanMetrics = [
  prometheusName({ kind: "counter", name: "traces.span.metrics.calls", unit: "{call}", description: "" }),
  ...["_bucket", "_sum", "_count"].map(
    (suffix) =>
      prometheusName({ kind: "histogram", name: "traces.span.metrics.duration", unit: "s", description: "" }) + suffix,
  ),
];

/** The names of all series that the catalogues know, for `telltale alerts lint`, which cannot import packages that are not installed. */
export async function knownMetrics(): Promise<GeneratedFile> {
  const names = new Set([...(await metricLabels()).keys(), ...spanMetrics]);
  // A native histogram has no suffix.
  for (const name of [...names]) if (name.endsWith("_bucket")) names.add(name.slice(0, -"_bucket".length));
  const lines = [...names].sort().map((name) => `  ${JSON.stringify(name)},\n`);
  const text = `/** Written by npm run generate from the catalogues of all packages: the names that their series have in Prometheus. */
export const knownMetrics: readonly string[] = [
${lines.join("")}];
`;
  return { path: "packages/telltale/src/known-metrics.ts", text };
}
