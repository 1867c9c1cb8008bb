import { existsSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { expect, test } from "vitest";
import { type Manifest, readManifest, root, workspacePackages } from "./workspace.ts";

/** The coherent set: opentelemetry-js' stable and experimental packages of one release. */
const JS_VERSIONS = ["3.0.0", "0.300.0"];
/** Those that opentelemetry-js releases apart from the rest. */
const ownVersions: Readonly<Record<string, string>> = {
  "@opentelemetry/api": "1.10.0",
  "@opentelemetry/semantic-conventions": "1.45.0",
  "@opentelemetry/exporter-jaeger": "2.11.0",
};

const installed = installedOpenTelemetry(join(root, "node_modules")).concat(
  workspacePackages().flatMap(({ folder }) => installedOpenTelemetry(join(root, "packages", folder, "node_modules"))),
);
const manifests = [root, ...workspacePackages().map(({ folder }) => join(root, "packages", folder))].map(readManifest);

test("no package of OpenTelemetry is in the tree twice", () => {
  expect(installed.length).toBeGreaterThan(10);
  const paths = new Map<string, string[]>();
  for (const { manifest, path } of installed) {
    const copy = `${path} (${manifest.version})`;
    paths.set(manifest.name, [...(paths.get(manifest.name) ?? []), copy]);
  }
  expect([...paths.values()].filter((copies) => copies.length > 1)).toEqual([]);
});

test("what opentelemetry-js releases together is installed at one release", () => {
  const strays = installed.filter(({ manifest }) => {
    const own = ownVersions[manifest.name];
    if (own !== undefined) return manifest.version !== own;
    return isFromJs(manifest) && !JS_VERSIONS.includes(manifest.version);
  });
  expect(strays.map(({ manifest, path }) => `${path} ${manifest.version}`)).toEqual([]);
});

test("every package.json of the workspace names one exact version of each, and that one is installed", () => {
  const versions = new Map(installed.map(({ manifest }) => [manifest.name, manifest.version]));
  const faults = manifests.flatMap(({ name, dependencies, devDependencies, optionalDependencies }) =>
    Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })
      .filter(([dependency]) => dependency.startsWith("@opentelemetry/"))
      .filter(([dependency, version]) => versions.get(dependency) !== version)
      .map(([dependency, version]) => `${name} wants ${dependency} ${version}, not ${versions.get(dependency)}`),
  );
  expect(faults).toEqual([]);
});

interface Installed {
  readonly manifest: Manifest;
  readonly path: string;
}

/** Every @opentelemetry/* package below a node_modules folder, those inside other packages included. */
function installedOpenTelemetry(nodeModules: string): readonly Installed[] {
  if (!existsSync(nodeModules)) return [];
  return packageFolders(nodeModules).flatMap((folder) => {
    const nested = installedOpenTelemetry(join(folder, "node_modules"));
    const isOurs = relative(nodeModules, folder).startsWith("@opentelemetry");
    if (!isOurs || !existsSync(join(folder, "package.json"))) return nested;
    return [{ manifest: readManifest(folder), path: relative(root, folder) }, ...nested];
  });
}

function packageFolders(nodeModules: string): readonly string[] {
  // Links lead to the workspace's own packages, whose node_modules are looked at by themselves.
  const folders = readdirSync(nodeModules, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders.flatMap(({ name }) => {
    if (name.startsWith(".")) return [];
    return name.startsWith("@") ? packageFolders(join(nodeModules, name)) : [join(nodeModules, name)];
  });
}

function isFromJs(manifest: Manifest): boolean {
  const { repository = "" } = manifest;
  const url = typeof repository === "string" ? repository : repository.url;
  return /open-telemetry\/opentelemetry-js(\.git)?$/.test(url);
}
