import { expect, test } from "vitest";
import type { Delivery } from "./delivery.ts";
import { exportsCheck } from "./exports-check.ts";

const well: Delivery = {
  signal: "traces",
  to: "http://collector:4318/v1/traces",
  sent: 5,
  pending: 0,
  lost: 0,
  failingSinceMs: undefined,
  reason: undefined,
};

test("exports that are taken are healthy, and those of nobody too", () => {
  expect(exportsCheck(() => [well])()).toEqual({ state: "healthy" });
  expect(exportsCheck(() => [])()).toEqual({ state: "healthy" });
});

test("the one that has failed longest is told: degraded, and unhealthy after a minute", () => {
  const failing: Delivery = { ...well, failingSinceMs: 1_000, reason: "HTTP 503" };
  const later: Delivery = { ...failing, signal: "logs", to: "app.log", failingSinceMs: 2_000 };
  let now = 6_000;
  const check = exportsCheck(
    () => [well, later, failing],
    () => now,
  );
  expect(check()).toEqual({
    state: "degraded",
    reason: "traces to http://collector:4318/v1/traces have failed for 5 s (HTTP 503), and 1 more",
  });
  now = 61_000;
  expect(check()).toMatchObject({ state: "unhealthy" });
});
