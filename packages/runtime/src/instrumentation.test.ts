import { instrumentProducer } from "@telltale/metrics";
import { expect, test } from "vitest";
import { HostInstrumentation, RuntimeInstrumentation } from "./instrumentation.ts";

test("an instrumentation measures while it is enabled, and harmlessly twice", async () => {
  const runtime = new RuntimeInstrumentation({ enabled: false, intervalMs: 500 });
  const host = new HostInstrumentation({ enabled: false, mounts: ["/"] });
  expect(await names()).toEqual([]);
  for (const one of [runtime, host]) {
    one.enable();
    one.enable();
  }
  await expect
    .poll(names, { interval: 10 })
    .toEqual(expect.arrayContaining(["process.uptime", "system.cpu.time", "telltale.host.health"]));
  for (const one of [runtime, host]) {
    one.disable();
    one.disable();
  }
  expect((await names()).filter((name) => name.startsWith("system.") || name.startsWith("process."))).toEqual([]);
});

async function names(): Promise<string[]> {
  const { resourceMetrics } = await instrumentProducer().collect();
  return resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics.map(({ descriptor }) => descriptor.name));
}
