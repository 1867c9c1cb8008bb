/** The SDK's ES build, which an application gets that imports it; `sdk-commonjs.mjs` is what it gets that requires it. */
import { importPeer } from "./peers.mjs";
import { sdkWorks } from "./sdk-works.mjs";

export const works = sdkWorks({
  api: await importPeer("@opentelemetry/api"),
  sdk: await importPeer("@opentelemetry/sdk-trace"),
  hooks: await importPeer("@opentelemetry/context-async-hooks"),
  transformer: await importPeer("@opentelemetry/otlp-transformer"),
});
