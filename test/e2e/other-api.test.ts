/**
 * An application whose @opentelemetry/api is of another version than the one that telltale was built with: it is loaded file by
 * file, and is the one copy still. See packages/telltale/src/api-in-one-file.ts.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { otlpReceiver } from "@telltale/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { root } from "../workspace.ts";
import { startApplication } from "./application.ts";

const isBuilt = existsSync(join(root, "packages/telltale/dist/register.js"));
const OURS = ["telltale", "metrics", "tracing", "logging", "runtime"];

describe.skipIf(!isBuilt)("with the packages as they are published (npm run build)", () => {
  test("an API of another version is loaded as it is, and spans of the application arrive", async () => {
    await using receiver = await otlpReceiver();
    const folder = installation({ apiVersion: "1.10.77" });
    const file = join(folder, "app.mjs");
    writeFileSync(
      file,
      `import { trace } from "@opentelemetry/api";
       trace.getTracer("application").startSpan("one").end();`,
    );
    const listModules = join(folder, "list-modules.cjs");
    writeFileSync(
      listModules,
      `const { registerHooks } = require("node:module");
       const load = (url, context, nextLoad) => (console.log("loaded " + url), nextLoad(url, context));
       registerHooks({ load });`,
    );
    const application = await startApplication({
      file,
      built: true,
      until: "started",
      nodeArgs: ["--import", join(folder, "node_modules/telltale/dist/register.js"), "--require", listModules],
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
        OTEL_METRICS_EXPORTER: "none",
        OTEL_LOGS_EXPORTER: "none",
        TELLTALE_STRICT: "1",
      },
    });
    const { code, stdout, stderr } = await application.exited;
    expect([code, stderr]).toEqual([0, ""]);
    expect(receiver.spans().map(({ name }) => name)).toEqual(["one"]);
    const ofApi = [...stdout.matchAll(/^loaded file:\/\/(.*\/@opentelemetry\/api\/dist\/.*)$/gm)].map(
      ([, path]) => path!,
    );
    expect(ofApi.length).toBeGreaterThan(10);
    expect(ofApi.filter((path) => !path.startsWith(folder))).toEqual([]);
  });
});

/** Our packages and that API in a folder of their own; all else is found in the workspace above it. */
function installation({ apiVersion }: { readonly apiVersion: string }): string {
  const parent = join(root, ".cache/e2e");
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, "other-api-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const modules = join(folder, "node_modules");
  for (const name of OURS) {
    const to = join(modules, name === "telltale" ? name : `@telltale/${name}`);
    for (const part of ["package.json", "dist"]) {
      cpSync(join(root, "packages", name, part), join(to, part), { recursive: true });
    }
  }
  const api = join(modules, "@opentelemetry/api");
  cpSync(join(root, "node_modules/@opentelemetry/api"), api, { recursive: true });
  const { version } = JSON.parse(readFileSync(join(api, "package.json"), "utf8")) as { readonly version: string };
  for (const file of readdirSync(api, { recursive: true, encoding: "utf8" })) {
    if (!/(^package\.json|\.[cm]js)$/.test(file)) continue;
    const path = join(api, file);
    writeFileSync(path, readFileSync(path, "utf8").replaceAll(`"${version}"`, `"${apiVersion}"`));
  }
  expect(readFileSync(join(api, "package.json"), "utf8")).toContain(apiVersion);
  return folder;
}
