/**
 * What a page tells newcomers to type has to compile. Each block is a module of its own; one that begins with the comment
 * `// name.ts` is also the file of that name for the other blocks of its page. Names that a block takes from the
 * reader's application are declared in a comment before it, `<!-- with: declare const app: Express; -->`.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../workspace.ts";
import { type Block, blocksOf, pages } from "./pages.ts";

/** Koa comes without types. */
const KOA = `declare module "koa" {
  import type { IncomingMessage, ServerResponse } from "node:http";
  type Context = { path: string; respond: boolean; req: IncomingMessage; res: ServerResponse };
  export default class {
    use(middleware: (context: Context, next: () => Promise<void>) => Promise<void>): void;
    listen(port: number): void;
  }
}
`;

const CODE = new Set(["ts", "js", "typescript", "javascript", "mjs", "cjs"]);

/** Pages whose code cannot be checked, with the reason. */
const unchecked: Readonly<Record<string, string>> = {
  "examples/simulators/README.md": "an outline of what each simulator there is, and those are checked",
};

const blocks = pages.flatMap(blocksOf).filter(({ language }) => CODE.has(language));
const checked = blocks.filter(({ page }) => unchecked[page] === undefined);
// All pages at once: most of what a type check takes is for the sources that the blocks import.
const complaints = compile();

test.each([...new Set(checked.map(({ page }) => page))])("the code of %s compiles", (page) => {
  expect(complaints.filter((line) => line.startsWith(`${page}:`))).toEqual([]);
});

// What is wrong in the sources that blocks import is for the type check of everything to tell.
test("the type check itself has run", () => {
  expect(complaints.filter((line) => line.startsWith("error"))).toEqual([]);
  expect(checked.length).toBeGreaterThan(100);
});

test("pages that are not checked have code", () => {
  expect(Object.keys(unchecked).filter((page) => !blocks.some((block) => block.page === page))).toEqual([]);
});

/** What tsc says of the blocks, at their places on the pages. */
function compile(): readonly string[] {
  const folder = mkdtempSync(join(root, "node_modules/.docs-"));
  try {
    const config = { extends: join(root, "tsconfig.json"), include: [join(folder, "src")], exclude: [] };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    mkdirSync(join(folder, "src"));
    writeFileSync(join(folder, "src/koa.d.ts"), KOA);
    const places = new Map(checked.flatMap((block, i) => write(block, { folder, name: `block-${i}.ts` })));
    return outputOfTsc(folder)
      .split("\n")
      .filter((line) => /error TS\d+/.test(line))
      .map((line) => placed(line, places));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Writes a block as a module, and as the file that it names; returns where each is from. */
function write(
  block: Block,
  { folder, name }: { readonly folder: string; readonly name: string },
): readonly (readonly [string, Block])[] {
  const page = `src/${block.page.replaceAll(/\W/g, "-")}`;
  mkdirSync(join(folder, page), { recursive: true });
  const [, own] = /^\/\/ ([\w-]+\.ts)\b/.exec(block.text) ?? [];
  // On one line, so that the lines below are those of the page.
  const given = block.given.replaceAll("\n", " ");
  return [name, own].flatMap((file) => {
    if (file === undefined) return [];
    writeFileSync(join(folder, page, file), `${given} export {};\n${block.text}`);
    return [[`${page}/${file}`, block] as const];
  });
}

function placed(complaint: string, places: ReadonlyMap<string, Block>): string {
  const [, file = "", line, rest] = /(src\/[^(]+)\((\d+),\d+\): (.*)/.exec(complaint) ?? [];
  const block = places.get(file);
  return block === undefined ? complaint : `${block.page}:${block.line + Number(line) - 2}: ${rest}`;
}

function outputOfTsc(folder: string): string {
  try {
    execFileSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", folder], {
      cwd: folder,
      stdio: "pipe",
    });
    return "";
  } catch (error) {
    return (error as { readonly stdout: Buffer }).stdout.toString();
  }
}
