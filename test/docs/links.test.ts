/** Whatever a page leads to is there. */
import { existsSync, globSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect, test } from "vitest";
import { root } from "../workspace.ts";
import { codeWordsOf, pages, proseOf, textOf } from "./pages.ts";

/** Folders of the repository that pages name files of. */
const FILE = /(?<![\w./-])(?:\.ci|benchmarks|deploy|docs|examples|packages|scripts|test)\/[\w./*-]*[\w*]/g;

test.each(pages)("the links of %s lead somewhere", (page) => {
  expect(linksOf(page).filter((link) => !leadsSomewhere(page, link))).toEqual([]);
});

test.each(pages)("the files that %s names are there", (page) => {
  const named = [...codeWordsOf(page).map(({ word }) => word), ...commandsOf(page)].flatMap((text) => [
    ...text.matchAll(FILE),
  ]);
  const missing = named.map(([path]) => path).filter((path) => globSync(path, { cwd: root }).length === 0);
  expect(missing).toEqual([]);
});

test("there are links and anchors to look at", () => {
  const links = pages.flatMap(linksOf);
  expect(links.length).toBeGreaterThan(100);
  expect(links.filter((link) => link.includes("#")).length).toBeGreaterThan(20);
});

/** Of links and pictures, those inside the repository. */
function linksOf(page: string): readonly string[] {
  return [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target]) => target!)
    .filter((target) => !/^[a-z]+:/.test(target));
}

function leadsSomewhere(page: string, link: string): boolean {
  const [file, anchor] = link.split("#") as [string, string?];
  const path = file === "" ? page : relative(root, join(root, dirname(page), file));
  if (!existsSync(join(root, path))) return false;
  return anchor === undefined || anchorsOf(path).includes(anchor);
}

/** As GitHub makes them: small letters, what is no letter, digit, space or dash left out, spaces as dashes. */
function anchorsOf(page: string): readonly string[] {
  return [...proseOf(page).matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\p{Pc} -]/gu, "")
      .replaceAll(" ", "-"),
  );
}

function commandsOf(page: string): readonly string[] {
  return [...textOf(page).matchAll(/^ *```sh\n(.*?)```/gms)].map(([, commands]) => commands!);
}
