/** What is done to each module of the table as it is loaded, or where it stands when it was loaded before. */

import Module, { createRequire, syncBuiltinESMExports } from "node:module";
import { fileURLToPath } from "node:url";
import { types } from "node:util";
import { diag } from "@opentelemetry/api";
import { esModuleFacade } from "./es-module-facade.ts";
import { guarded, type InstrumentationLoader } from "./instrumentation-loader.ts";
import type { InstrumentationEntry } from "./instrumentation-table.ts";
import type { ModuleHandlers } from "./module-hooks.ts";
import { isOwnModule, type LoadedModule } from "./own-module.ts";
import { type PackageFile, packageFileOf } from "./package-file.ts";

/** Brings in the instrumentation of whatever is loaded, and patches it. */
export function patchOnLoad(entries: readonly InstrumentationEntry[], loader: InstrumentationLoader): ModuleHandlers {
  const entryOf = new Map(entries.flatMap((entry) => entry.modules.map((name) => [name, entry] as const)));
  const names = [...entryOf.keys()];
  // Each is patched once, and then no longer of interest.
  const builtins = new Set(names.filter((name) => Module.isBuiltin(name)));
  const packages = new Set(names.filter((name) => !builtins.has(name)));
  const warnUnsupported = unsupportedVersionWarning(loader);

  return {
    builtins,
    packages,
    onBuiltin: (name) => {
      builtins.delete(name);
      const entry = entryOf.get(name)!;
      guarded(entry, `patch ${name}`, () => {
        loader.load(entry)?.patchBuiltin(name, process.getBuiltinModule(name));
        // `import { request } from "node:http"` reads from the same object, but only when told.
        syncBuiltinESMExports();
      });
    },
    isWatchedFile: (filename) => {
      const file = packageFileOf(filename);
      return file !== undefined && packages.has(file.packageName);
    },
    beforeFile: (filename) => {
      // Before the module runs: some instrumentations listen to channels that it publishes to.
      loader.load(entryOf.get(packageFileOf(filename)!.packageName)!);
    },
    afterFile: (filename, exports) => {
      const file = packageFileOf(filename)!;
      const entry = entryOf.get(file.packageName)!;
      const driven = loader.load(entry);
      if (driven === undefined || types.isModuleNamespaceObject(exports)) return exports;
      const patched = guarded(entry, `patch ${file.packageName}`, () => {
        const isMain = mainFileOf(file) === filename;
        if (isMain) warnUnsupported(entry, file);
        return driven.patchFile(file, { isMain, exports });
      });
      return patched ?? exports;
    },
    onEsModule: (packageName, url) => {
      const entry = entryOf.get(packageName)!;
      const file = url.startsWith("file:") ? packageFileOf(fileURLToPath(url)) : undefined;
      if (file === undefined || !entry.esModules?.includes(packageName)) return url;
      return esModuleFacade(url, (exports) => {
        guarded(entry, `patch ${packageName}`, () => {
          const driven = loader.load(entry);
          warnUnsupported(entry, file);
          driven?.patchFile(file, { isMain: true, exports });
        });
      });
    },
  };
}

/** Patches what the application loaded before, and names what that cannot reach. */
export function patchLoaded(handlers: ModuleHandlers): void {
  for (const name of [...handlers.builtins]) if (isBuiltinLoaded(name)) handlers.onBuiltin(name);

  const replaced = new Set<string>();
  for (const [filename, module] of Object.entries(cache)) {
    if (!module?.loaded || !handlers.isWatchedFile(filename) || isOwnModule(module.parent)) continue;
    const patched = handlers.afterFile(filename, module.exports);
    if (patched === module.exports) continue;
    module.exports = patched;
    replaced.add(packageFileOf(filename)!.packageName);
  }
  if (replaced.size > 0) {
    diag.warn(
      `Loaded before telltale, and not instrumented where it is already held: ${[...replaced].join(", ")}. Start telltale first: node --import telltale/register`,
    );
  }
}

const cache = (
  Module as unknown as {
    readonly _cache: Record<string, (LoadedModule & { loaded: boolean; exports: unknown }) | undefined>;
  }
)._cache;

function isBuiltinLoaded(name: string): boolean {
  return (process as { moduleLoadList?: readonly string[] }).moduleLoadList?.includes(`NativeModule ${name}`) ?? false;
}

const require = createRequire(import.meta.url);
const mainFiles = new Map<string, string | undefined>();

/** The file that `require` of the package gives, as seen from the package itself. */
function mainFileOf({ packageName, baseDir }: PackageFile): string | undefined {
  if (mainFiles.has(baseDir)) return mainFiles.get(baseDir);
  let main: string | undefined;
  try {
    main = require.resolve(packageName, { paths: [baseDir] });
  } catch {
    // A package without an entry point has only files.
  }
  mainFiles.set(baseDir, main);
  return main;
}

function unsupportedVersionWarning(
  loader: InstrumentationLoader,
): (entry: InstrumentationEntry, file: PackageFile) => void {
  const seen = new Set<string>();
  return (entry, file) => {
    if (seen.has(file.baseDir) || entry.wrappers?.includes(file.packageName)) return;
    seen.add(file.baseDir);
    const unsupported = loader.load(entry)?.unsupportedVersion(file);
    if (unsupported === undefined) return;
    diag.warn(
      `${file.packageName} ${unsupported.version ?? "(no version)"} is not instrumented: ${entry.package} supports ${unsupported.supportedVersions.join(" or ")}`,
    );
  };
}
