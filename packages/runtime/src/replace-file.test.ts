import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { replaceFile } from "./replace-file.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "telltale-files-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("a file is replaced as a whole", async () => {
  const path = join(folder, "one");
  for (const text of ["before", "after"]) await replaceFile(path, text);
  expect(readFileSync(path, "utf8")).toBe("after");
  expect(readdirSync(folder)).toEqual(["one"]);
});

test.skipIf(process.platform === "win32")("where nothing can be written the file stays, and no other is left", () => {
  const path = join(folder, "one");
  writeFileSync(path, "before");
  const program = `
    import { replaceFile } from ${JSON.stringify(join(import.meta.dirname, "replace-file.ts"))};
    await replaceFile(${JSON.stringify(path)}, "after").catch(({ code }) => console.log(code));`;
  // No file may grow: as on a disk that is full.
  const command = `ulimit -f 0; exec ${process.execPath} --no-warnings --input-type=module`;
  expect(execFileSync("sh", ["-c", command], { encoding: "utf8", input: program })).toBe("EFBIG\n");
  expect(readFileSync(path, "utf8")).toBe("before");
  expect(readdirSync(folder)).toEqual(["one"]);
});
