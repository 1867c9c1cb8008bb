import { instrumentProducer } from "@telltale/metrics";
import { expect, test } from "vitest";
import { componentErrors } from "./component-errors.ts";

test("errors are counted by component and by code or class, and passed on as they are", async () => {
  const book = componentErrors("order-book");
  class Rejected extends Error {}
  const failure = new Rejected("limit of 7 exceeded");
  expect(() =>
    book.watch(() => {
      throw failure;
    }),
  ).toThrow(failure);
  await expect(book.watch(() => Promise.reject(Object.assign(new Error("x"), { code: "ECONNRESET" })))).rejects.toThrow(
    "x",
  );
  expect(book.count("text")).toBe("text");
  expect(book.watch(() => 42)).toBe(42);
  expect(await book.watch(async () => 43)).toBe(43);
  componentErrors("feed").count(new TypeError("x"));
  componentErrors("feed").count(null);
  componentErrors("feed").count(Object.assign(new RangeError("x"), { code: "No order with the id 4711" }));
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  expect(componentErrors("feed").count(proxy)).toBe(proxy);
  const { resourceMetrics } = await instrumentProducer().collect();
  const errors = resourceMetrics.scopeMetrics
    .flatMap(({ metrics }) => metrics)
    .find(({ descriptor }) => descriptor.name === "telltale.component.errors")!;
  expect(
    errors.dataPoints.map(({ attributes, value }) => [
      attributes["telltale.component"],
      attributes["error.type"],
      value,
    ]),
  ).toEqual([
    ["order-book", "Rejected", 1],
    ["order-book", "ECONNRESET", 1],
    ["order-book", "string", 1],
    ["feed", "TypeError", 1],
    ["feed", "object", 1],
    ["feed", "RangeError", 1],
    ["feed", "unknown", 1],
  ]);
});
