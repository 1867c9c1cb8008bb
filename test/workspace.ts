/** The packages of the workspace, as the tests about the whole repository see them. */
import { existsSync, globSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const root: string = join(import.meta.dirname, "..");

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly repository?: string | { readonly url: string };
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

export interface WorkspacePackage {
  /** Below packages/. */
  readonly folder: string;
  readonly manifest: Manifest;
  /** Paths of all TypeScript files below src/, relative to the repository. */
  readonly sources: readonly string[];
}

export function workspacePackages(): readonly WorkspacePackage[] {
  return readdirSync(join(root, "packages"))
    .filter((folder) => existsSync(join(root, "packages", folder, "package.json")))
    .map((folder) => ({
      folder,
      manifest: readManifest(join(root, "packages", folder)),
      sources: globSync(`packages/${folder}/src/**/*.ts`, { cwd: root }).sort(),
    }));
}

export function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
}

/** The text of a source file without its comments, so that what they quote does not count. */
export function codeOf(path: string): string {
  const text = readFileSync(join(root, path), "utf8");
  return text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
}
