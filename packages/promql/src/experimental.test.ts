import { describe, expect, test } from "vitest";
import { functionSignatures } from "./function-signatures.ts";
import { MemoryStore } from "./memory-store/memory-store.ts";
import { parse } from "./parser.ts";
import { queryInstant } from "./query.ts";

const calls = [
  "double_exponential_smoothing(up[5m], 0.5, 0.5)",
  "end()",
  'histogram_quantiles(up, "q", 0.5)',
  "info(up)",
  "integral(up[5m])",
  "mad_over_time(up[5m])",
  "max_of(1, 2)",
  "min_of(1, 2)",
  "range()",
  'sort_by_label(up, "job")',
  'sort_by_label_desc(up, "job")',
  "start()",
  "start_timestamp(up)",
  "step()",
  "ts_of_first_over_time(up[5m])",
  "ts_of_last_over_time(up[5m])",
  "ts_of_max_over_time(up[5m])",
  "ts_of_min_over_time(up[5m])",
];

test("every experimental function is tried here", () => {
  const experimental = [...functionSignatures.values()].filter((one) => one.experimental).map(({ name }) => name);
  expect(calls.map((call) => call.split("(")[0])).toEqual(experimental.sort());
});

describe("an experimental function is refused until it is allowed", () => {
  test.each(calls)("%s", (call) => {
    const name = call.split("(")[0]!;
    const length = name.length;
    expect(() => parse(call)).toThrow(`1:1: parse error: function "${name}" is not enabled`);
    expect(parse(call, { experimentalFunctions: true }).position.end).toBeGreaterThan(length);
    queryInstant(new MemoryStore(), call, { timeMs: 0, experimentalFunctions: true });
  });

  test.each(["limitk", "limit_ratio"])("%s", (name) => {
    const flag = "--enable-feature=promql-experimental-functions";
    const message = `1:1: parse error: ${name}() is experimental and must be enabled with ${flag}`;
    expect(() => parse(`${name}(1, up)`)).toThrow(message);
    expect(parse(`${name}(1, up)`, { experimentalFunctions: true }).type).toBe("aggregation");
  });
});

test.each(["fill(0)", "fill_left(0)", "fill_right(0)"])("%s is refused until fill modifiers are allowed", (fill) => {
  const message = "1:1: parse error: binop fill modifiers are experimental and not enabled";
  expect(() => parse(`up + ${fill} up`)).toThrow(message);
  expect(parse(`up + ${fill} up`, { fillModifiers: true }).type).toBe("binary");
});

test("names in Unicode without quotes are refused until they are allowed", () => {
  expect(() => parse("température")).toThrow("parse error: unexpected character: 'é'");
  expect(parse("température", { unquotedUtf8Names: true }).type).toBe("vectorSelector");
});
