/** What a page tells newcomers to type has to compile. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "./workspace.ts";

/** Add a page when its snippets are whole programs; one that imports `./name.ts` needs a snippet that is that file. */
const pages: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "docs/alerting.md": {},
  "docs/cluster.md": {},
  "docs/consensus.md": {},
  "docs/incidents.md": {},
  "docs/logging.md": {},
  "docs/metrics.md": {},
  "docs/promql.md": {},
  "docs/runtime.md": {},
  "docs/tracing.md": {},
  "docs/trading.md": {},
  "packages/alerting/README.md": {},
  "packages/cluster/README.md": {},
  "packages/gaming/README.md": {},
  "packages/gpu/README.md": {},
  "packages/ml/README.md": {},
  "packages/metrics/README.md": { "metrics.ts": "export const metrics", "catalogue.ts": "export const catalogue" },
  "packages/promql/README.md": {},
  "packages/runtime/README.md": {},
  "packages/trading/README.md": {},
};

// All pages at once: most of what a type check takes is for the sources that the snippets import.
const complaints = compile();

test.each(Object.keys(pages))("every snippet in %s compiles", (page) => {
  expect(snippetsOf(page).length).toBeGreaterThan(0);
  expect(complaints.filter((line) => line.includes(`/${folderOf(page)}/snippet-`))).toEqual([]);
});

test("the type check itself has run", () => {
  expect(complaints.filter((line) => line.startsWith("error"))).toEqual([]);
});

/** What tsc says of the snippets; the sources that they import are for the type check to tell. */
function compile(): readonly string[] {
  const folder = mkdtempSync(join(root, "node_modules/.readme-"));
  try {
    for (const [page, files] of Object.entries(pages)) writeSnippets(join(folder, "src", folderOf(page)), page, files);
    const config = {
      extends: join(root, "tsconfig.json"),
      // Koa comes without types.
      compilerOptions: { noImplicitAny: false },
      include: [join(folder, "src")],
      exclude: [],
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    return outputOfTsc(folder).split("\n");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function writeSnippets(folder: string, page: string, files: Readonly<Record<string, string>>): void {
  mkdirSync(folder, { recursive: true });
  const snippets = snippetsOf(page);
  snippets.forEach((snippet, i) => {
    writeFileSync(join(folder, `snippet-${i}.ts`), `${snippet}\nexport {};\n`);
  });
  for (const [file, mark] of Object.entries(files)) {
    writeFileSync(join(folder, file), snippets.find((snippet) => snippet.includes(mark)) ?? "");
  }
}

function folderOf(page: string): string {
  return page.replace(/\W/g, "-");
}

function snippetsOf(page: string): readonly string[] {
  return [...readFileSync(join(root, page), "utf8").matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code as string);
}

function outputOfTsc(folder: string): string {
  try {
    execFileSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", folder], { stdio: "pipe" });
    return "";
  } catch (error) {
    return (error as { readonly stdout: Buffer }).stdout.toString();
  }
}
