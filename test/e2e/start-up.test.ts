/**
 * What telemetry loads at the start of a process. Times depend on the machine; the number of files decides them, see
 * docs/decisions/0002-start-up.md.
 */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { startApplication } from "./application.ts";

const isBuilt = existsSync(join(import.meta.dirname, "../../packages/telltale/dist/register.js"));

/** All are ours: @opentelemetry/api, the application's, comes from one of them. */
const MAX_FILES = 10;

describe.skipIf(!isBuilt)("with the packages as they are published (npm run build)", () => {
  test("telltale/register loads few files for a program without HTTP and database, and no instrumentation", async () => {
    const files = await filesLoaded("");
    expect(files.some((file) => file.endsWith("/dist/register.js"))).toBe(true);
    expect(files.length, files.join("\n")).toBeLessThanOrEqual(MAX_FILES);
    expect(files.filter((file) => /instrumentation|in-the-middle|pino/.test(file))).toEqual([]);
  });

  test("an application that imports the API has the copy that telltale uses, and no other file of it", async () => {
    const source =
      'import { trace } from "@opentelemetry/api"; trace.getTracer("application").startSpan("span").end();';
    const files = await filesLoaded(source, "esm");
    expect(files.length, files.join("\n")).toBeLessThanOrEqual(MAX_FILES);
    expect(files.filter((file) => /opentelemetry\/api\/dist\/(?!index\.mjs)/.test(file))).toEqual([]);
  });

  test("an alert in code brings in no parser, nor what alerts", async () => {
    const source = `import "@telltale/metrics"; import { alert } from "@telltale/alerting/code";
      alert({ name: "LargeLoss", severity: "critical", condition: () => undefined, for: "5m", labels: { team: "desk" } });`;
    const without = await filesLoaded('import "@telltale/metrics";', "esm");
    const used = (await filesLoaded(source, "esm")).filter((file) => !without.includes(file));
    expect(used.length, used.join("\n")).toBeLessThanOrEqual(3);
    expect(used.filter((file) => /alerting\/dist\/index|promql|re2js|yaml/.test(file))).toEqual([]);
  });

  test("http and fetch bring in their instrumentations without another file", async () => {
    const without = await filesLoaded("");
    const used = await filesLoaded('require("node:http"); fetch("http://127.0.0.1:1").catch(() => {});');
    expect(used.filter((file) => !without.includes(file))).toEqual([]);
  });
});

describe("the compile cache of telltale/register", () => {
  const FOLDER = `telltale-compile-cache-${process.getuid?.()}`;

  test("is written where only the user can write, also when a signal ends the application", async () => {
    const temporary = temporaryFolder();
    const application = await startApplication({
      source: "setInterval(() => {}, 1_000); console.log('listening on 1');",
      register: true,
      env: {
        TMPDIR: temporary,
        OTEL_TRACES_EXPORTER: "none",
        OTEL_METRICS_EXPORTER: "none",
        OTEL_LOGS_EXPORTER: "none",
      },
    });
    await application.stop("SIGTERM");
    expect(statSync(join(temporary, FOLDER)).mode & 0o777).toBe(0o700);
    expect(cachedFiles(temporary).length).toBeGreaterThan(5);
  });

  test("is not used when others can write there", async () => {
    const temporary = temporaryFolder();
    mkdirSync(join(temporary, FOLDER));
    chmodSync(join(temporary, FOLDER), 0o777);
    expect(await cacheOf({ TMPDIR: temporary })).toBe("undefined");
    expect(cachedFiles(temporary)).toEqual([]);
  });

  test("is not used when others could put a folder of theirs in its place", async () => {
    const temporary = temporaryFolder();
    chmodSync(temporary, 0o777);
    expect(await cacheOf({ TMPDIR: temporary })).toBe("undefined");
  });

  test("is the user's own when there is one, and none when there is to be none", async () => {
    const temporary = temporaryFolder();
    const chosen = join(temporary, "chosen");
    expect(await cacheOf({ TMPDIR: temporary, NODE_COMPILE_CACHE: chosen })).toContain(chosen);
    expect(await cacheOf({ TMPDIR: temporary, NODE_DISABLE_COMPILE_CACHE: "1" })).toBe("undefined");
    expect(await cacheOf({ TMPDIR: join(temporary, "missing") })).toBe("undefined");
    expect(existsSync(join(temporary, FOLDER))).toBe(false);
  });
});

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "telltale-start-up-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function cachedFiles(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name);
}

/** The folder of the cache that an application runs with. */
async function cacheOf(env: Readonly<Record<string, string>>): Promise<string> {
  const source =
    "console.log('cache', require('node:module').getCompileCacheDir()); process.kill(process.pid, 'SIGKILL');";
  const application = await startApplication({ source, language: "cjs", register: true, until: "started", env });
  return (await application.waitForOutput(/cache (.*)/))[1]!;
}

/** Files, built-in modules left out, that a program has loaded when it has had half a second. */
async function filesLoaded(source: string, language: "cjs" | "esm" = "cjs"): Promise<readonly string[]> {
  const application = await startApplication({
    source,
    language,
    until: "started",
    built: true,
    register: true,
    nodeArgs: ["--require", join(import.meta.dirname, "fixtures/list-modules.cjs")],
    env: { OTEL_TRACES_EXPORTER: "otlp", OTEL_METRICS_EXPORTER: "otlp", OTEL_LOGS_EXPORTER: "otlp" },
  });
  const { stdout } = await application.exited;
  return [...stdout.matchAll(/^loaded file:\/\/(.*)$/gm)]
    .map((match) => match[1]!)
    .filter((file) => !/\/app\.[cm]js$/.test(file));
}
