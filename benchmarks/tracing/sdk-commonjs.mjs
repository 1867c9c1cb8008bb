import { requirePeer } from "./peers.mjs";
import { sdkWorks } from "./sdk-works.mjs";

export const works = sdkWorks({
  api: requirePeer("@opentelemetry/api"),
  sdk: requirePeer("@opentelemetry/sdk-trace"),
  hooks: requirePeer("@opentelemetry/context-async-hooks"),
  transformer: requirePeer("@opentelemetry/otlp-transformer"),
});
