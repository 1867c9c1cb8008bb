/**
 * What telemetry loads at the start of a process. Times depend on the machine; the number of files decides them, see
 * docs/decisions/0002-start-up.md.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { startApplication } from "./application.ts";

const isBuilt = existsSync(join(import.meta.dirname, "../../packages/telltale/dist/register.js"));

/** The 51 of @opentelemetry/api and a few of ours. */
const MAX_FILES = 60;

describe.skipIf(!isBuilt)("with the packages as they are published (npm run build)", () => {
  test("telltale/register loads few files for a program without HTTP and database, and no instrumentation", async () => {
    const files = await filesLoaded("");
    expect(files.some((file) => file.endsWith("/dist/register.js"))).toBe(true);
    expect(files.length, files.join("\n")).toBeLessThanOrEqual(MAX_FILES);
    expect(files.filter((file) => /instrumentation|in-the-middle|pino/.test(file))).toEqual([]);
  });

  test("http and fetch bring in their instrumentations without another file", async () => {
    const without = await filesLoaded("");
    const used = await filesLoaded('require("node:http"); fetch("http://127.0.0.1:1").catch(() => {});');
    expect(used.filter((file) => !without.includes(file))).toEqual([]);
  });
});

/** Files, built-in modules left out, that a program has loaded when it has had half a second. */
async function filesLoaded(source: string): Promise<readonly string[]> {
  const application = await startApplication({
    source,
    language: "cjs",
    until: "started",
    built: true,
    register: true,
    nodeArgs: ["--require", join(import.meta.dirname, "fixtures/list-modules.cjs")],
    env: { OTEL_TRACES_EXPORTER: "otlp", OTEL_METRICS_EXPORTER: "otlp", OTEL_LOGS_EXPORTER: "otlp" },
  });
  const { stdout } = await application.exited;
  return [...stdout.matchAll(/^loaded file:\/\/(.*)$/gm)]
    .map((match) => match[1]!)
    .filter((file) => !file.endsWith("/app.cjs"));
}
