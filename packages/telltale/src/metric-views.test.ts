import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { counter, forgetInstrument } from "@telltale/metrics";
import { otlpReceiver } from "@telltale/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readConfiguration } from "./config.ts";
import type { Configuration } from "./configuration.ts";
import { startMetrics } from "./metric-readers.ts";
import type { PlainMetrics } from "./undelivered.ts";

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), "telltale-views-"));
});
afterAll(() => rmSync(cwd, { recursive: true }));

function configured(options: unknown, env: NodeJS.ProcessEnv = {}): Configuration {
  return readConfiguration({ options: options as object, env, cwd });
}

const views = [
  {
    selector: { instrumentName: "http.server.*", instrumentType: "histogram", unit: "s" },
    stream: {
      aggregation: { explicitBucketHistogram: { boundaries: [0.1, 1] } },
      attributeKeys: { included: ["http.*"], excluded: ["http.route"] },
    },
  },
  { selector: { meterName: "noisy" }, stream: { aggregation: { drop: {} } } },
];

test("views are the same in code, in a variable and in a file", () => {
  expect(configured({ metrics: { views } }).metrics.views).toEqual(views);
  expect(configured({}, { TELLTALE_METRICS_VIEWS: JSON.stringify(views) }).metrics.views).toEqual(views);
  const yaml = [
    "metrics:",
    "  views:",
    "    - selector: { instrumentName: http.server.*, instrumentType: histogram, unit: s }",
    "      stream:",
    `        aggregation: { explicitBucketHistogram: { boundaries: [0.1, '\${LIMIT:-1}'] } }`,
    "        attributeKeys: { included: [http.*], excluded: [http.route] }",
    "    - selector: { meterName: noisy }",
    "      stream: { aggregation: { drop: true } }",
  ];
  writeFileSync(join(cwd, "telltale.yaml"), yaml.join("\n"));
  try {
    expect(configured({}).metrics.views).toEqual(views);
  } finally {
    rmSync(join(cwd, "telltale.yaml"));
  }
});

test.each([
  [
    { selector: { instrumentNam: "a" } },
    'metrics.views[0].selector.instrumentNam is not an option; did you mean "instrumentName"',
  ],
  [{ selector: {}, stream: {} }, "metrics.views[0].selector selects nothing"],
  [{ selector: { instrumentName: "a.*" }, stream: { name: "b" } }, 'metrics.views[0] gives the name "b" to every'],
  [
    { selector: { unit: "s" }, stream: { aggregation: { sum: {}, drop: {} } } },
    'metrics.views[0].stream.aggregation has "drop", "sum"; give one of',
  ],
  [
    { selector: { unit: "s" }, stream: { aggregation: { explicitBucketHistogram: { boundaries: ["x"] } } } },
    "metrics.views[0].stream.aggregation.explicitBucketHistogram.boundaries is",
  ],
  ["all", "metrics.views[0] is"],
])("a view that cannot be is refused with its place: %j", (view, message) => {
  expect(() => configured({ metrics: { views: [view] } })).toThrow(message);
});

test.each(["http/json", "http/protobuf"])(
  "bootstrap's readers see declared and other instruments through the views, and the last values without waiting: %s",
  async (protocol) => {
    const stream = { name: "views.seen", attributeKeys: { excluded: ["id"] } };
    const { metrics } = configured({
      metrics: {
        exporters: [{ type: "otlp", endpoint: "http://127.0.0.1:9/v1/metrics", timeoutMs: 100, protocol }],
        views: [
          { selector: { instrumentName: "views.declared" }, stream: { ...stream, name: "views.declared.seen" } },
          { selector: { instrumentName: "views.other" }, stream },
        ],
      },
    });
    const started = startMetrics(metrics, resourceFromAttributes({}));
    const declared = counter({ name: "views.declared" });
    const other = started.provider.getMeter("m").createCounter("views.other");
    for (const id of [1, 2]) for (const one of [declared, other]) one.add(id, { id, side: "buy" });
    const [batch] = await Promise.resolve().then(() => started.takeUndelivered());
    const [items] = batch?.signal === "metrics" ? batch.items : [];
    const points = [[{ side: "buy" }, 3]];
    expect(Object.fromEntries(await sums(items))).toEqual({ "views.declared.seen": points, "views.seen": points });
    forgetInstrument(declared);
    await started.shutdown();
  },
);

/** Names and points, from objects or from what a receiver makes of an encoded request. */
async function sums(items: PlainMetrics | Uint8Array | undefined): Promise<[string, unknown][]> {
  if (!(items instanceof Uint8Array)) {
    const metrics = items?.scopeMetrics.flatMap((scope) => scope.metrics) ?? [];
    return seen(metrics.map(({ descriptor, dataPoints }) => ({ name: descriptor.name, points: dataPoints })));
  }
  await using receiver = await otlpReceiver();
  const headers = { "content-type": "application/x-protobuf" };
  await fetch(`${receiver.url}/v1/metrics`, { method: "POST", headers, body: Buffer.from(items) });
  return seen(receiver.metrics());
}

function seen(
  metrics: readonly {
    readonly name: string;
    readonly points: readonly { readonly attributes: object; readonly value?: unknown }[];
  }[],
): [string, unknown][] {
  return metrics
    .filter(({ name }) => name.startsWith("views."))
    .map(({ name, points }) => [name, points.map(({ attributes, value }) => [attributes, value])]);
}
