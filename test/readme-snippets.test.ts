/** What a page tells newcomers to type has to compile. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "./workspace.ts";

/** Add a page when its snippets are whole programs; one that imports `./name.ts` needs a snippet that is that file. */
const pages: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "docs/cluster.md": {},
  "docs/consensus.md": {},
  "docs/trading.md": {},
  "packages/alerting/README.md": {},
  "packages/cluster/README.md": {},
  "packages/gaming/README.md": {},
  "packages/gpu/README.md": {},
  "packages/ml/README.md": {},
  "packages/metrics/README.md": { "metrics.ts": "export const metrics", "catalogue.ts": "export const catalogue" },
  "packages/trading/README.md": {},
};

test.each(Object.keys(pages))("every snippet in %s compiles", (page) => {
  const folder = mkdtempSync(join(root, "node_modules/.readme-"));
  try {
    const snippets = snippetsOf(join(root, page));
    expect(snippets.length).toBeGreaterThan(0);
    mkdirSync(join(folder, "src"));
    snippets.forEach((snippet, i) => {
      writeFileSync(join(folder, "src", `snippet-${i}.ts`), `${snippet}\nexport {};\n`);
    });
    for (const [file, mark] of Object.entries(pages[page] ?? {})) {
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
