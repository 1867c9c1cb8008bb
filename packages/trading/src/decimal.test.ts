import fc from "fast-check";
import { expect, test } from "vitest";
import { add, compare, decimal, decimalNumber, decimalText, divide, multiply, negate, subtract } from "./decimal.ts";

const text = fc
  .tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 10n ** 24n }), fc.nat({ max: 18 }))
  .map(([minus, units, scale]) => {
    const digits = String(units).padStart(scale + 1, "0");
    const point = digits.length - scale;
    return `${minus && units !== 0n ? "-" : ""}${digits.slice(0, point)}${scale > 0 ? `.${digits.slice(point)}` : ""}`;
  });

/** The slow way: everything at one scale that is large enough. */
const units = (of: string, scale: number): bigint => {
  const [whole = "", fraction = ""] = of.replace("-", "").split(".");
  const value = BigInt(whole + fraction.padEnd(scale, "0"));
  return of.startsWith("-") ? -value : value;
};

test("a text stays as it is written, however many digits it has", () => {
  fc.assert(
    fc.property(text, (one) => {
      expect(decimalText(decimal(one)!)).toBe(one);
    }),
  );
});

test("sums, differences, products and comparisons are exact", () => {
  fc.assert(
    fc.property(text, text, (a, b) => {
      const [x, y] = [decimal(a)!, decimal(b)!];
      expect(units(decimalText(add(x, y)), 18)).toBe(units(a, 18) + units(b, 18));
      expect(units(decimalText(subtract(x, y)), 18)).toBe(units(a, 18) - units(b, 18));
      expect(units(decimalText(multiply(x, y)), 36)).toBe(units(a, 18) * units(b, 18));
      expect(Math.sign(compare(x, y))).toBe(Number(units(a, 18) > units(b, 18)) - Number(units(a, 18) < units(b, 18)));
      expect(decimalNumber(x)).toBe(Number(a));
    }),
  );
});

test("ten cents a million times are a hundred thousand", () => {
  let sum = decimal(0)!;
  const cents = decimal(0.1)!;
  for (let i = 0; i < 1_000_000; i++) sum = add(sum, cents);
  expect(decimalText(sum)).toBe("100000.0");
});

test.each([
  ["1e-7", "0.0000001"],
  [1e-7, "0.0000001"],
  ["1.5E+3", "1500"],
  [".5", "0.5"],
  ["5.", "5"],
  ["-0", "0"],
  ["+1.20", "1.20"],
  [12345678901234567890n, "12345678901234567890"],
  [0.1, "0.1"],
])("%s is read as %s", (input, expected) => {
  expect(decimalText(decimal(input)!)).toBe(expected);
});

test.each([
  [Number.NaN],
  [Number.POSITIVE_INFINITY],
  [""],
  ["."],
  ["-"],
  ["1,5"],
  ["0x10"],
  ["1e999"],
  ["9".repeat(61)],
  [null],
  [undefined],
  [{}],
  [true],
])("%s is no decimal", (input) => {
  expect(decimal(input)).toBeUndefined();
});

test("a quotient is cut at the digits that were asked for", () => {
  expect(decimalText(divide(decimal(1)!, decimal(3)!, 5))).toBe("0.33333");
  expect(decimalText(divide(decimal("-10")!, decimal("0.04")!, 2))).toBe("-250.00");
  expect(decimalText(negate(decimal("0")!))).toBe("0");
});
