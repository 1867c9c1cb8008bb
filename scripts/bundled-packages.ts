/**
 * Packages that are published inside ours: what telemetry over OTLP needs at start, and the instrumentations of what most
 * applications load. @opentelemetry/api is never among them: there must be one, the application's.
 */
export const bundledPackages: readonly string[] = [
  "@opentelemetry/context-async-hooks",
  "@opentelemetry/core",
  "@opentelemetry/instrumentation",
  "@opentelemetry/otlp-transformer",
  "@opentelemetry/resource-detector-container",
  "@opentelemetry/resources",
  "@opentelemetry/sdk-logs",
  "@opentelemetry/sdk-metrics",
  "@opentelemetry/sdk-trace",
  "@opentelemetry/semantic-conventions",
  ...["http", "undici", "express", "koa", "pg", "mysql2", "redis", "ioredis"].map(
    (name) => `@opentelemetry/instrumentation-${name}`,
  ),
  "@opentelemetry/redis-common",
  "@opentelemetry/sql-common",
  "forwarded-parse",
  "require-in-the-middle",
  "module-details-from-path",
  "debug",
  "ms",
];

/**
 * What is inside besides in the file of a thread that an application waits for: a thread has its own copy of every package
 * anyway.
 */
export const bundledInThreads: readonly string[] = ["@telltale/metrics", "@telltale/promql", "re2js", "yaml"];
