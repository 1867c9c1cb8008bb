import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { generated } from "../scripts/generated.ts";

const root = resolve(import.meta.dirname, "..");

test.each(await generated())("$path is what npm run generate writes", ({ path, text }) => {
  expect(readFileSync(resolve(root, path), "utf8")).toBe(text);
});
