import { expect, test } from "vitest";
import { flaggedFeatures } from "./flagged-features.ts";
import { functionSignatures } from "./function-signatures.ts";
import { parse } from "./parser.ts";

const all = { experimentalFunctions: true, fillModifiers: true };

function found(query: string): readonly string[] {
  return flaggedFeatures(parse(query, all)).map(({ feature, position: { start } }) => `${feature} at ${start}`);
}

test.each<[string, readonly string[]]>([
  ["rate(up[5m]) / ignoring (job) sum(up offset 5m)", []],
  ["sum(info(up))", ["info() at 4"]],
  ["limitk(3, up) or limit_ratio(0.5, up)", ["limitk at 0", "limit_ratio at 17"]],
  ["rate(up[5m] anchored)", ["anchored at 5"]],
  ["rate(up[5m] smoothed) > 1", ["smoothed at 5"]],
  ["rate(up[5m * 2])", ["arithmetic on durations at 5"]],
  ["up offset (5m + 1m)", ["arithmetic on durations at 0"]],
  ["max_over_time(up[1h:1m * 2])", ["arithmetic on durations at 14"]],
  ["up + fill (0) up", ["fill at 0"]],
])("%s", (query, features) => {
  expect(found(query)).toEqual(features);
});

test("every experimental function is one, and no other", () => {
  const { size } = functionSignatures;
  const experimental = [...functionSignatures.values()].filter((one) => one.experimental);
  expect(experimental.length).toBeGreaterThan(10);
  expect(experimental.length).toBeLessThan(size / 2);
  expect(flaggedFeatures(parse("step() + step()", all)).map(({ flag }) => flag)).toEqual([
    "promql-experimental-functions",
    "promql-experimental-functions",
  ]);
});
