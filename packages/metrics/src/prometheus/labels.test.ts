import { expect, test } from "vitest";
import { labelText } from "./labels.ts";

test("quotes, backslashes and line feeds are escaped, and nothing else is touched", () => {
  expect(labelText({ a: 'say "hi"\\\n😀' })).toBe('a="say \\"hi\\"\\\\\\n😀"');
});

test("keys that fall together are one label, with their values in the order of the keys", () => {
  expect(labelText({ a_b: "under", "a.b": "dot", c: 1 })).toBe('a_b="dot;under",c="1"');
});

test("values that JSON cannot write leave an empty label", () => {
  const circular: { self?: unknown } = {};
  circular.self = circular;
  const thrower = {
    get x(): string {
      throw new Error("no");
    },
  };
  expect(labelText({ circular, thrower, big: [1n], fn: () => 1, symbol: Symbol("x") } as never)).toBe(
    'circular="",thrower="",big="",fn="",symbol=""',
  );
});
