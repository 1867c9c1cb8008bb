/** The pages that people read, as the tests about them see them. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../workspace.ts";

/** What stands between two fences. */
export interface Block {
  /** Relative to the repository. */
  readonly page: string;
  /** Of its first line of text, from 1. */
  readonly line: number;
  /** "ts"; empty where the fence names none. */
  readonly language: string;
  readonly text: string;
  /** A comment `<!-- with: … -->` before the fence: declarations for its code that readers need not see. */
  readonly given: string;
}

/** Paths of all pages; what releases changed is history and not checked. */
export const pages: readonly string[] = ["*.md", "docs/**/*.md", "packages/*/README.md", "examples/**/*.md"]
  .flatMap((pattern) => globSync(pattern, { cwd: root, exclude: (path) => path.includes("node_modules") }))
  .sort();

export function textOf(page: string): string {
  return readFileSync(join(root, page), "utf8");
}

export function blocksOf(page: string): readonly Block[] {
  const text = textOf(page);
  return [...text.matchAll(FENCED)].map((match) => {
    const { given = "", indent = "", language = "", content = "" } = match.groups!;
    const before = text.slice(0, match.index + match[0].length - content.length - indent.length - "```".length);
    return {
      page,
      line: before.split("\n").length,
      language,
      text: content.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
      given: given.trim(),
    };
  });
}

/** The page with an empty line in the place of each line of its blocks, so that lines can be told. */
export function proseOf(page: string): string {
  return textOf(page).replaceAll(FENCED, (block) => block.replaceAll(/[^\n]/g, ""));
}

/** What stands between backticks in the prose, with its place for a message. */
export function codeWordsOf(page: string): readonly { readonly word: string; readonly place: string }[] {
  return proseOf(page)
    .split("\n")
    .flatMap((text, i) =>
      [...text.matchAll(/`([^`]+)`/g)].map(([, word]) => ({ word: word!, place: `${page}:${i + 1}` })),
    );
}

const FENCED =
  /(?:^ *<!-- with:(?<given>.*?)-->\n+)?^(?<indent> *)```(?<language>\w*)\n(?<content>.*?)^\k<indent>```$/gms;
