/**
 * Files of watched packages that telltale loaded for itself, and so left unpatched (its logger's pino, an exporter's
 * grpc-js). When the application asks for such a package it must get a patched copy of its own.
 */

import Module from "node:module";
import { fileURLToPath } from "node:url";
import { isOwnModule, type LoadedModule } from "./own-module.ts";
import { packageFileOf } from "./package-file.ts";

export interface OwnLoads {
  /** Whether `filename` is loaded by telltale for itself; remembers it if so. */
  readonly note: (filename: string, module: LoadedModule) => boolean;
  /** An ESM module of telltale imports `url`. */
  readonly noteImport: (url: string) => void;
  readonly has: (packageName: string) => boolean;
  /** Takes the package's files out of the cache of CommonJS, so that the next `require` runs them anew. */
  readonly forget: (packageName: string) => void;
  /** The URL under which the application is to import what telltale imported as `url`. */
  readonly urlForApplication: (url: string) => string;
}

export function ownLoads(): OwnLoads {
  const files = new Map<string, string[]>();
  const importedPackages = new Set<string>();
  const importedUrls = new Set<string>();

  return {
    note: (filename, module) => {
      const file = packageFileOf(filename);
      if (file === undefined) return false;
      if (!importedPackages.has(file.baseDir) && !isOwnModule(module.parent)) return false;
      const noted = files.get(file.packageName);
      if (noted) noted.push(filename);
      else files.set(file.packageName, [filename]);
      return true;
    },
    noteImport: (url) => {
      if (!url.startsWith("file:")) return;
      const file = packageFileOf(fileURLToPath(url));
      if (file === undefined) return;
      importedPackages.add(file.baseDir);
      importedUrls.add(url);
    },
    has: (packageName) => files.has(packageName),
    forget: (packageName) => {
      const cache = (Module as unknown as { _cache: Record<string, unknown> })._cache;
      for (const filename of files.get(packageName) ?? []) {
        delete cache[filename];
        importedPackages.delete(packageFileOf(filename)!.baseDir);
      }
      files.delete(packageName);
    },
    // ESM keeps what it has imported for ever, by URL; the file is the same.
    urlForApplication: (url) => (importedUrls.has(url) ? `${url}?application` : url),
  };
}
