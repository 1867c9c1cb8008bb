/** Folders under `.cache/`, one for each thing that is compared, each with an installation of its own. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const cache = join(root, ".cache", "benchmarks");

/**
 * A folder with these packages installed as a user would; installed anew when the list changes, or the content of one
 * of its tarballs.
 */
export function peerFolder(name: string, dependencies: Readonly<Record<string, string>>): string {
  const folder = join(cache, name);
  const tarballs = Object.values(dependencies)
    .filter((version) => version.startsWith("file:"))
    .map((version) =>
      createHash("sha256")
        .update(readFileSync(version.slice("file:".length)))
        .digest("hex"),
    );
  const manifest = `${JSON.stringify({ name: `bench-${name}`, private: true, dependencies, tarballs }, null, 2)}\n`;
  const manifestPath = join(folder, "package.json");
  const installed = existsSync(join(folder, "node_modules"));
  if (installed && existsSync(manifestPath) && readFileSync(manifestPath, "utf8") === manifest) return folder;
  process.stderr.write(`installing ${name} for the benchmark …\n`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(manifestPath, manifest);
  execFileSync("npm", ["install", "--loglevel=error", "--no-audit", "--no-fund"], { cwd: folder, stdio: "inherit" });
  return folder;
}

/** Builds and packs the packages of this repository; the result maps each name to its tarball. */
export function packWorkspace(): Record<string, string> {
  execFileSync("npx", ["turbo", "run", "build"], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1" },
  });
  const folder = join(cache, "tarballs");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const packed = execFileSync("npm", ["pack", "--json", "--pack-destination", folder, ...workspaces()], {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const list = Object.values(JSON.parse(packed)) as {
    name: string;
    version: string;
    filename: string;
    integrity: string;
  }[];
  return Object.fromEntries(list.map((one) => [one.name, `file:${join(folder, one.filename)}`]));
}

function workspaces(): string[] {
  return [
    "telltale",
    "metrics",
    "tracing",
    "logging",
    "promql",
    "alerting",
    "runtime",
    "gpu",
    "consensus",
    "ml",
    "gaming",
    "cluster",
  ].flatMap((name) => ["-w", `packages/${name}`]);
}

/** The version of a package that is installed in a folder. */
export function installedVersion(folder: string, name: string): string {
  return JSON.parse(readFileSync(join(folder, "node_modules", name, "package.json"), "utf8")).version;
}
