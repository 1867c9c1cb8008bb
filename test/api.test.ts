/** The public declarations of every package are in test/api; TELLTALE_UPDATE=1 writes them anew. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { root, workspacePackages } from "./workspace.ts";

const entries = workspacePackages().flatMap(({ folder, manifest }) =>
  Object.entries(manifest.exports ?? {}).flatMap(([subpath, target]) => {
    if (typeof target === "string") return [];
    const name = [folder, ...subpath.split("/").slice(1)].join(".");
    return [{ name, source: join("packages", folder, target["telltale-source"]!) }];
  }),
);
const folder = emitDeclarations();
afterAll(() => rmSync(folder, { recursive: true }));

test.each(entries)("the public declarations of $name are those in test/api", ({ name, source }) => {
  const snapshot = join(root, `test/api/${name}.d.ts`);
  const declarations = publicDeclarations(source);
  if (process.env["TELLTALE_UPDATE"]) writeFileSync(snapshot, declarations);
  const before = existsSync(snapshot) ? readFileSync(snapshot, "utf8") : "";
  expect(declarations, "run with TELLTALE_UPDATE=1 and commit test/api with the change").toBe(before);
});

/** What an entry exports itself, and of each file that it re-exports from, the statements that declare those names. */
function publicDeclarations(source: string): string {
  const statements = declarationsOf(source);
  return statements
    .flatMap((statement) => {
      const [, names = "", from = ""] = /^export (?:type )?\{([^}]*)\} from "(.+)";$/.exec(statement) ?? [];
      if (!from.startsWith(".")) return [statement];
      const wanted = names.split(",").map((name) =>
        name
          .replace(/^\s*type\s+/, "")
          .split(" as ")[0]!
          .trim(),
      );
      const declared = declarationsOf(join(source, "..", from)).filter((one) => wanted.includes(nameOf(one)));
      return [statement, ...declared];
    })
    .map((statement) => `${statement}\n`)
    .join("")
    .replace(/^$/, "export {};\n");
}

function declarationsOf(source: string): readonly string[] {
  const text = readFileSync(join(folder, source.replace(/\.ts$/, ".d.ts")), "utf8").replace(/\/\*[\s\S]*?\*\//g, "");
  const statements = text.split(/^(?=\S)(?!\})/m).map((statement) => statement.replace(/^\s*\n/gm, "").trim());
  return statements.filter((statement) => statement.startsWith("export ") && statement !== "export {};");
}

function nameOf(statement: string): string {
  const declaration =
    /^export (?:declare )?(?:abstract )?(?:async )?(?:interface|type|class|const|let|function|enum) ([\w$]+)/;
  return declaration.exec(statement)?.[1] ?? "";
}

function emitDeclarations(): string {
  const outDir = mkdtempSync(join(tmpdir(), "telltale-api-"));
  const project = join(outDir, "tsconfig.json");
  const compilerOptions = { noEmit: false, declaration: true, emitDeclarationOnly: true, outDir, rootDir: root };
  const paths = { typeRoots: [join(root, "node_modules/@types")] };
  const files = { include: [join(root, "packages/*/src")], exclude: [join(root, "**/*.test.ts")] };
  const config = { extends: join(root, "tsconfig.json"), compilerOptions: { ...compilerOptions, ...paths }, ...files };
  writeFileSync(project, JSON.stringify(config));
  // Type errors are for the type check to tell: declarations are written all the same.
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  try {
    execFileSync(process.execPath, [tsc, "-p", project], { stdio: "pipe" });
  } catch (error) {
    if (!existsSync(join(outDir, entries[0]!.source.replace(/\.ts$/, ".d.ts")))) throw error;
  }
  return outDir;
}
