/** Runs a program to its end with only the loading of instrumentations around it, and gives its spans. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { startChild } from "./child.ts";

export interface ObservedSpan {
  readonly name: string;
  readonly kind: "INTERNAL" | "SERVER" | "CLIENT";
  readonly scope: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly failed: boolean;
  readonly exceptions: number;
}

export interface ObservedProgramOptions {
  /** @default "esm" */
  readonly language?: "esm" | "cjs";
  readonly instrumentations?: Readonly<Record<string, boolean | Readonly<Record<string, unknown>>>>;
  /** Instead of telltale's own; `<folder>` stands for the program's folder. */
  readonly table?: readonly object[];
  /** An ESM program that runs before telltale starts. */
  readonly before?: string;
  /** Further files by their path beside the program, such as `node_modules/openai/package.json`. */
  readonly files?: Readonly<Record<string, string>>;
  /** @default the Node that runs the tests */
  readonly node?: string;
}

export interface ObservedProgram {
  readonly spans: readonly ObservedSpan[];
  /** Standard output without the spans. */
  readonly output: string;
  readonly stderr: string;
}

/** `globalThis.handle` is in the program what `startInstrumentations` returned. */
export async function runObserved(source: string, options: ObservedProgramOptions = {}): Promise<ObservedProgram> {
  const folder = makeFolder();
  const file = join(folder, options.language === "cjs" ? "app.cjs" : "app.mjs");
  write(file, source);
  for (const [path, text] of Object.entries(options.files ?? {})) write(join(folder, path), text);
  const before = join(folder, "before.mjs");
  if (options.before !== undefined) write(before, options.before);

  const { instrumentations, table } = options;
  write(join(folder, "watch-modules.json"), JSON.stringify({ instrumentations, table }).replaceAll("<folder>", folder));
  const child = await startChild(
    options.node ?? process.execPath,
    [
      "--conditions=telltale-source",
      "--disable-warning=ExperimentalWarning",
      ...(options.before === undefined ? [] : ["--import", before]),
      ...["--import", join(import.meta.dirname, "fixtures/watch-modules.mjs")],
      file,
    ],
    {
      cwd: folder,
      env: {
        PATH: process.env["PATH"],
        ...typeStripping(options.node),
      },
    },
  );
  const { code, signal, stdout, stderr } = await child.exited;
  if (code !== 0) throw new Error(`The program ended with ${signal ?? code}\n${stdout}${stderr}`);
  const lines = stdout.split("\n").filter((line) => line !== "");
  return {
    spans: lines.filter((line) => line.startsWith("SPAN ")).map((line) => JSON.parse(line.slice(5)) as ObservedSpan),
    output: lines.filter((line) => !line.startsWith("SPAN ")).join("\n"),
    stderr,
  };
}

/** Inside the workspace, so that the program finds its packages, and where git ignores it. */
function makeFolder(): string {
  const parent = join(import.meta.dirname, "../../.cache/e2e");
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, "observed-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** Node 22 before 22.18 has it behind a flag, which later versions may lack. */
function typeStripping(node: string | undefined): NodeJS.ProcessEnv {
  return node?.includes("22.15") ? { NODE_OPTIONS: "--experimental-strip-types" } : {};
}
