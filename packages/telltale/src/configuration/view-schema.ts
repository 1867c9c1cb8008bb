import { count } from "./limit-schema.ts";
import type { FlagOption, GroupOption, ListOption } from "./option.ts";

export const views: ListOption = {
  kind: "list",
  doc: "What readers see in place of instruments: other names, buckets or attributes, or nothing.",
  item: {
    kind: "group",
    doc: "A view, as in `meter_provider.views` of OpenTelemetry's declarative configuration.",
    typeName: "ViewOptions",
    options: {
      selector: {
        kind: "group",
        doc: "Which instruments it is for; all that is given has to fit.",
        typeName: "ViewSelectorOptions",
        options: {
          instrumentName: {
            kind: "text",
            doc: "Name; `*` stands for any characters, `?` for one.",
            example: "http.server.*",
          },
          instrumentType: {
            kind: "choice",
            doc: "Type.",
            values: [
              "counter",
              "gauge",
              "histogram",
              "observable_counter",
              "observable_gauge",
              "observable_up_down_counter",
              "up_down_counter",
            ],
          },
          unit: { kind: "text", doc: "Unit.", example: "s" },
          meterName: {
            kind: "text",
            doc: "Name of the instrumentation scope.",
            example: "@opentelemetry/instrumentation-http",
          },
          meterVersion: { kind: "text", doc: "Version of the instrumentation scope.", example: "1.4.0" },
          meterSchemaUrl: {
            kind: "text",
            doc: "Schema URL of the instrumentation scope.",
            example: "https://opentelemetry.io/schemas/1.45.0",
          },
        },
      },
      stream: {
        kind: "group",
        doc: "What is seen; what is not given stays as it is.",
        typeName: "ViewStreamOptions",
        options: {
          name: { kind: "text", doc: "Name, for a selector of one instrument.", example: "requests" },
          description: { kind: "text", doc: "Description.", example: "Requests answered." },
          aggregation: viewAggregation(),
          aggregationCardinalityLimit: {
            ...count,
            doc: "How many series are kept, the overflow series included.",
            min: 1,
            example: 2_000,
          },
          attributeKeys: {
            kind: "group",
            doc: "Which attributes are kept, by key with `*` and `?`; series that become the same are one.",
            typeName: "ViewAttributeKeysOptions",
            options: {
              included: { kind: "names", doc: "Keys that are kept.", example: ["http.*"], defaultNote: "all" },
              excluded: { kind: "names", doc: "Keys that are left out of those.", example: ["server.*"] },
            },
          },
        },
      },
    },
  },
};

function viewAggregation(): GroupOption {
  const recordMinMax: FlagOption = { kind: "flag", doc: "Whether minimum and maximum are kept.", default: true };
  const aggregation = (name: string, doc: string, options: GroupOption["options"] = {}): GroupOption => {
    return { kind: "group", doc, typeName: `View${name}Options`, switchedOn: false, options };
  };
  return {
    kind: "group",
    doc: "How values are summed up: one of these, `true` or an object.",
    typeName: "ViewAggregationOptions",
    options: {
      default: aggregation("Default", "As if no view had chosen one."),
      drop: aggregation("Drop", "Not at all: the instrument is not recorded."),
      sum: aggregation("Sum", "By adding."),
      lastValue: aggregation("LastValue", "By keeping the last."),
      explicitBucketHistogram: aggregation("ExplicitBucketHistogram", "In buckets of these limits.", {
        boundaries: { kind: "numbers", doc: "Upper limits, ascending.", example: [0.1, 0.5, 1] },
        recordMinMax,
      }),
      base2ExponentialBucketHistogram: aggregation(
        "Base2ExponentialBucketHistogram",
        "In buckets whose width follows the data.",
        {
          maxScale: { kind: "number", whole: true, doc: "Finest scale.", min: -10, max: 20, example: 20 },
          maxSize: { ...count, doc: "How many buckets at most.", min: 2, example: 160 },
          recordMinMax,
        },
      ),
    },
  };
}
