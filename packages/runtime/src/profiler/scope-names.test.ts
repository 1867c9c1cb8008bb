import { instrumentProducer } from "@telltale/metrics";
import { expect, test } from "vitest";
import { profile } from "./profile.ts";

// In a file of its own: the names that are used up stay used up for as long as the process lives.
test("scopes are a histogram, and names without bound become one", async () => {
  profile("counted")[Symbol.dispose]();
  for (let i = 0; i < 300; i++) profile(`many-${i}`)[Symbol.dispose]();
  expect(profile.report().scope("other")!.count).toBeGreaterThan(50);
  const { resourceMetrics } = await instrumentProducer().collect();
  const durations = resourceMetrics.scopeMetrics
    .flatMap(({ metrics }) => metrics)
    .find(({ descriptor }) => descriptor.name === "telltale.profile.scope.duration")!;
  expect(durations.dataPoints.length).toBeLessThanOrEqual(202);
  const counted = durations.dataPoints.find(({ attributes }) => attributes["telltale.scope"] === "counted")!;
  expect((counted.value as { count: number }).count).toBe(1);
});
