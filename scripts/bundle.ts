/**
 * The JavaScript of one package as it is published, run in its folder after tsc has written the types: each entry in few
 * files, with the OpenTelemetry packages that are always needed inside, since loading hundreds of small files is most of
 * what telemetry costs at start. What is inside is evaluated when it is asked for, as it was outside; see
 * docs/decisions/0002-start-up.md.
 */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Metafile, type Plugin } from "esbuild";
import { bundledInThreads, bundledPackages } from "./bundled-packages.ts";

const TARGET = "node22.15";

for (const file of readdirSync("dist", { recursive: true, encoding: "utf8" })) {
  if (/\.js(\.map)?$/.test(file)) rmSync(join("dist", file));
}
const exported = exportedSources();
const starting = [...exported, ...commandSources()].filter((source) => requiredBy(source).length > 0);
const alone = exported.filter(importsNothing);
const together = exported.filter((source) => !starting.includes(source) && !alone.includes(source));
const metafiles = [await bundle([...together, ...starting.flatMap(requiredBy)])];
for (const source of [...starting, ...alone]) metafiles.push(await bundle([source]));
for (const source of threadSources().flatMap((thread) => [thread, ...requiredBy(thread)])) {
  metafiles.push(await bundle([source], [...bundledPackages, ...bundledInThreads]));
}
if (existsSync("src/api-in-one-file.ts")) metafiles.push(await apiInOneFile());
writeFileSync("dist/third-party-licenses.txt", licences(metafiles));

function exportedSources(): string[] {
  const { exports } = JSON.parse(readFileSync("package.json", "utf8")) as {
    readonly exports: Readonly<Record<string, string | { readonly "telltale-source": string }>>;
  };
  return Object.values(exports).flatMap((target) => (typeof target === "string" ? [] : [target["telltale-source"]]));
}

/** All that such an entry shares with others are esbuild's own helpers, for which each would load one more file. */
function importsNothing(source: string): boolean {
  return !/^import |^export .*\bfrom "|^\} from "/m.test(readFileSync(source, "utf8"));
}

/** What the package puts on the path, `dist/x.js`. */
function commandSources(): string[] {
  const { bin = {} } = JSON.parse(readFileSync("package.json", "utf8")) as { readonly bin?: Record<string, string> };
  return Object.values(bin).map((file) => join("src", `${basename(file, ".js")}.ts`));
}

/** A thread starts in a file of its own, `./x-worker.js` beside whatever starts it: flat, as everything else is in one file. */
function threadSources(): string[] {
  return readdirSync("src", { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith("-worker.ts"))
    .map((path) => join("src", path));
}

/** What an entry requires by its path, `./x.ts`, is loaded when it says so: a file of its own, `./x.js`. */
function requiredBy(source: string): string[] {
  const requires = readFileSync(source, "utf8").matchAll(/\brequire\("(\.\/[\w-]+\.ts)"\)/g);
  return [...new Set(Array.from(requires, (match) => join(dirname(source), match[1]!)))];
}

async function bundle(entryPoints: readonly string[], inside = bundledPackages): Promise<Metafile> {
  const { metafile } = await build({
    entryPoints: entryPoints.map((source) => ({ in: source, out: basename(source, ".ts") })),
    outdir: "dist",
    chunkNames: "shared-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: TARGET,
    legalComments: "none",
    metafile: true,
    logLevel: "warning",
    logOverride: { "require-resolve-not-external": "silent" },
    // What stays outside is required from where this file lies.
    banner: {
      js: 'const require = process.getBuiltinModule("node:module").createRequire(import.meta.url);',
    },
    // Tools that do not know of import.meta would take a file without imports and exports for CommonJS.
    footer: { js: "export {};" },
    plugins: [requires(), insideOrOutside(inside)],
  });
  await mergeShared(metafile);
  return metafile;
}

/** What `telltale/register` gives Node in the place of the application's copy, when that is of the same version. */
async function apiInOneFile(): Promise<Metafile> {
  const entry = fileURLToPath(import.meta.resolve("@opentelemetry/api"));
  const { version } = JSON.parse(readFileSync(join(dirname(entry), "../package.json"), "utf8"));
  const { metafile } = await build({
    entryPoints: [entry],
    outfile: `dist/opentelemetry-api-${version}.js`,
    bundle: true,
    format: "esm",
    platform: "node",
    target: TARGET,
    legalComments: "none",
    metafile: true,
  });
  return metafile;
}

/**
 * What entries share, esbuild puts into a file for each group of entries; few of them, and small: one file is enough. Two of
 * them may export the same name for different things, so in the one file each name has its part's behind it.
 */
async function mergeShared({ outputs }: Metafile): Promise<void> {
  const parts = Object.keys(outputs).filter((path) => /\/shared-\w+\.js$/.test(path));
  if (parts.length < 2) return;
  const contents = parts.map((path) => {
    const part = basename(path, ".js").slice("shared-".length);
    const names = outputs[path]!.exports.map((name) => `${name} as ${name}_${part}`);
    return `export { ${names.join(", ")} } from "./${basename(path)}";`;
  });
  await build({
    stdin: { contents: contents.join("\n"), resolveDir: "dist" },
    outfile: "dist/shared.js",
    bundle: true,
    packages: "external",
    format: "esm",
    platform: "node",
    target: TARGET,
    logLevel: "warning",
  });
  for (const part of parts) rmSync(part);
  for (const path of Object.keys(outputs).filter((one) => !parts.includes(one))) {
    writeFileSync(path, importsFromOne(readFileSync(path, "utf8")));
  }
}

function importsFromOne(source: string): string {
  return source
    .replaceAll(/\{([^{}]*)\} from "\.\/shared-(\w+)\.js"/g, (_, names: string, part: string) => {
      const renamed = names.replaceAll(
        /(\w+)( as \w+)?/g,
        (_whole, name, as) => `${name}_${part}${as ?? ` as ${name}`}`,
      );
      return `{${renamed}} from "./shared.js"`;
    })
    .replaceAll(/"\.\/shared-\w+\.js"/g, '"./shared.js"');
}

/** In the sources `require` comes from `createRequire`; without that line, esbuild sees what is required by a literal. */
function requires(): Plugin {
  return {
    name: "requires",
    setup({ onLoad }) {
      // An import() would become a file of its own; none of them waits for more than the loading. And a function `__require`
      // is what the compiler of these packages made of `require`.
      onLoad({ filter: /[\\/]@opentelemetry[\\/].*\.mjs$/ }, ({ path }) => ({
        contents: readFileSync(path, "utf8").replaceAll(/\b(?:import|__require)\((?=["'])/g, "require("),
      }));
      onLoad({ filter: /[\\/]packages[\\/][\w-]+[\\/]src[\\/].*\.ts$/ }, ({ path }) => ({
        loader: "ts",
        contents: requireBuiltIns(
          readFileSync(path, "utf8")
            .replace(/^ *const require = createRequire\(import\.meta\.url\);\n/gm, "")
            .replaceAll(/createRequire\(\s*import\.meta\.url,?\s*\)\(/g, "require("),
        ),
      }));
    },
  };
}

/** An import would make Node read every property of a built-in module, and with that load all that it has put off. */
function requireBuiltIns(source: string): string {
  return source.replaceAll(
    /^import (?!type\b)(?:(\w+)(?:, )?)?(?:\{([^}]*)\})? ?from "(node:[^"]+)";$/gm,
    (_, module: string | undefined, names: string | undefined, specifier: string) => {
      const wanted = (names ?? "").split(",").map((name) => name.trim().replace(" as ", ": "));
      const values = wanted.filter((name) => name !== "" && !name.startsWith("type "));
      // Of these most have become plain calls of `require`.
      const used = values.filter((name) => name !== "createRequire" || source.includes("createRequire("));
      const required = `require("${specifier}");`;
      const whole = module === undefined ? [] : [`const ${module} = ${required}`];
      return [...whole, ...(used.length === 0 ? [] : [`const { ${used.join(", ")} } = ${required}`])].join(" ");
    },
  );
}

/**
 * Inside: our sources and these packages, always in their ES build, whose names cost nothing to call. Outside: all else.
 * What a bundled package imports from outside is required when it is evaluated; as an import it would be loaded at once.
 */
function insideOrOutside(inside: readonly string[]): Plugin {
  const asked = Symbol("asked");
  return {
    name: "inside or outside",
    setup({ onResolve, onLoad, resolve }) {
      onResolve({ filter: /^\.\/[\w-]+\.ts$/ }, ({ path, kind }) =>
        kind === "require-call" ? { path: path.replace(/\.ts$/, ".js"), external: true } : undefined,
      );
      onResolve({ filter: /^[^./#]/ }, async ({ path, kind, importer, namespace, resolveDir, pluginData }) => {
        if (pluginData === asked || kind === "entry-point") return undefined;
        if (inside.includes(packageOf(path))) {
          return await resolve(path, { kind: "import-statement", resolveDir, importer, pluginData: asked });
        }
        const isBundledPackage = importer.includes("node_modules") && kind === "import-statement";
        if (path === "@opentelemetry/api" || namespace === "required" || !isBundledPackage) {
          return { path, external: true };
        }
        return { path, namespace: "required" };
      });
      onLoad({ filter: /.*/, namespace: "required" }, ({ path }) => ({
        contents: path === "import-in-the-middle" ? lazyHook() : `module.exports = require(${JSON.stringify(path)});`,
      }));
    },
  };
}

/** Only an instrumentation that telltale cannot drive makes one. */
function lazyHook(): string {
  return `exports.Hook = function (...given) {
  const { Hook } = require("import-in-the-middle");
  return new Hook(...given);
};`;
}

function packageOf(specifier: string): string {
  const [scopeOrName, name] = specifier.split("/");
  return specifier.startsWith("@") ? `${scopeOrName}/${name}` : scopeOrName!;
}

/** The licence of every package that has a file inside. */
function licences(metafiles: readonly Metafile[]): string {
  const folders = new Set<string>();
  for (const input of metafiles.flatMap(({ inputs }) => Object.keys(inputs))) {
    const folder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];
    if (folder !== undefined) folders.add(folder);
  }
  const texts = [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
    return `${name} ${version} (${license})\n\n${file ? readFileSync(join(folder, file), "utf8") : ""}`;
  });
  return `This package contains files of the following packages.\n\n${texts.join("\n----\n\n")}`;
}
