export type { AlertingControl } from "./alerting.ts";
export { bootstrap, type Telemetry } from "./bootstrap.ts";
export { ConfigurationError } from "./configuration/configuration-error.ts";
export type { Delivery } from "./delivery.ts";
export type { SamplingOptions, TelltaleOptions } from "./options.ts";
export type { SamplingControl, SamplingStatus } from "./sampling.ts";
