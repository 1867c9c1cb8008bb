import { spawn } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type FileSinkOptions, fileSink } from "./file-sink.ts";
import { periodOf } from "./rotation.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "telltale-log-"));
  path = join(folder, "app.log");
});
afterEach(() => rmSync(folder, { recursive: true }));

const open = (options: Partial<FileSinkOptions> = {}) => fileSink({ path, reopenOnSighup: false, ...options });
const numbered = (i: number) => `${JSON.stringify({ i })}\n`;
const numbers = (text: string) =>
  text
    .split("\n")
    .filter(Boolean)
    .map((line) => (JSON.parse(line) as { i: number }).i);
const upTo = (end: number, start = 0) => Array.from({ length: end - start }, (_, i) => start + i);

test("lines are appended in order, after what is there, in a folder that is made", async () => {
  const sink = fileSink({ path: join(folder, "deep", "er", "app.log") });
  for (let i = 0; i < 10_000; i++) sink.write(numbered(i));
  await sink.flush!();
  expect(sink.pending!()).toBe(0);
  await sink.close!();
  sink.write(numbered(-1));
  const again = fileSink({ path: join(folder, "deep", "er", "app.log") });
  again.write(numbered(10_000));
  await again.close!();
  expect(numbers(readFileSync(join(folder, "deep", "er", "app.log"), "utf8"))).toEqual(upTo(10_001));
});

test("no file is larger than the limit, the newest are kept, and the oldest are gone", async () => {
  const sink = open({ rotate: { maxSizeBytes: 1_000, maxFiles: 3 } });
  for (let i = 0; i < 1_000; i++) sink.write(numbered(i));
  await sink.close!();
  expect(readdirSync(folder).sort()).toEqual(["app.log", "app.log.1", "app.log.2", "app.log.3"]);
  const texts = ["app.log.3", "app.log.2", "app.log.1", "app.log"].map((name) =>
    readFileSync(join(folder, name), "utf8"),
  );
  for (const text of texts) expect(Buffer.byteLength(text)).toBeLessThanOrEqual(1_000);
  const kept = numbers(texts.join(""));
  expect(kept.at(-1)).toBe(999);
  expect(kept).toEqual(upTo(1_000, kept[0]));
  expect(kept.length).toBeGreaterThan(300);
});

test("the limit is one of bytes, whatever the lines are written in", async () => {
  const sink = open({ rotate: { maxSizeBytes: 1_000, maxFiles: 100 } });
  for (let i = 0; i < 200; i++) sink.write(`${JSON.stringify({ i, text: "注文が約定しました" })}\n`);
  await sink.close!();
  const files = readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"));
  for (const text of files) expect(Buffer.byteLength(text)).toBeLessThanOrEqual(1_000);
  expect(numbers(files.join("")).toSorted((a, b) => a - b)).toEqual(upTo(200));
});

test("a line that is larger than the limit has a file of its own", async () => {
  const sink = open({ rotate: { maxSizeBytes: 100 } });
  for (const length of [10, 500, 10]) sink.write(`${"x".repeat(length)}\n`);
  await sink.close!();
  const sizes = ["app.log.2", "app.log.1", "app.log"].map((name) => readFileSync(join(folder, name)).length);
  expect(sizes).toEqual([11, 501, 11]);
});

test("rotated files are compressed, and lines that come meanwhile are not lost", async () => {
  const sink = open({ rotate: { maxSizeBytes: 100_000, maxFiles: 50, gzip: true } });
  for (let i = 0; i < 30_000; i++) {
    sink.write(numbered(i));
    if (i % 3_000 === 0) await sink.flush!();
  }
  await sink.close!();
  const names = readdirSync(folder).filter((name) => name.endsWith(".gz"));
  expect(names.length).toBeGreaterThan(2);
  const texts = names
    .sort((a, b) => Number(b.split(".")[2]) - Number(a.split(".")[2]))
    .map((name) => gunzipSync(readFileSync(join(folder, name))).toString("utf8"));
  expect(numbers(texts.join("") + readFileSync(path, "utf8"))).toEqual(upTo(30_000));
});

test("a file of an earlier day is put aside when the first line of today is written", async () => {
  writeFileSync(path, numbered(0));
  const yesterday = new Date(Date.now() - 86_400_000);
  utimesSync(path, yesterday, yesterday);
  const sink = open({ rotate: { interval: "daily" } });
  sink.write(numbered(1));
  await sink.close!();
  expect(numbers(readFileSync(`${path}.1`, "utf8"))).toEqual([0]);
  expect(numbers(readFileSync(path, "utf8"))).toEqual([1]);
});

test("hours, days and weeks begin in UTC, weeks on Monday", () => {
  const period = (interval: "hourly" | "daily" | "weekly", time: string) => periodOf(interval, Date.parse(time));
  expect(period("hourly", "2026-11-22T07:59:59.999Z")).not.toBe(period("hourly", "2026-11-22T08:00:00Z"));
  expect(period("daily", "2026-11-22T23:59:59Z")).toBe(period("daily", "2026-11-22T00:00:00Z"));
  expect(period("weekly", "2026-11-22T23:59:59Z")).toBe(period("weekly", "2026-11-16T00:00:00Z"));
  expect(period("weekly", "2026-11-22T23:59:59Z")).not.toBe(period("weekly", "2026-11-23T00:00:00Z"));
});

test("a path that cannot be written is refused at once, by name", () => {
  writeFileSync(path, "");
  expect(() => fileSink({ path: join(path, "below-a-file.log") })).toThrow(
    expect.objectContaining({ code: "TELLTALE_LOG_FILE", message: expect.stringContaining("below-a-file.log") }),
  );
});

test("what the disk cannot take is dropped and counted", async () => {
  const sink = open({ maxQueueLength: 1_000 });
  for (let i = 0; i < 1_000; i++) sink.write(numbered(i));
  await sink.close!();
  const written = numbers(readFileSync(path, "utf8"));
  expect(written).toEqual(upTo(written.length));
  expect(sink.dropped!()).toBe(1_000 - written.length);
  expect(sink.sent!()).toBe(written.length);
  expect(sink.dropped!()).toBeGreaterThan(0);
});

test("flushSync() finishes what another thread has begun with, and writes the rest after it", async () => {
  const sink = open();
  for (let i = 0; i < 20_000; i++) sink.write(numbered(i));
  await new Promise(setImmediate);
  for (let i = 20_000; i < 30_000; i++) sink.write(numbered(i));
  sink.flushSync!();
  expect(numbers(readFileSync(path, "utf8"))).toEqual(upTo(30_000));
  sink.write(numbered(30_000));
  await sink.close!();
  expect(numbers(readFileSync(path, "utf8"))).toEqual(upTo(30_001));
});

const program = (ending: string) => `
  import { createLogging, logger } from "@telltale/logging";
  import { fileSink } from "@telltale/logging/file";
  createLogging({ sinks: [fileSink({ path: process.argv[1] })] });
  const log = logger("orders");
  const write = (count) => { for (let i = 0; i < count; i++) log.info({ i: i }, "order"); };
  ${ending}`;

function start(ending: string) {
  const cwd = fileURLToPath(new URL("../..", import.meta.url));
  const args = ["--conditions=telltale-source", "--input-type=module", "-e", program(ending), path];
  const child = spawn(process.execPath, args, { cwd, stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  return { child, ended };
}

test.each([
  ["an uncaught exception", 'write(20_000); throw new Error("boom");', 1],
  [
    "an exception while another thread writes",
    'write(20_000); setImmediate(() => { write(20_000); throw new Error("boom"); });',
    1,
  ],
  ["process.exit()", "write(20_000); process.exit(3);", 3],
  ["the end of the program", "write(20_000);", 0],
  ["a rejection", 'write(20_000); Promise.reject(new Error("boom"));', 1],
])("all lines before %s are in the file", async (_what, ending, code) => {
  const { ended } = start(ending);
  expect(await ended).toBe(code);
  const written = numbers(readFileSync(path, "utf8"));
  expect(written).toHaveLength(ending.includes("setImmediate") ? 40_000 : 20_000);
  expect(written.at(-1)).toBe(19_999);
});

test("after logrotate has moved the file and sent SIGHUP, lines go to a new one, and none is lost", async () => {
  const { child, ended } = start(`
    let i = 0;
    const timer = setInterval(() => { log.info({ i: i++ }, "tick"); if (i % 20 === 0) console.log("at " + i); }, 1);
    process.on("SIGTERM", () => { clearInterval(timer); });
    process.on("SIGHUP", () => console.log("hup"));`);
  const said = (text: string) =>
    new Promise<void>((resolve) => {
      const check = (chunk: Buffer) => {
        if (!String(chunk).includes(text)) return;
        child.stdout.off("data", check);
        resolve();
      };
      child.stdout.on("data", check);
    });
  await said("at ");
  renameSync(path, `${path}.old`);
  child.kill("SIGHUP");
  await said("hup");
  await said("at ");
  await said("at ");
  child.kill("SIGTERM");
  expect(await ended).toBe(0);
  const [old, current] = [numbers(readFileSync(`${path}.old`, "utf8")), numbers(readFileSync(path, "utf8"))];
  expect(current.length).toBeGreaterThan(10);
  expect([...old, ...current]).toEqual(upTo(old.length + current.length));
});

test("a file that has been moved is noticed without a signal", async () => {
  const sink = open();
  sink.write(numbered(0));
  await sink.flush!();
  renameSync(path, `${path}.old`);
  const startedMs = Date.now();
  for (let i = 1; !existsSync(path) && Date.now() - startedMs < 50_000; i++) {
    sink.write(numbered(i));
    await sink.flush!();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await sink.close!();
  const [old, current] = [numbers(readFileSync(`${path}.old`, "utf8")), numbers(readFileSync(path, "utf8"))];
  expect(current.length).toBeGreaterThan(0);
  expect([...old, ...current]).toEqual(upTo(old.length + current.length));
});
