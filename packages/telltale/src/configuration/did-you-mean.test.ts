import { expect, test } from "vitest";
import { editDistance, nearest, oneOf } from "./did-you-mean.ts";

test.each([
  ["", "abc", 3],
  ["otlp", "otlp", 0],
  ["otpl", "otlp", 1],
  ["oltp", "otlp", 1],
  ["jagger", "jaeger", 1],
  ["kitten", "sitting", 3],
])("from %s to %s it is %d edits, a swap of neighbours being one", (from, to, distance) => {
  expect(editDistance(from, to)).toBe(distance);
  expect(editDistance(to, from)).toBe(distance);
});

test("the nearest name is found whatever the case, and none when all are far", () => {
  expect(nearest("ZIPKN", ["otlp", "zipkin"])).toBe("zipkin");
  expect(nearest("statsd", ["otlp", "zipkin"])).toBeUndefined();
  expect(nearest("endpont", ["endpoint"], { atMost: 0 })).toBeUndefined();
});

test("a longer or shorter form of a value is near to it", () => {
  expect(oneOf(["error", "warn"], "warning")).toBe('error or warn (did you mean "warn"?)');
  expect(oneOf(["error", "warn"], "err")).toBe('error or warn (did you mean "error"?)');
  expect(oneOf(["error", "warn"], 3)).toBe("error or warn");
});
