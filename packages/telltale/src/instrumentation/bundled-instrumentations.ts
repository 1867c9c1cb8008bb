/**
 * The instrumentations of what most applications load, each required by a literal, so that they are inside the file that is
 * published (see scripts/bundled-packages.ts) and still evaluated only when they are asked for.
 */
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** What `require` of the package gives, by its name. */
export const bundledInstrumentations: Readonly<Record<string, () => unknown>> = {
  "@opentelemetry/instrumentation-express": () => require("@opentelemetry/instrumentation-express"),
  "@opentelemetry/instrumentation-http": () => require("@opentelemetry/instrumentation-http"),
  "@opentelemetry/instrumentation-ioredis": () => require("@opentelemetry/instrumentation-ioredis"),
  "@opentelemetry/instrumentation-koa": () => require("@opentelemetry/instrumentation-koa"),
  "@opentelemetry/instrumentation-mysql2": () => require("@opentelemetry/instrumentation-mysql2"),
  "@opentelemetry/instrumentation-pg": () => require("@opentelemetry/instrumentation-pg"),
  "@opentelemetry/instrumentation-redis": () => require("@opentelemetry/instrumentation-redis"),
  "@opentelemetry/instrumentation-undici": () => require("@opentelemetry/instrumentation-undici"),
};
