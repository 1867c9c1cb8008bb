import { ConfigurationError, gatherProblems } from "./configuration/configuration-error.ts";
import { readConfigurationFile, readDeclarativeFile } from "./configuration/configuration-file.ts";
import { readEnvironment, strictIn } from "./configuration/environment.ts";
import { readOpentelemetryEnvironment } from "./configuration/opentelemetry-environment.ts";
import { misspelled } from "./configuration/opentelemetry-variables.ts";
import { readGroup } from "./configuration/read-group.ts";
import { resolveConfiguration } from "./configuration/resolve.ts";
import { schema } from "./configuration/schema.ts";
import type { Settings } from "./configuration/setting.ts";
import type { Configuration } from "./configuration.ts";
import type { TelltaleOptions } from "./options.ts";

/** Where configuration comes from; only `options` has to be given. */
export interface ConfigurationSources {
  readonly options?: TelltaleOptions;
  /** @default process.env, which is read nowhere else */
  readonly env?: NodeJS.ProcessEnv;
  /** The folder of `telltale.yaml`, and where relative paths start. @default process.cwd() */
  readonly cwd?: string;
}

/**
 * The configuration from code, `TELLTALE_*`, `OTEL_*`, a file and the defaults, the first being the strongest.
 * @throws ConfigurationError naming everything that cannot be used, all at once.
 */
export function readConfiguration({
  options = {},
  env = process.env,
  cwd = process.cwd(),
}: ConfigurationSources = {}): Configuration {
  const { report, problems } = gatherProblems();
  const warnings = new Set<string>();
  const around = { env, cwd, report };
  const code: Settings = new Map();
  readGroup(schema, options, { path: "", name: "", cwd, report, into: code });
  const ours = readEnvironment(env, around);
  const declarativeFile = env["OTEL_CONFIG_FILE"]?.trim() || undefined;
  // OpenTelemetry: with OTEL_CONFIG_FILE every other variable of its own is ignored.
  const standard: Settings = declarativeFile === undefined ? readOpentelemetryEnvironment(env, around) : new Map();
  const file =
    declarativeFile === undefined ? readConfigurationFile(around) : readDeclarativeFile(declarativeFile, around);
  if (declarativeFile === undefined) for (const warning of misspelled(env)) warnings.add(warning);
  const layers = [code, ours, standard, file];
  const configuration = resolveConfiguration({ layers, cwd, report, warn: (warning) => warnings.add(warning) });
  const found = problems();
  // Who switches telemetry off wants a quiet application, not one that stops because of what is then not used.
  if (found.length > 0 && configuration.enabled) throw new ConfigurationError(found);
  return { ...configuration, declarativeFile, warnings: [...warnings, ...found.map(({ message }) => message)] };
}

/** Whether `telltale/register` is to end the process when the configuration is wrong: `TELLTALE_STRICT=1` or `true`. */
export function isStrict(env: NodeJS.ProcessEnv = process.env): boolean {
  return strictIn(env);
}
