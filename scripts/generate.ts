/** Writes every committed file that is made from data in the sources: `npm run generate`. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { generated } from "./generated.ts";

const root = resolve(import.meta.dirname, "..");

for (const { path, text } of await generated()) {
  mkdirSync(dirname(resolve(root, path)), { recursive: true });
  writeFileSync(resolve(root, path), text);
  process.stdout.write(`${path}\n`);
}
