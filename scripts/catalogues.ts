import { globSync } from "node:fs";
import { resolve } from "node:path";
import type { Catalogue } from "@telltale/metrics";

const root = resolve(import.meta.dirname, "..");

/** Where the catalogues of all packages are, relative to the root of the repository. */
export function cataloguePaths(): readonly string[] {
  return globSync("packages/*/src/**/catalogue.ts", { cwd: root }).sort();
}

/** The catalogue of a file that {@link cataloguePaths} names. */
export async function catalogueOf(path: string): Promise<Catalogue> {
  const module = (await import(resolve(root, path))) as { readonly catalogue?: Catalogue };
  if (module.catalogue === undefined) throw new Error(`${path} exports no "catalogue"; name it so`);
  return module.catalogue;
}
