import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { isOwnLocation, isOwnModule } from "./own-module.ts";

test("telltale's and OpenTelemetry's files are its own, by path and by URL", () => {
  for (const path of [
    "/app/node_modules/telltale/dist/index.js",
    "/app/node_modules/@telltale/logging/dist/logger.js",
    "/app/node_modules/@opentelemetry/otlp-exporter-base/dist/index.cjs",
    import.meta.filename,
  ]) {
    expect(isOwnLocation(path)).toBe(true);
    expect(isOwnLocation(pathToFileURL(path).href)).toBe(true);
  }
  expect(isOwnLocation("C:\\app\\node_modules\\telltale\\dist\\index.js")).toBe(true);
});

test("the application's files are not, nor are those of packages with a similar name", () => {
  for (const path of ["/app/server.js", "/app/node_modules/telltale-like/index.js", "/app/telltale/index.js"]) {
    expect(isOwnLocation(path)).toBe(false);
  }
  expect(isOwnLocation(undefined)).toBe(false);
});

test("a module is its own when anything above it is", () => {
  const exporter = { filename: "/app/node_modules/@opentelemetry/exporter/index.cjs", parent: undefined };
  const grpc = { filename: "/app/node_modules/@grpc/grpc-js/build/src/index.js", parent: exporter };
  expect(isOwnModule({ filename: "/app/node_modules/@grpc/grpc-js/build/src/channel.js", parent: grpc })).toBe(true);
  expect(isOwnModule({ filename: "/app/server.js", parent: { filename: "/app/main.js", parent: null } })).toBe(false);
});
