import { describe, expect, test } from "vitest";
import { kernelPciAddress, smiReading, smiValues } from "./smi-fields.ts";

const fields = [
  "uuid",
  "index",
  "name",
  "pci.bus_id",
  "utilization.gpu",
  "memory.used",
  "fan.speed",
  "temperature.gpu",
];
const line = "GPU-5a1b, 0, NVIDIA H100 80GB HBM3, 00000000:1B:00.0, 37, 20480, [N/A], 61";

test("a line becomes a reading in the units of the catalogue", () => {
  expect(smiReading(line, fields)).toMatchObject({
    device: { id: "GPU-5a1b", name: "NVIDIA H100 80GB HBM3", pciAddress: "0000:1b:00.0" },
    utilization: 0.37,
    memoryUsed: 20_480 * 2 ** 20,
    temperatures: [{ location: "gpu", celsius: 61 }],
  });
});

describe("a value that is not there is absent, never 0 (G9)", () => {
  test.each([
    "[N/A]",
    "N/A",
    "",
    "[Not Supported]",
    "[Function Not Found]",
    "[Insufficient Permissions]",
    "[Unknown Error]",
    "Requested functionality has been deprecated",
    "[Requested functionality has been deprecated]",
    "ERR!",
  ])("%j", (value) => {
    const reading = smiReading(line.replace(", 37,", `, ${value},`), fields);
    expect(reading?.utilization).toBeUndefined();
    expect(reading?.memoryUsed).toBe(20_480 * 2 ** 20);
  });
});

test("a reading of zero is kept", () => {
  expect(smiReading(line.replace(", 37,", ", 0,"), fields)?.utilization).toBe(0);
});

test.each([
  ["too few values", line.replace(", 61", "")],
  ["too many values", `${line}, 7`],
  ["an empty line", ""],
  ["a message", "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver."],
])("a line with %s is refused whole, since its values may be those of other fields (G9)", (_, ragged) => {
  expect(smiValues(ragged, fields)).toBeUndefined();
  expect(smiReading(ragged, fields)).toBeUndefined();
});

test("the time of access and the fullness of memory are not confused (G2)", () => {
  const idle = ["uuid", "index", "utilization.memory", "memory.used", "memory.total"];
  expect(smiReading("GPU-1, 0, 9, 210, 8192", idle)).toMatchObject({
    memoryActivity: 0.09,
    memoryUsed: 210 * 2 ** 20,
    memoryTotal: 8_192 * 2 ** 20,
  });
});

test("a device that is lost has failed", () => {
  expect(smiReading("GPU-1, 0, [GPU is lost], [GPU is lost]", ["uuid", "index", "name", "fan.speed"])).toEqual({
    device: expect.objectContaining({ id: "GPU-1" }),
    state: "failed",
  });
});

test("a device is known by its UUID or its PCI address; a line with neither is none (G10)", () => {
  const named = ["uuid", "index", "pci.bus_id"];
  expect(smiReading("[N/A], 3, 00000000:1B:00.0", named)?.device.id).toBe("0000:1b:00.0");
  expect(smiReading("[N/A], 3, [N/A]", named)).toBeUndefined();
  expect(kernelPciAddress("00010000:0A:00.0")).toBe("00010000:0a:00.0");
});

test("what limits the clocks is read from a mask", () => {
  const masked = ["uuid", "clocks_event_reasons.active"];
  expect(smiReading("GPU-1, 0x0000000000000044", masked)).toMatchObject({
    throttleReasons: ["sw_power_cap", "hw_thermal"],
    state: "degraded",
  });
  expect(smiReading("GPU-1, Not Active", masked)?.throttleReasons).toBeUndefined();
});
