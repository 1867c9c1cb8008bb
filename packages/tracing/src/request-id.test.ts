import { defaultTextMapGetter, defaultTextMapSetter, ROOT_CONTEXT } from "@opentelemetry/api";
import { expect, test } from "vitest";
import { requestId, requestIdPropagator } from "./request-id.ts";

const propagator = requestIdPropagator();

function received(headers: Record<string, string | string[]>): string | undefined {
  return requestId(propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter));
}

test("an id that comes in goes out", () => {
  const headers: Record<string, string> = {};
  const context = propagator.extract(ROOT_CONTEXT, { "x-request-id": "order-7/a" }, defaultTextMapGetter);
  propagator.inject(context, headers, defaultTextMapSetter);
  expect(headers).toEqual({ "x-request-id": "order-7/a" });
  expect(propagator.fields()).toEqual(["x-request-id"]);
});

test.each([
  ["is missing", {}],
  ["is empty", { "x-request-id": "" }],
  ["could break a log line", { "x-request-id": "a\nb" }],
  ["is longer than 128 characters", { "x-request-id": "a".repeat(129) }],
])("a request whose id %s gets a new one", (_, headers) => {
  expect(received(headers)).toMatch(/^[0-9a-f-]{36}$/);
  expect(received(headers)).not.toBe(received(headers));
});

test("of several ids the first is taken", () => {
  expect(received({ "x-request-id": ["first", "second"] })).toBe("first");
});

test("outside a request there is none, and nothing is sent", () => {
  const headers = {};
  propagator.inject(ROOT_CONTEXT, headers, defaultTextMapSetter);
  expect([requestId(), headers]).toEqual([undefined, {}]);
});
