import { expect, test } from "vitest";
import { nearest } from "./near-name.ts";

test.each([
  ["", "abc", 3],
  ["otlp", "otlp", 0],
  ["otpl", "otlp", 1],
  ["oltp", "otlp", 1],
  ["jagger", "jaeger", 1],
  ["kitten", "sitting", 3],
])("from %s to %s it is %d edits, a swap of neighbours being one", (from, to, edits) => {
  for (const [text, candidate] of [
    [from, to],
    [to, from],
  ] as const) {
    expect(nearest(text, [candidate], { atMost: edits })).toBe(candidate);
    expect(nearest(text, [candidate], { atMost: edits - 1 })).toBeUndefined();
  }
});

test("the nearest name is found whatever the case, and none when all are far", () => {
  expect(nearest("ZIPKN", ["otlp", "zipkin"])).toBe("zipkin");
  expect(nearest("statsd", ["otlp", "zipkin"])).toBeUndefined();
  expect(nearest("endpont", ["endpoint"], { atMost: 0 })).toBeUndefined();
});
