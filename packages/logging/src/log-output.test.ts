import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

interface Ended {
  readonly code: number | null;
  readonly lines: readonly Record<string, unknown>[];
  readonly stderr: string;
}

/** Runs the script in a process of its own with pipes as its standard output and error. */
async function run(script: string): Promise<Ended> {
  const cwd = fileURLToPath(new URL("..", import.meta.url));
  const child = spawn(process.execPath, ["--conditions=telltale-source", "--input-type=module", "-e", script], { cwd });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  const lines = stdout.split("\n").filter((line) => line !== "");
  return { code, lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>), stderr };
}

test("a logger made before createLogging writes to standard output at info, and has service and level afterwards", async () => {
  const { lines } = await run(`
    import { createLogging, logger } from "@telltale/logging";
    const log = logger("orders");
    const child = log.child({ desk: "d1" });
    child.info("early");
    child.debug("not yet");
    createLogging({ level: "debug", resource: { "service.name": "desk" } });
    child.debug("late");`);
  expect(lines).toEqual([
    { level: "info", time: expect.any(String), logger: "orders", desk: "d1", msg: "early" },
    { level: "debug", time: expect.any(String), "service.name": "desk", logger: "orders", desk: "d1", msg: "late" },
  ]);
});

test("what was logged before createLogging is emitted as records then, the first 1,000, with its own time", async () => {
  const { lines } = await run(`
    import { logs } from "@opentelemetry/api";
    import { createLogging, logger, recordSink } from "@telltale/logging";
    const emitted = [];
    const log = logger("orders");
    for (let i = 0; i < 1_200; i++) log.info({ i }, "early");
    await new Promise((resolve) => setTimeout(resolve, 30));
    const directedAtMs = Date.now();
    logs.setGlobalLoggerProvider({ getLogger: () => ({ emit: (record) => emitted.push(record), enabled: () => true }) });
    createLogging({ sinks: [recordSink()] });
    createLogging({ sinks: [recordSink()] });
    process.stdout.write(JSON.stringify({
      count: emitted.length,
      last: emitted.at(-1).attributes,
      body: emitted[0].body,
      early: emitted.every((record) => record.timestamp.getTime() < directedAtMs),
    }) + "\\n");`);
  expect(lines).toHaveLength(1_201);
  expect(lines.at(-1)).toEqual({ count: 1_000, last: { i: 999 }, body: "early", early: true });
});

const many = `
  import { createLogging, logger } from "@telltale/logging";
  createLogging();
  const log = logger("orders");
  const text = "x".repeat(200);
  for (let i = 0; i < 5_000; i++) log.info({ i, text }, "order");`;

test("all lines before process.exit() arrive, more of them than a pipe holds", async () => {
  const { code, lines } = await run(`${many} process.exit(3);`);
  expect(code).toBe(3);
  expect(lines).toHaveLength(5_000);
  expect(lines.at(-1)).toMatchObject({ i: 4_999 });
});

test("all lines before an uncaught exception arrive", async () => {
  const { code, lines, stderr } = await run(`${many} throw new Error("boom");`);
  expect(code).toBe(1);
  expect(lines).toHaveLength(5_000);
  expect(stderr).toContain("Error: boom");
});

test("a reader that goes away does not end the process", async () => {
  const script = `${many} console.error("still running");`;
  const cwd = fileURLToPath(new URL("..", import.meta.url));
  const child = spawn(process.execPath, ["--conditions=telltale-source", "--input-type=module", "-e", script], { cwd });
  child.stdout.destroy();
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const code = await new Promise((resolve) => child.on("close", resolve));
  expect(stderr).toBe("still running\n");
  expect(code).toBe(0);
});

test("a reader that stalls costs lines, which are counted, and no time when lines are gathered", async () => {
  const script = `
    import { consoleSink, createLogging, logger } from "@telltale/logging";
    const logging = createLogging({ sinks: [consoleSink({ sync: false })] });
    const text = "x".repeat(1_000);
    for (let i = 0; i < 20_000; i++) {
      logger("orders").info({ text }, "order");
      if (i % 100 === 0) await new Promise(setImmediate);
    }
    const [{ dropped }] = logging.status().sinks;
    process.stderr.write(dropped > 0 ? "some dropped" : "none dropped");
    process.kill(process.pid, "SIGKILL");`;
  const cwd = fileURLToPath(new URL("..", import.meta.url));
  const child = spawn(process.execPath, ["--conditions=telltale-source", "--input-type=module", "-e", script], { cwd });
  const told = text(child.stderr);
  // Of standard output nothing is read until then.
  const signal = await new Promise((resolve) => child.on("exit", (_code, by) => resolve(by)));
  child.stdout.destroy();
  expect(signal).toBe("SIGKILL");
  expect(await told).toBe("some dropped");
});

test("lines that were gathered arrive when the process ends", async () => {
  const { code, lines } = await run(`
    import { consoleSink, createLogging, logger } from "@telltale/logging";
    createLogging({ sinks: [consoleSink({ sync: false })] });
    for (let i = 0; i < 5_000; i++) logger("orders").info({ i }, "order");
    process.exit(3);`);
  expect(code).toBe(3);
  expect(lines).toHaveLength(5_000);
});
