import { DiagLogLevel, diag } from "@opentelemetry/api";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type AskSpace, fileSystemReader, parseMounts } from "./file-systems.ts";
import { inTime } from "./in-time.ts";

const said: string[] = [];
beforeEach(() => {
  said.length = 0;
  const logger = { error: () => {}, warn: (text: string) => void said.push(text), info: () => {}, debug: () => {} };
  const quiet = { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true };
  diag.setLogger({ ...logger, verbose: () => {} }, quiet);
});
afterEach(() => diag.disable());

const space = { bsize: 4_096, blocks: 100, bfree: 60, bavail: 50 };
const mount = (mountpoint: string) => ({ device: `nas:${mountpoint}`, mountpoint, type: "nfs4" });

test("of two file systems at one place the last is seen", () => {
  const mounts = "/dev/sda1 / ext4 rw 0 0\n/dev/sdb1 /data ext4 rw 0 0\n/dev/sdc1 /data xfs rw 0 0\n";
  expect(parseMounts(mounts).map(({ device }) => device)).toEqual(["/dev/sda1", "/dev/sdc1"]);
  expect(parseMounts(mounts, ["/data"])).toEqual([{ device: "/dev/sdc1", mountpoint: "/data", type: "xfs" }]);
});

test.each(["overlay", "9p", "virtiofs", "tmpfs", "zfs"])("a root of type %s is told", (type) => {
  const mounts = `none / ${type} ro 0 0\nproc /proc proc rw 0 0\ntmpfs /run tmpfs rw 0 0\n`;
  expect(parseMounts(mounts).map(({ mountpoint }) => mountpoint)).toEqual(["/"]);
});

test("an image that is read-only fills no further and is not told, unless it is asked for", () => {
  const mounts =
    "/dev/sda1 / ext4 rw 0 0\n/dev/sdb1 /firmware ext4 ro,relatime 0 0\n/dev/sdc1 /data ext4 rw,errors=remount-ro 0 0\n";
  expect(parseMounts(mounts).map(({ mountpoint }) => mountpoint)).toEqual(["/", "/data"]);
  expect(parseMounts(mounts, ["/firmware"])).toHaveLength(1);
});

test("servers that are gone hold two threads at most, are told once each, and hold no other up", async () => {
  const asked: string[] = [];
  const answers: (() => void)[] = [];
  const ask: AskSpace = (path) => {
    asked.push(path);
    if (!path.startsWith("/dead")) return Promise.resolve(space);
    return new Promise((resolve) => answers.push(() => resolve(space)));
  };
  const read = fileSystemReader(ask);
  const mounts = [mount("/dead1"), mount("/alive1"), mount("/alive2")];
  const first = await read(mounts);
  expect(first.map(({ mountpoint, usedBytes }) => [mountpoint, usedBytes])).toEqual([
    ["/alive1", 40 * 4_096],
    ["/alive2", 40 * 4_096],
  ]);
  expect(said).toEqual([]);
  expect((await read(mounts)).map(({ mountpoint }) => mountpoint)).toEqual(["/alive1", "/alive2"]);
  expect(said).toEqual([expect.stringContaining("the file system at /dead1 does not answer")]);
  await read([mount("/dead1"), mount("/dead2"), mount("/dead3"), mount("/dead4")]);
  await read([mount("/dead1"), mount("/dead2"), mount("/dead3"), mount("/dead4")]);
  expect(asked.filter((path) => path.startsWith("/dead"))).toEqual(["/dead1", "/dead2"]);
  expect(said).toHaveLength(2);
  for (const answer of answers) answer();
  expect((await read([mount("/dead1")])).length + (await read([mount("/alive1")])).length).toBeGreaterThan(0);
  await expect.poll(async () => (await read([mount("/alive1")])).length).toBe(1);
});

test("a sensor that does not answer is left out and not asked again, and told once", async () => {
  let asked = 0;
  let answer = (_: readonly string[]): void => {};
  const read = inTime(
    () => {
      asked++;
      return new Promise<readonly string[]>((resolve) => (answer = resolve));
    },
    "a chip",
    10,
  );
  expect([await read(), said.length]).toEqual([[], 0]);
  expect([await read(), await read(), asked]).toEqual([[], [], 1]);
  expect(said).toEqual([expect.stringContaining("a chip has not answered")]);
  answer(["late"]);
  await new Promise((resolve) => setImmediate(resolve));
  const next = read();
  answer(["45 °C"]);
  expect(await next).toEqual(["45 °C"]);
});
