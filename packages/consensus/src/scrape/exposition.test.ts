import fc from "fast-check";
import { expect, test } from "vitest";
import { expositionSamples } from "./exposition.ts";

const all = (text: string) => [...expositionSamples(text, () => true)];

test("names, labels and values are read, and what else a line may hold is not", () => {
  const text = [
    "# HELP a Some help.",
    "# TYPE a counter",
    "a 1",
    'a{b="c",d="e \\"f\\" \\\\ g\\nh",} 2.5e3 1700000000000',
    'a_bucket{le="+Inf"} 7 # {trace_id="abc"} 0.3',
    "  b  -Inf  ",
    "# EOF",
    "",
  ].join("\n");
  expect(all(text)).toEqual([
    { name: "a", labels: {}, value: 1 },
    { name: "a", labels: { b: "c", d: 'e "f" \\ g\nh' }, value: 2_500 },
    { name: "a_bucket", labels: { le: "+Inf" }, value: 7 },
    { name: "b", labels: {}, value: Number.NEGATIVE_INFINITY },
  ]);
});

test("a line that is no sample is skipped, and the others are read", () => {
  expect(all('a{b="c} 1\na{b=} 1\na NaN\n<html>\na{b="c" d="e"} 1\na x\na\n\r\nc 3')).toEqual([
    { name: "c", labels: {}, value: 3 },
  ]);
});

test("any label value and number comes back as it was written", () => {
  const escaped = (text: string) => text.replace(/\\/g, "\\\\").replace(/"/g, '\\"').replace(/\n/g, "\\n");
  fc.assert(
    fc.property(fc.string(), fc.double({ noNaN: true }), (label, value) => {
      const text = `m{l="${escaped(label.replace(/\r/g, ""))}"} ${value}\n`;
      expect(all(text)).toEqual([{ name: "m", labels: { l: label.replace(/\r/g, "") }, value: Number(String(value)) }]);
    }),
  );
});

test("any text is read without an error", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'a{}=",\\ \n1.e+-#'.split("")) }), (text) => {
      expect(Array.isArray(all(text))).toBe(true);
    }),
  );
});
