/** What amtool of Alertmanager 0.28 makes of the same. */
import { expect, test } from "vitest";
import { matchesAll, parseAlertMatchers } from "./alert-matcher.ts";

test.each([
  ['"a b"="\\x41"', { "a b": "A" }],
  ['"a b"="\\U0001F600"', { "a b": "😀" }],
  ['"a b"="\\t\\101"', { "a b": "\tA" }],
  ['{"ü x"="y", c=~"d|e"}', { "ü x": "y", c: "e" }],
  ["😀=x", { "😀": "x" }],
  ['"a"!="\\""', { a: "b" }],
  // The classic syntax is tried first, and knows no such escapes.
  ['a="\\x41"', { a: "\\x41" }],
  ["a='b'", { a: "'b'" }],
  ["a=", {}],
])("%s matches %j", (text, labels) => {
  expect(matchesAll(parseAlertMatchers(text), labels as Record<string, string>)).toBe(true);
});

test.each([['"a"="\\/"'], ['"a b"="b\nc"'], ["a-b=c d"], ['"a"="b" "c"="d"'], ['a=b"c'], ['"a b"=~"("']])(
  "%s is no matcher",
  (text) => {
    expect(() => parseAlertMatchers(text)).toThrow();
  },
);
