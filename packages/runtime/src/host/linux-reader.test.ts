import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { DiagLogLevel, diag } from "@opentelemetry/api";
import { afterEach, expect, onTestFinished, test } from "vitest";
import { parseBattery } from "./batteries.ts";
import { cpuShares, parseAllowedCores, parseCpuTimes } from "./cpu-times.ts";
import { cpuLimitOf, cpuUtilizationOf } from "./cpu-utilization.ts";
import { parseDisks } from "./disks.ts";
import { parseMounts } from "./file-systems.ts";
import type { HostReaderOptions } from "./host-sample.ts";
import { linuxReader } from "./linux-reader.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

const MEMINFO = "MemTotal:       16000000 kB\nMemFree:         1000000 kB\nMemAvailable:    8000000 kB\n";

test("without a limit memory is the machine's", async () => {
  const { memory } = await read({ "proc/meminfo": MEMINFO });
  expect(memory).toMatchObject({ limitBytes: 16_384_000_000, usedBytes: 8_192_000_000, freeBytes: 8_192_000_000 });
});

test("a limit of cgroup v2 is the memory that there is, and the page cache that can go is not used", async () => {
  const { memory, cgroup } = await read({
    "proc/meminfo": MEMINFO,
    "proc/self/cgroup": "0::/kube/pod1\n",
    "sys/fs/cgroup/cgroup.controllers": "cpu memory\n",
    "sys/fs/cgroup/kube/pod1/memory.max": "1000000000\n",
    "sys/fs/cgroup/kube/pod1/memory.current": "700000000\n",
    "sys/fs/cgroup/kube/pod1/memory.stat": "anon 1\nfile 2\ninactive_file 200000000\n",
    "sys/fs/cgroup/kube/pod1/cpu.max": "150000 100000\n",
    "sys/fs/cgroup/kube/pod1/cpu.stat": "usage_usec 2500000\nuser_usec 1\n",
  });
  expect(memory).toMatchObject({ limitBytes: 1e9, usedBytes: 5e8, freeBytes: 5e8, machineBytes: 16_384_000_000 });
  expect(cgroup).toMatchObject({ cpuLimit: 1.5, cpuSeconds: 2.5 });
});

test("a lower limit of a group above holds, with what that group uses", async () => {
  const { memory } = await read({
    "proc/meminfo": MEMINFO,
    "proc/self/cgroup": "0::/kube/pod1\n",
    "sys/fs/cgroup/cgroup.controllers": "cpu memory\n",
    "sys/fs/cgroup/kube/memory.max": "500000000\n",
    "sys/fs/cgroup/kube/memory.current": "400000000\n",
    "sys/fs/cgroup/kube/pod1/memory.max": "max\n",
    "sys/fs/cgroup/kube/pod1/memory.current": "100000000\n",
  });
  expect(memory).toMatchObject({ limitBytes: 5e8, usedBytes: 4e8 });
});

test("memory.high is the limit where it is lower: above it a process hardly runs", async () => {
  const files = {
    "proc/meminfo": MEMINFO,
    "proc/self/cgroup": "0::/kube/pod1\n",
    "sys/fs/cgroup/cgroup.controllers": "cpu memory\n",
    "sys/fs/cgroup/kube/pod1/memory.max": "1000000000\n",
    "sys/fs/cgroup/kube/pod1/memory.high": "800000000\n",
    "sys/fs/cgroup/kube/pod1/memory.current": "400000000\n",
  };
  expect((await read(files)).memory).toMatchObject({ limitBytes: 8e8, usedBytes: 4e8 });
  const unlimited = { ...files, "sys/fs/cgroup/kube/pod1/memory.high": "max\n" };
  expect((await read(unlimited)).memory).toMatchObject({ limitBytes: 1e9 });
});

test("of cgroup v1, time is that of the group whose quota is the lowest", async () => {
  const { cgroup } = await read({
    "proc/self/cgroup": "2:cpuacct:/kube/pod1/abc\n1:cpu:/kube/pod1/abc\n",
    "sys/fs/cgroup/cpu/kube/pod1/cpu.cfs_quota_us": "50000\n",
    "sys/fs/cgroup/cpu/kube/pod1/cpu.cfs_period_us": "100000\n",
    "sys/fs/cgroup/cpu/kube/pod1/abc/cpu.cfs_quota_us": "-1\n",
    "sys/fs/cgroup/cpuacct/kube/pod1/cpuacct.usage": "7000000000\n",
    "sys/fs/cgroup/cpuacct/kube/pod1/abc/cpuacct.usage": "1000000000\n",
  });
  expect(cgroup).toMatchObject({ cpuLimit: 0.5, cpuSeconds: 7 });
});

test("limits of cgroup v1 are read, and its number for no limit is none", async () => {
  const files = {
    "proc/meminfo": MEMINFO,
    "proc/self/cgroup": "4:memory:/docker/abc\n2:cpu,cpuacct:/docker/abc\n",
    "sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes": "2000000000\n",
    "sys/fs/cgroup/memory/docker/abc/memory.usage_in_bytes": "1500000000\n",
    "sys/fs/cgroup/memory/docker/abc/memory.stat": "inactive_file 1\ntotal_inactive_file 500000000\n",
    "sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_quota_us": "50000\n",
    "sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_period_us": "100000\n",
    "sys/fs/cgroup/cpu,cpuacct/docker/abc/cpuacct.usage": "1500000000\n",
  };
  const limited = await read(files);
  expect(limited.memory).toMatchObject({ limitBytes: 2e9, usedBytes: 1e9 });
  expect(limited.cgroup).toMatchObject({ cpuLimit: 0.5, cpuSeconds: 1.5 });
  const unlimited = await read({
    ...files,
    "sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes": "9223372036854771712\n",
    "sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_quota_us": "-1\n",
  });
  expect(unlimited.memory).toMatchObject({ limitBytes: 16_384_000_000 });
  expect(unlimited.cgroup?.cpuLimit).toBeUndefined();
});

test("temperatures are those of hwmon, in degrees, without the GPU's; a sensor that cannot be read is absent", async () => {
  const { temperatures } = await read({
    "sys/class/hwmon/hwmon0/name": "coretemp\n",
    "sys/class/hwmon/hwmon0/temp1_input": "45500\n",
    "sys/class/hwmon/hwmon0/temp1_label": "Package id 0\n",
    "sys/class/hwmon/hwmon0/temp2_input": "\n",
    "sys/class/hwmon/hwmon1/name": "amdgpu\n",
    "sys/class/hwmon/hwmon1/temp1_input": "60000\n",
    "sys/class/thermal/thermal_zone0/type": "x86_pkg_temp\n",
    "sys/class/thermal/thermal_zone0/temp": "45000\n",
  });
  expect(temperatures).toEqual([{ id: "hwmon0/temp1", name: "coretemp", location: "Package id 0", celsius: 45.5 }]);
});

test("thermal zones tell the temperature where there is no hwmon", async () => {
  const { temperatures } = await read({
    "sys/class/thermal/thermal_zone0/type": "cpu-thermal\n",
    "sys/class/thermal/thermal_zone0/temp": "51234\n",
    "sys/class/thermal/cooling_device0/type": "fan\n",
  });
  expect(temperatures).toEqual([
    { id: "thermal_zone0", name: "cpu-thermal", location: "cpu-thermal", celsius: 51.234 },
  ]);
});

test("a battery tells its charge and the time that is left", () => {
  const battery = (status: string, more = "") =>
    parseBattery(
      "BAT0",
      Buffer.from(
        `POWER_SUPPLY_TYPE=Battery\nPOWER_SUPPLY_STATUS=${status}\nPOWER_SUPPLY_ENERGY_NOW=25000000\nPOWER_SUPPLY_ENERGY_FULL=50000000\nPOWER_SUPPLY_POWER_NOW=10000000\nPOWER_SUPPLY_TECHNOLOGY=Li-ion\n${more}`,
      ),
    );
  expect(battery("Discharging")).toMatchObject({
    charge: 0.5,
    state: "discharging",
    secondsLeft: 9_000,
    chemistry: "Li-ion",
  });
  expect(battery("Charging", "POWER_SUPPLY_ENERGY_FULL=30000000")).toMatchObject({
    state: "charging",
    secondsLeft: 1_800,
  });
  expect(battery("Discharging", "POWER_SUPPLY_POWER_NOW=0")).toMatchObject({ secondsLeft: undefined });
  for (const status of ["Full", "Not charging", "Unknown"]) {
    expect(battery(status)).toMatchObject({ charge: 0.5, state: undefined, secondsLeft: undefined });
  }
});

test("a name that is no UTF-8 is cleaned, and a mouse's battery or a mains adapter is not told", () => {
  const uevent = Buffer.from(
    "POWER_SUPPLY_TYPE=Battery\nPOWER_SUPPLY_CAPACITY=80\nPOWER_SUPPLY_MODEL_NAME=DELL \xff\x01x",
    "latin1",
  );
  expect(parseBattery("BAT0", uevent)).toMatchObject({ model: "DELL x", charge: 0.8 });
  expect(parseBattery("hid", Buffer.from("POWER_SUPPLY_TYPE=Battery\nPOWER_SUPPLY_SCOPE=Device\n"))).toBeUndefined();
  const empty = "POWER_SUPPLY_TYPE=Battery\nPOWER_SUPPLY_PRESENT=0\nPOWER_SUPPLY_CAPACITY=0\n";
  expect(parseBattery("BAT1", Buffer.from(empty))).toBeUndefined();
  expect(parseBattery("AC", Buffer.from("POWER_SUPPLY_TYPE=Mains\n"))).toBeUndefined();
});

test("a core that is added while it runs has shares from its second sample on, and time that goes back counts as none", () => {
  const before = parseCpuTimes("cpu  1 1 1 1\ncpu0 100 0 100 800 50 0 0 0\n");
  const after = parseCpuTimes("cpu  1 1 1 1\ncpu0 150 0 100 850 40 0 0 0\ncpu1 5 0 0 5 0 0 0 0\nintr 1\n");
  const shares = cpuShares(after, before);
  expect([...shares.keys()]).toEqual([0]);
  expect(shares.get(0)).toMatchObject({ user: 0.5, idle: 0.5, iowait: 0 });
});

test("a time that goes back a little stays where it was, so that no counter does; a core that begins anew does so", async () => {
  const files = { "proc/stat": "cpu  1 1 1 1\ncpu0 100 0 100 900000 5000 0 0 0\ncpu1 100 0 100 900000 5000 0 0 0\n" };
  const reader = readerOf(files);
  await reader.read();
  reader.write({ "proc/stat": "cpu  1 1 1 1\ncpu0 150 0 100 899999 4990 0 0 0\ncpu1 1 0 1 2 3 0 0 0\n" });
  const { cores } = await reader.read();
  expect(cores.get(0)).toMatchObject({ user: 1.5, idle: 9_000, iowait: 50 });
  expect(cores.get(1)).toMatchObject({ user: 0.01, idle: 0.02, iowait: 0.03 });
  reader.write({ "proc/stat": "" });
  expect((await reader.read()).cores.size).toBe(0);
  reader.write({ "proc/stat": "cpu  1 1 1 1\ncpu0 160 0 100 900000 4980 0 0 0\n" });
  expect((await reader.read()).cores.get(0)).toMatchObject({ user: 1.6, iowait: 50 });
});

test("what is used of the CPU is that of the cores on which the process may run", async () => {
  const stat = (busy: number): string =>
    `cpu  1 1 1 1\n${[0, 1, 2, 3].map((core) => `cpu${core} ${core < 2 ? 0 : busy} 0 0 ${core < 2 ? busy : 0}\n`).join("")}`;
  const reader = readerOf({ "proc/stat": stat(0), "proc/self/status": "Name:\tnode\nCpus_allowed_list:\t2-3\n" });
  const before = await reader.read();
  reader.write({ "proc/stat": stat(100) });
  const now = await reader.read();
  const shares = cpuShares(now.cores, before.cores);
  expect(cpuUtilizationOf(now, { before, seconds: 1, shares })).toBe(1);
  expect(cpuUtilizationOf({ ...now, allowedCores: undefined }, { before, seconds: 1, shares })).toBe(0.5);
  expect(cpuLimitOf(now)).toBe(2);
  expect([...parseAllowedCores("Cpus_allowed_list:\t0,3-5,64\n")!]).toEqual([0, 3, 4, 5, 64]);
  expect(parseAllowedCores("Name:\tnode\n")).toBeUndefined();
});

test("what is used of the CPU is that of the cgroup's quota where it is lower than the cores", async () => {
  const cgroup = (cpuLimit: number, cpuSeconds: number) => ({
    cgroup: { cpuLimit, cpuSeconds, memoryLimitBytes: undefined, memoryUsedBytes: undefined },
    ...{ cores: parseCpuTimes("cpu0 0 0 0 1\ncpu1 0 0 0 1\n"), allowedCores: undefined },
  });
  const of = (limit: number, used: number) =>
    cpuUtilizationOf(cgroup(limit, 10 + used), { before: cgroup(limit, 10), seconds: 2, shares: new Map() });
  expect([of(0.5, 0.5), of(1, 0.5), of(1, 9), of(1, -1)]).toEqual([0.5, 0.25, 1, 0]);
  expect(of(4, 0.5)).toBeUndefined();
  expect(cpuLimitOf(cgroup(4, 0))).toBe(2);
  expect(cpuLimitOf({ ...cgroup(4, 0), cores: new Map() })).toBeUndefined();
});

test("mounts are one for each local device, or those asked for", () => {
  const mounts =
    "proc /proc proc rw 0 0\n/dev/sda1 / ext4 rw 0 0\n/dev/sda1 /etc/hosts ext4 rw 0 0\nnas:/x /mnt/nas nfs4 rw 0 0\n/dev/sdb1 /my\\040disk xfs rw 0 0\n";
  expect(parseMounts(mounts).map(({ mountpoint }) => mountpoint)).toEqual(["/", "/my disk"]);
  expect(parseMounts(mounts, ["/mnt/nas", "/nowhere"])).toEqual([
    { device: "nas:/x", mountpoint: "/mnt/nas", type: "nfs4" },
  ]);
});

test("a mount that is asked for and not there is told once, and found when it comes", async () => {
  const said: string[] = [];
  const logger = { error: () => {}, warn: (text: string) => void said.push(text), info: () => {}, debug: () => {} };
  diag.setLogger({ ...logger, verbose: () => {} }, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  onTestFinished(() => diag.disable());
  const mounts = "/dev/sda1 / ext4 rw 0 0\n";
  const reader = readerOf({ "proc/self/mounts": mounts }, { mounts: ["/", "/tmp/"] });
  for (let i = 0; i < 7; i++) await reader.read();
  expect(said).toEqual([expect.stringContaining("/tmp/, where nothing is mounted")]);
  reader.write({ "proc/self/mounts": `${mounts}/dev/sdb1 /tmp/ ext4 rw 0 0\n` });
  await expect.poll(async () => (await reader.read()).fileSystems.length).toBe(2);
});

test("disks count in bytes and once, not with their partitions", () => {
  const text =
    "   8  0 sda 10 0 100 5 20 0 200 5 0 5 5\n   8  1 sda1 9 0 90 5 19 0 190 5 0 5 5\n   7  0 loop0 1 0 1 1 1 0 1 1 0 1 1\n";
  expect(parseDisks(text, new Set(["sda", "loop0"]))).toEqual([
    { device: "sda", readBytes: 51_200, writtenBytes: 102_400, reads: 10, writes: 20 },
  ]);
});

test("a host that tells nothing has no numbers, and nothing is thrown", async () => {
  const reading = await read({});
  expect(reading.memory).toBeUndefined();
  expect(reading.cores.size).toBe(0);
  expect(reading.disks).toEqual([]);
});

function read(files: Readonly<Record<string, string>>) {
  return readerOf(files).read();
}

/** A kernel whose files change. */
function readerOf(files: Readonly<Record<string, string>>, options: HostReaderOptions = {}) {
  const root = mkdtempSync(join(tmpdir(), "telltale-host-"));
  folders.push(root);
  const write = (changed: Readonly<Record<string, string>>): void => {
    for (const [path, text] of Object.entries(changed)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
  };
  write(files);
  const reader = linuxReader(options, { proc: join(root, "proc"), sys: join(root, "sys") });
  return { write, read: () => reader(() => {}) };
}
