import { expect, test } from "vitest";
import { parseOrder } from "./order.ts";

const order = { symbol: "ACME", side: "buy", quantity: 10, limitPrice: 150, trader: "ann" };

test("a whole order is taken as it is, and an unnamed trader is you", () => {
  expect(parseOrder(order)).toEqual({ order });
  expect(parseOrder({ ...order, trader: undefined })).toEqual({ order: { ...order, trader: "you" } });
});

test("every problem is named with what it got and what to give", () => {
  const parsed = parseOrder({ symbol: "constructor", side: "hold", quantity: "10", limitPrice: -1, trader: "a b" });
  expect(parsed).toEqual({
    problems: [
      'symbol is "constructor"; give one of ACME, GLOBEX, INITECH, HOOLI',
      'side is "hold"; give "buy" or "sell"',
      'quantity is "10"; give a whole number from 1 to 10000',
      "limitPrice is -1; give a number of dollars from 0.01 to 1000000",
      'trader is "a b"; give 1 to 32 letters, digits, dots or dashes',
    ],
  });
});

test("a body that is no object is named as such", () => {
  for (const body of [undefined, null, "order", 7, [order]]) {
    expect(parseOrder(body)).toEqual({
      problems: ["the body must be a JSON object, sent with content-type: application/json"],
    });
  }
});

test("a long value is cut short in the answer", () => {
  const parsed = parseOrder({ ...order, symbol: "A".repeat(1_000_000) });
  expect(JSON.stringify(parsed).length).toBeLessThan(200);
});
