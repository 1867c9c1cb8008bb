export { bootstrap, type Telemetry } from "./bootstrap.ts";
export { ConfigurationError } from "./configuration/configuration-error.ts";
export type { TelltaleOptions } from "./options.ts";
