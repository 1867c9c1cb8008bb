/**
 * Which modules are telltale's own. What they load for themselves (an exporter's `http`, the logger's `pino`) is not the
 * application's use of it: it brings no instrumentation in, and stays as it is when the application's copy is patched.
 */

import { sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** A CommonJS module as seen by the module that first required it. */
export interface LoadedModule {
  readonly filename?: string | null;
  readonly parent?: LoadedModule | null | undefined;
}

/** Whether `location`, a path or a `file:` URL, is a file of telltale or of OpenTelemetry. */
export function isOwnLocation(location: string | null | undefined): boolean {
  if (!location) return false;
  const path = location.includes("\\") ? location.replaceAll("\\", "/") : location;
  return OWN_FOLDERS.some((folder) => path.includes(folder)) || WORKSPACE_ROOTS.some((root) => path.startsWith(root));
}

/** Whether `module`, or the one that first required it, and so on upwards, is a file of telltale or of OpenTelemetry. */
export function isOwnModule(module: LoadedModule | null | undefined): boolean {
  for (let one = module; one; one = one.parent) if (isOwnLocation(one.filename)) return true;
  return false;
}

const OWN_FOLDERS = ["/node_modules/@opentelemetry/", "/node_modules/@telltale/", "/node_modules/telltale/"];

// In telltale's own workspace the packages are linked, and Node gives their real paths.
const WORKSPACE_ROOTS = workspaceRoots(fileURLToPath(import.meta.url));

function workspaceRoots(here: string): readonly string[] {
  if (import.meta.url.includes("/node_modules/")) return [];
  const packages = here.slice(0, here.lastIndexOf(`${sep}telltale${sep}`));
  return [`${packages.replaceAll("\\", "/")}/`, `${pathToFileURL(packages).href}/`];
}
