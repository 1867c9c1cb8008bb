import { expect, test } from "vitest";
import { oneOf } from "./did-you-mean.ts";

test("a value that nearly is another brings that to mind, one that is far from all does not", () => {
  expect(oneOf(["otlp", "zipkin"], "ZIPKN")).toBe('otlp or zipkin (did you mean "zipkin"?)');
  expect(oneOf(["otlp", "zipkin"], "statsd")).toBe("otlp or zipkin");
});

test("a longer or shorter form of a value is near to it", () => {
  expect(oneOf(["error", "warn"], "warning")).toBe('error or warn (did you mean "warn"?)');
  expect(oneOf(["error", "warn"], "err")).toBe('error or warn (did you mean "error"?)');
  expect(oneOf(["error", "warn"], 3)).toBe("error or warn");
});
