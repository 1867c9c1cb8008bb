import fc from "fast-check";
import { expect, test } from "vitest";
import { TextTable } from "./text-table.ts";

test("a table of texts holds what a Map holds", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 64 }),
    fc.nat(2_000).map((n) => `SYMBOL-${n}`),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(text, fc.nat()), { maxLength: 300 }), (entries) => {
      const table = new TextTable<number>();
      const map = new Map<string, number>();
      for (const [key, value] of entries) {
        expect(table.get(key)).toBe(map.get(key));
        table.set(key, value);
        map.set(key, value);
      }
      for (const [key, value] of map) expect(table.get(key)).toBe(value);
      expect(table.get("never put in")).toBe(map.get("never put in"));
    }),
  );
});

test("texts that differ in one character anywhere are spread over the table", () => {
  const table = new TextTable<number>();
  const texts = Array.from({ length: 60_000 }, (_, i) => {
    const at = i % 60;
    return `${"a".repeat(at)}${String.fromCharCode(200 + Math.floor(i / 60))}${"a".repeat(59 - at)}`;
  });
  for (const [i, text] of texts.entries()) table.set(text, i);
  for (const [i, text] of texts.entries()) expect(table.get(text)).toBe(i);
});
