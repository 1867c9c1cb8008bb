/** Preloaded: the SDK with the instrumentations of what the applications use, and nothing else. */
const { NodeSDK } = require("@opentelemetry/sdk-node");
const { HttpInstrumentation } = require("@opentelemetry/instrumentation-http");
const { ExpressInstrumentation } = require("@opentelemetry/instrumentation-express");
const { IORedisInstrumentation } = require("@opentelemetry/instrumentation-ioredis");
const { PgInstrumentation } = require("@opentelemetry/instrumentation-pg");
const { FastifyOtelInstrumentation } = require("@fastify/otel");

new NodeSDK({
  instrumentations: [
    new HttpInstrumentation(),
    new ExpressInstrumentation(),
    new PgInstrumentation(),
    new IORedisInstrumentation(),
    new FastifyOtelInstrumentation({ registerOnInitialization: true }),
  ],
}).start();
