import { describe, expect, test } from "vitest";
import { formatQuery } from "./format.ts";
import { PromqlParseError } from "./parse-error.ts";
import { parse } from "./parser.ts";
import { printExpression } from "./print.ts";

describe("what a query parses to is printed back", () => {
  test.each([
    ["1 + 2/(3*1)", "1 + 2 / (3 * 1)"],
    ["-1^2", "-1 ^ 2"],
    ["SUM(a) BY (b)", "sum by (b) (a)"],
    ["a{b='c',d!~`e`}[5m:1m] @ end() offset 1h", 'a{b="c",d!~"e"}[5m:1m] @ end() offset 1h'],
    ["foo offset -step()*2", "foo offset -step() * 2"],
    ["foo[(1h+5m)/2]", "foo[(1h + 5m) / 2]"],
    ["0x1f + 0755 + 1_000", "31 + 493 + 1000"],
    ['{"métrique", "étage"=~"[0-9]+"}', '{"étage"=~"[0-9]+",__name__="métrique"}'],
    ["a/on(b)group_left(c)d", "a / on (b) group_left (c) d"],
    ["fill + fill", "fill + fill"],
  ])("%s", (query, printed) => {
    expect(printExpression(parse(query))).toBe(printed);
    expect(printExpression(parse(printed))).toBe(printed);
  });
});

describe("a fault is told in Prometheus' words, at its place", () => {
  test.each([
    ["", "unknown position: parse error: no expression found in input"],
    ["foo[", "1:5: parse error: unexpected end of input in duration expression"],
    ["foo)", "1:5: parse error: unexpected right parenthesis ')'"],
    ["\n\nfoo +", "3:6: parse error: unexpected end of input"],
    ["sum(foo bar)", '1:9: parse error: unexpected identifier "bar" in aggregation'],
    ["1 + on (disk) vector(1)", "1:1: parse error: vector matching only allowed between instant vectors"],
    ["1 == 1", "1:3: parse error: comparisons between scalars must use BOOL modifier"],
    ['é{a="b"}', "1:1: parse error: unexpected character: 'é'"],
    ['"é" foo', '1:6: parse error: unexpected identifier "foo"'],
    ["rate(foo)", '1:6: parse error: expected type range vector in call to function "rate", got instant vector'],
    ['foo{a=~"("}', "1:5: parse error: error parsing regexp: missing closing ): `(`"],
  ])("%s", (query, message) => {
    expect(faultOf(query).message).toBe(message);
  });
});

test("an excerpt has a caret under the place", () => {
  expect(faultOf("sum(\n  foo bar)").excerpt()).toBe("  foo bar)\n      ^");
});

test("a long query is laid out over several lines", () => {
  const query = `sum by (job, instance) (rate(http_requests_total{job="a"}[5m])) / on (job, instance) group_left () sum(up)`;
  expect(formatQuery(query)).toBe(
    `  sum by (job, instance) (rate(http_requests_total{job="a"}[5m]))\n/ on (job, instance) group_left ()\n  sum(up)`,
  );
});

function faultOf(query: string): PromqlParseError {
  try {
    parse(query);
  } catch (error) {
    if (error instanceof PromqlParseError) return error;
    throw error;
  }
  throw new Error(`${query} parses`);
}
