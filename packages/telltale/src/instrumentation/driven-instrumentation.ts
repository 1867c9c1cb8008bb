/**
 * One instrumentation whose patches are applied by telltale instead of by hooks of its own: it is enabled with its list of
 * modules held back, and then handed each file and built-in as that is loaded. Version ranges, unpatching and everything
 * after loading stay the instrumentation's own.
 */

import { normalize, sep } from "node:path";
import { type LoggerProvider, logs, type MeterProvider, metrics, type TracerProvider, trace } from "@opentelemetry/api";
import type {
  Instrumentation,
  InstrumentationConfig,
  InstrumentationModuleDefinition,
} from "@opentelemetry/instrumentation";
import type { PackageFile } from "./package-file.ts";
import { withParkedRequireHook } from "./parked-require-hook.ts";

export interface InstrumentationProviders {
  readonly tracerProvider?: TracerProvider | undefined;
  readonly meterProvider?: MeterProvider | undefined;
  readonly loggerProvider?: LoggerProvider | undefined;
}

export interface DrivenInstrumentation {
  readonly instrumentation: Instrumentation;
  /** Whether the instrumentation does its own patching, because it could not be driven. */
  readonly usesOwnHooks: boolean;
  /** What the module should export: `exports` itself, unless the instrumentation puts something else in its place. */
  readonly patchFile: (file: PackageFile, options: { readonly isMain: boolean; readonly exports: unknown }) => unknown;
  readonly patchBuiltin: (name: string, exports: unknown) => void;
  /** The version ranges when the instrumentation supports none of the version in `file.baseDir`. */
  readonly unsupportedVersion: (file: PackageFile) => UnsupportedVersion | undefined;
}

export interface UnsupportedVersion {
  readonly version: string | undefined;
  readonly supportedVersions: readonly string[];
}

export type InstrumentationConstructor = new (config: InstrumentationConfig) => Instrumentation;

/** Constructs and enables; `beforeEnable` sees the instance when it has its providers and configuration. */
export function driveInstrumentation(
  InstrumentationClass: InstrumentationConstructor,
  options: {
    readonly config: Readonly<Record<string, unknown>>;
    readonly providers: InstrumentationProviders;
    readonly beforeEnable?: ((instrumentation: Instrumentation) => void) | undefined;
  },
): DrivenInstrumentation {
  // Enabled by the constructor, it would register its own hooks.
  const instrumentation = withParkedRequireHook(() => new InstrumentationClass({ ...options.config, enabled: false }));
  const parts = partsOf(instrumentation);
  for (const one of new Set<Instrumentation>([instrumentation, ...parts])) {
    // In place: some parts of an instrumentation keep this very object, and undici's asks it at each request.
    one.getConfig().enabled = true;
    setProviders(one, {
      // Always one of each: some instrumentations have no instruments before.
      tracerProvider: options.providers.tracerProvider ?? trace.getTracerProvider(),
      meterProvider: options.providers.meterProvider ?? metrics.getMeterProvider(),
      loggerProvider: options.providers.loggerProvider ?? logs.getLoggerProvider(),
    });
  }
  options.beforeEnable?.(instrumentation);
  const usesOwnHooks = !enableWithoutHooks(instrumentation, parts);
  return {
    instrumentation,
    usesOwnHooks,
    patchFile: (file, { isMain, exports }) => {
      const name = isMain ? file.packageName : file.packageName + sep + file.path;
      let patched = exports;
      for (const { part, definition } of definitionsOf(parts, file.packageName)) {
        if (!isMain && !definition.files.some((one) => normalize(one.name) === normalize(name))) continue;
        patched = part._onRequire(definition, patched, name, file.baseDir) ?? patched;
      }
      return patched;
    },
    patchBuiltin: (name, exports) => {
      for (const { part, definition } of definitionsOf(parts, name)) part._onRequire(definition, exports, name);
    },
    unsupportedVersion: (file) => {
      const definitions = definitionsOf(parts, file.packageName);
      if (definitions.length === 0 || definitions.some((one) => supportsVersion(one, file))) return undefined;
      return {
        version: definitions[0]!.definition.moduleVersion,
        supportedVersions: definitions.flatMap(({ definition }) => definition.supportedVersions),
      };
    },
  };
}

export function setProviders(instrumentation: Instrumentation, providers: InstrumentationProviders): void {
  if (providers.tracerProvider) instrumentation.setTracerProvider(providers.tracerProvider);
  if (providers.meterProvider) instrumentation.setMeterProvider(providers.meterProvider);
  if (providers.loggerProvider) instrumentation.setLoggerProvider?.(providers.loggerProvider);
}

/** What `InstrumentationBase` keeps to itself. */
interface InstrumentationPart extends Instrumentation {
  readonly _modules: InstrumentationModuleDefinition[];
  readonly _onRequire: (
    definition: InstrumentationModuleDefinition,
    exports: unknown,
    name: string,
    baseDir?: string,
  ) => unknown;
}

/** The instrumentation itself and those that it is made of (redis: one for each generation of the client). */
function partsOf(instrumentation: Instrumentation): readonly InstrumentationPart[] {
  return [instrumentation, ...Object.values(instrumentation)].filter(isPart);
}

function isPart(value: unknown): value is InstrumentationPart {
  if (typeof value !== "object" || value === null) return false;
  const part = value as Partial<InstrumentationPart>;
  return Array.isArray(part._modules) && typeof part._onRequire === "function";
}

/** False when the instrumentation is not built as expected, so that it was enabled with the hooks that it brings. */
function enableWithoutHooks(instrumentation: Instrumentation, parts: readonly InstrumentationPart[]): boolean {
  const heldBack = parts.map((part) => part._modules.splice(0));
  try {
    instrumentation.enable();
  } finally {
    for (const [index, part] of parts.entries()) part._modules.push(...heldBack[index]!);
  }
  return parts.length > 0 || !("getModuleDefinitions" in instrumentation);
}

function definitionsOf(
  parts: readonly InstrumentationPart[],
  name: string,
): readonly { readonly part: InstrumentationPart; readonly definition: InstrumentationModuleDefinition }[] {
  return parts.flatMap((part) =>
    part._modules.filter((definition) => definition.name === name).map((definition) => ({ part, definition })),
  );
}

function supportsVersion(
  { part, definition }: { readonly part: InstrumentationPart; readonly definition: InstrumentationModuleDefinition },
  file: PackageFile,
): boolean {
  let supported = false;
  // Asked by a definition that only takes note: the instrumentation's own comparison of versions is not exported.
  const probe: InstrumentationModuleDefinition = {
    name: definition.name,
    supportedVersions: definition.supportedVersions,
    files: [],
    patch: () => {
      supported = true;
    },
  };
  part._onRequire(probe, {}, definition.name, file.baseDir);
  if (probe.moduleVersion !== undefined) definition.moduleVersion = probe.moduleVersion;
  return supported;
}
