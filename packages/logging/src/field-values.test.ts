import { beforeEach, expect, test } from "vitest";
import { createLogging, event, logger, setLevel } from "./index.ts";

let lines: Record<string, unknown>[] = [];

beforeEach(() => {
  lines = [];
  setLevel("info");
  createLogging({ sinks: [{ write: (line) => lines.push(JSON.parse(line)) }] });
});

test("a function among the fields is called for a line that is written, and for no other", () => {
  let calls = 0;
  const book = () => ({ bids: ++calls });
  logger("orders").debug({ book }, "not written");
  logger("orders").info({ book, orderId: 7 }, "written");
  expect(lines).toMatchObject([{ book: { bids: 1 }, orderId: 7, msg: "written" }]);
  expect(calls).toBe(1);
});

test("a function that throws costs its field only", () => {
  const fields = {
    book: () => {
      throw new Error("no book");
    },
    orderId: 7,
  };
  expect(() => logger("orders").info(fields, "written")).not.toThrow();
  expect(lines).toMatchObject([{ book: "[threw Error: no book]", orderId: 7 }]);
});

test("an error is written out under any key, and what was given stays as it is", () => {
  const fields = { failure: new TypeError("socket closed"), orderId: 7 };
  logger("orders").warn(fields, "late");
  expect(lines).toMatchObject([{ failure: { type: "TypeError", message: "socket closed" }, orderId: 7 }]);
  expect(fields.failure).toBeInstanceOf(TypeError);
});

test("an event has its name beside its fields", () => {
  logger("orders").info(event("order.placed", { orderId: 7 }), "placed");
  expect(lines).toMatchObject([{ event_name: "order.placed", orderId: 7, msg: "placed" }]);
});

test("a field by the name of one that each line has gets an underscore", () => {
  logger("orders").info({ time: 5, level: "x", logger: 7, trace_id: "t", orderId: 7 }, "odd");
  expect(lines).toEqual([
    {
      level: "info",
      time: expect.any(String),
      logger: "orders",
      time_: 5,
      level_: "x",
      logger_: 7,
      trace_id_: "t",
      orderId: 7,
      msg: "odd",
    },
  ]);
});
