import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { startApplication } from "./application.ts";
import { runObserved } from "./observed-program.ts";

const program = (options: object): string => `
  import { gpu } from "@telltale/gpu";
  import { bootstrap } from "telltale";
  const telemetry = bootstrap({
    service: { name: "gpus" }, tracing: false, metrics: { prometheus: { port: 0 } },
    instrumentations: { gpu: ${JSON.stringify(options)} },
  });
  await gpu.collectAll();
  gpu.kernel("matrix_mul", { device: 0 }).record(0.0031);
  const page = await (await fetch(telemetry.prometheusUrl)).text();
  console.log(JSON.stringify({ status: gpu.status(), page: page.split("\\n").filter((line) => /^(hw|gpu)_/.test(line)) }));
  await telemetry.shutdown();`;

test("bootstrap() with instrumentations.gpu puts the devices on the Prometheus page", async () => {
  const { status, page } = await outputOf({ sysfs: sysfs("0x1002") });
  expect(status).toMatchObject({ state: "running", provider: "amdgpu-sysfs" });
  const model = 'hw_model="0x744c",hw_name="AMD 0x744c"';
  const id = 'hw_id="0000:03:00.0"';
  expect(page).toContain(`hw_gpu_utilization_ratio{hw_gpu_task="general",${id},${model},hw_vendor="AMD"} 0.42`);
  expect(page).toContain(`hw_status{${id},${model},hw_state="ok",hw_type="gpu",hw_vendor="AMD"} 1`);
  expect(page).toContain('gpu_kernel_launches_total{gpu_kernel_type="matrix_mul",hw_id="0000:03:00.0"} 1');
});

test("without a GPU the application runs as before, and the status says why there are no numbers", async () => {
  const { status, page } = await outputOf({ sysfs: sysfs("0x8888") });
  expect(status).toMatchObject({ state: "none", code: "NO_DEVICE" });
  expect(page.filter((line) => !line.startsWith("gpu_kernel_"))).toEqual([]);
});

test("a package of instrumentation that is not installed is named with the command that installs it", async () => {
  const missing = {
    name: "gpu",
    package: "@telltale/nowhere",
    className: "X",
    modules: ["http"],
    startsWith: "module",
  };
  const { stderr } = await runObserved('import "node:http";', { table: [{ ...missing, enabledByDefault: true }] });
  expect(stderr).toContain("it is not installed; npm install @telltale/nowhere");
});

interface Output {
  readonly status: object;
  readonly page: readonly string[];
}

async function outputOf(options: object): Promise<Output> {
  const application = await startApplication({ source: program(options), until: "started" });
  const { code, stdout, stderr } = await application.exited;
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout.trim().split("\n").at(-1)!) as Output;
}

/** One PCI device of that vendor, with what amdgpu says of how busy it is. */
function sysfs(vendor: string): string {
  const root = mkdtempSync(join(tmpdir(), "telltale-sysfs-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const folder of ["bus/pci/devices/0000:03:00.0", "class/drm/card0/device"]) {
    mkdirSync(join(root, folder), { recursive: true });
    const uevent = "PCI_SLOT_NAME=0000:03:00.0";
    for (const [name, text] of Object.entries({
      vendor,
      uevent,
      class: "0x030000",
      device: "0x744c",
      gpu_busy_percent: "42",
    })) {
      writeFileSync(join(root, folder, name), `${text}\n`);
    }
  }
  return root;
}
