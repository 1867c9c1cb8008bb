import { expect, test } from "vitest";
import { viewOf } from "./declared-view.ts";

test.each([
  [
    { selector: { instrument_name: "a", meter_schema_url: null }, stream: { aggregation: { drop: null } } },
    { selector: { instrumentName: "a" }, stream: { aggregation: { drop: {} } } },
  ],
  [
    {
      selector: { instrument_type: "histogram" },
      stream: {
        aggregation: { explicit_bucket_histogram: { boundaries: [1, 2], record_min_max: false } },
        aggregation_cardinality_limit: 5,
        attribute_keys: { included: [], excluded: ["a"] },
      },
    },
    {
      selector: { instrumentType: "histogram" },
      stream: {
        aggregation: { explicitBucketHistogram: { boundaries: [1, 2], recordMinMax: false } },
        aggregationCardinalityLimit: 5,
        attributeKeys: { excluded: ["a"] },
      },
    },
  ],
  [
    { selector: { unit: "s" }, stream: { aggregation: { base2_exponential_bucket_histogram: { max_scale: 20 } } } },
    { selector: { unit: "s" }, stream: { aggregation: { base2ExponentialBucketHistogram: { maxScale: 20 } } } },
  ],
])("a view of a declarative configuration file says the same to our series: %j", (declared, view) => {
  expect(viewOf(declared)).toEqual(view);
});
