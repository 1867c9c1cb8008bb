/** Which tests of rules a promtool lets pass, of files in a folder of their own. */

import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** What `promtool test rules` says of a test file, both outputs together. */
export async function promtoolTest(program: string, rules: string, tests: string): Promise<string> {
  return await withFiles({ "rules.yaml": rules, "tests.yaml": tests }, (folder) =>
    output(program, ["test", "rules", join(folder, "tests.yaml")]),
  );
}

/** What `promtool check rules` says of a rule file. */
export async function promtoolCheck(program: string, rules: string): Promise<string> {
  return await withFiles({ "rules.yaml": rules }, async (folder) => {
    const said = await output(program, ["check", "rules", "--lint=none", join(folder, "rules.yaml")]);
    return said.replaceAll(join(folder, "rules.yaml"), "rules.yaml");
  });
}

async function withFiles<T>(files: Readonly<Record<string, string>>, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "promtool-"));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** It exits with 1 when a test fails, which is an answer too. */
async function output(program: string, parameters: readonly string[]): Promise<string> {
  try {
    const { stdout, stderr } = await run(program, parameters, { maxBuffer: 256 * 1024 * 1024 });
    return stdout + stderr;
  } catch (error) {
    const { stdout, stderr } = error as { readonly stdout?: string; readonly stderr?: string };
    if (stdout === undefined || stderr === undefined) throw error;
    return stdout + stderr;
  }
}
