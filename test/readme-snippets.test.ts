/** What a README tells newcomers to type has to compile. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "./workspace.ts";

/** Add a package when its snippets are whole programs; one that imports `./name.ts` needs a snippet that is that file. */
const packages: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  alerting: {},
  gaming: {},
  gpu: {},
  ml: {},
  metrics: { "metrics.ts": "export const metrics", "catalogue.ts": "export const catalogue" },
};

test.each(Object.keys(packages))("every snippet in the README of %s compiles", (name) => {
  const folder = mkdtempSync(join(root, "node_modules/.readme-"));
  try {
    const snippets = snippetsOf(join(root, "packages", name, "README.md"));
    expect(snippets.length).toBeGreaterThan(0);
    mkdirSync(join(folder, "src"));
    snippets.forEach((snippet, i) => {
      writeFileSync(join(folder, "src", `snippet-${i}.ts`), `${snippet}\nexport {};\n`);
    });
    for (const [file, mark] of Object.entries(packages[name] ?? {})) {
      writeFileSync(join(folder, "src", file), snippets.find((snippet) => snippet.includes(mark)) ?? "");
    }
    // Koa comes without types.
    const compilerOptions = { noImplicitAny: false };
    const config = {
      extends: join(root, "tsconfig.json"),
      compilerOptions,
      include: [join(folder, "src")],
      exclude: [],
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    expect(complaints(folder)).toBe("");
  } finally {
    rmSync(folder, { recursive: true });
  }
});

function snippetsOf(path: string): readonly string[] {
  return [...readFileSync(path, "utf8").matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code as string);
}

/** What tsc says of the snippets; the sources that they import are for the type check to tell. */
function complaints(folder: string): string {
  try {
    execFileSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", folder], { stdio: "pipe" });
    return "";
  } catch (error) {
    const { stdout } = error as { readonly stdout: Buffer };
    return stdout
      .toString()
      .split("\n")
      .filter((line) => line.includes("snippet-"))
      .join("\n");
  }
}
