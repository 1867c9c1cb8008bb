import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

test.runIf(process.platform === "linux")("a process without a file descriptor left says so", () => {
  const program = `
    import { openSync } from "node:fs";
    import { startProcessMetrics } from ${JSON.stringify(join(import.meta.dirname, "process-metrics.ts"))};
    const metrics = startProcessMetrics();
    await metrics.sample();
    try { for (;;) openSync("/dev/null", "r"); } catch {}
    const { fileDescriptorLimit, residentBytes, cpu } = await metrics.sample();
    console.log(JSON.stringify({ fileDescriptorLimit, residentBytes: residentBytes ?? null, user: cpu.user > 0 }));`;
  const node = `exec ${process.execPath} --conditions=telltale-source --no-warnings --input-type=module`;
  const output = execFileSync("sh", ["-c", `ulimit -n 100; ${node}`], { encoding: "utf8", input: program });
  expect(JSON.parse(output)).toEqual({ fileDescriptorLimit: 100, residentBytes: null, user: true });
});
