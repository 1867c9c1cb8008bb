import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { codeOf, workspacePackages } from "./workspace.ts";

/**
 * A package imports only from rows below its own, never from a neighbour. Row 0 is @opentelemetry/*.
 * @telltale/testing stands beside what it tests, so tests, and they alone, may import it from anywhere.
 */
const rows: readonly (readonly string[])[] = [
  [],
  ["metrics", "tracing", "logging", "promql", "spool", "testing"],
  ["alerting", "runtime", "gpu", "trading", "consensus", "ml", "cluster", "gaming"],
  ["backend"],
  ["telltale"],
];

const packages = workspacePackages();

test("every package of the workspace has a row", () => {
  expect(packages.map(({ folder }) => folder).filter((folder) => rowOf(folder) === undefined)).toEqual([]);
});

describe.each(packages)("packages/$folder", ({ folder, manifest, sources }) => {
  const { dependencies, optionalDependencies, peerDependencies } = manifest;
  const shipped = Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies });

  test("imports only from rows below", () => {
    const faults = sources.flatMap((path) =>
      importsOf(path).flatMap((specifier) => layerFault(folder, path, specifier) ?? []),
    );
    expect(faults).toEqual([]);
  });

  test("depends only on rows below", () => {
    const faults = shipped.flatMap((name) => layerFault(folder, "package.json", name) ?? []);
    expect(faults).toEqual([]);
  });

  test("ships only imports that its package.json names", () => {
    const faults = sources
      .filter((path) => !isTest(path))
      .flatMap((path) =>
        importsOf(path)
          .filter((specifier) => !/^(node:|[./#])/.test(specifier))
          .filter((specifier) => ![manifest.name, ...shipped].includes(packageOf(specifier)))
          .map((specifier) => `${path} imports ${specifier}`),
      );
    expect(faults).toEqual([]);
  });

  test("reads the environment nowhere but in telltale's config.ts, and before that can be loaded", () => {
    const readers = sources.filter((path) => !isTest(path) && /\bprocess\s*(\.|\[\s*["'])env\b/.test(codeOf(path)));
    const importers = sources.filter((path) =>
      /import\s*\{[^}]*\benv\b[^}]*\}\s*from\s*["'](node:)?process/.test(codeOf(path)),
    );
    const allowed = ["packages/telltale/src/config.ts", "packages/telltale/src/compile-cache.ts"];
    expect([...readers, ...importers].filter((path) => !allowed.includes(path))).toEqual([]);
  });
});

function layerFault(folder: string, path: string, specifier: string): string | undefined {
  if (specifier.startsWith(".")) {
    const target = join(dirname(path), specifier);
    const inside = path === "package.json" || target.startsWith(join("packages", folder, "src"));
    return inside ? undefined : `${path} imports ${specifier}, which is outside its package`;
  }
  const other = folderOf(packageOf(specifier));
  if (other === undefined || other === folder) return undefined;
  if (isTest(path) && (other === "testing" || rowOf(other) === undefined)) return undefined;
  const [own, its] = [rowOf(folder), rowOf(other)];
  if (own !== undefined && its !== undefined && its < own) return undefined;
  return `${path} (row ${own}) imports ${specifier} (row ${its})`;
}

function rowOf(folder: string): number | undefined {
  const row = rows.findIndex((folders) => folders.includes(folder));
  return row === -1 ? undefined : row;
}

/** The folder of one of our packages; `undefined` for every other package. */
function folderOf(name: string): string | undefined {
  if (name === "telltale") return name;
  return name.startsWith("@telltale/") ? name.slice("@telltale/".length) : undefined;
}

function packageOf(specifier: string): string {
  const [scopeOrName, name] = specifier.split("/");
  return specifier.startsWith("@") ? `${scopeOrName}/${name}` : scopeOrName!;
}

/** What `import`, `export … from`, `import()`, `require()` and `import.meta.resolve()` name by a literal. */
function importsOf(path: string): readonly string[] {
  const code = codeOf(path);
  const pattern =
    /(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire(?:Optional)?\s*\(\s*|\bresolve\s*\(\s*)(["'])([@\w./:#-]+)\1/g;
  return [...code.matchAll(pattern)].map((match) => match[2]!).filter((specifier) => /^[@\w.#]/.test(specifier));
}

function isTest(path: string): boolean {
  return path.endsWith(".test.ts");
}
