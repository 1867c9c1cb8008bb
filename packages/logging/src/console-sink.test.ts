import { expect, test } from "vitest";
import { prettyLine } from "./pretty-line.ts";

const line = (fields: object) =>
  `${JSON.stringify({ level: "info", time: "2026-11-22T05:02:58.746Z", logger: "orders", ...fields })}\n`;
// The reader's time zone decides on the hour, and in some places on the minute.
const pretty = (fields: object) => prettyLine(line(fields), { colors: false }).replace(/^\d\d:\d\d:/, "hh:mm:");

test("a pretty line has time, level, logger, message, fields and the trace", () => {
  const fields = { "service.name": "desk", trace_id: "1".repeat(32), span_id: "2".repeat(16), trace_flags: "01" };
  expect(pretty({ ...fields, orderId: 7, route: { venue: "north" }, note: "a b", msg: "placed" })).toBe(
    `hh:mm:58.746 INFO  orders: placed  orderId=7 route={"venue":"north"} note="a b" trace=${"1".repeat(32)}\n`,
  );
});

test("an error's stack is below its line, with its own fields and the errors within", () => {
  const err = {
    type: "Error",
    message: "a",
    stack: "Error: a\n    at b",
    code: "E_A",
    aggregateErrors: [{ type: "Error", stack: "Error: c" }],
  };
  expect(pretty({ level: "error", msg: "failed", err })).toBe(
    'hh:mm:58.746 ERROR orders: failed\n    Error: a\n        at b\n    {"code":"E_A"}\n        Error: c\n',
  );
});

test("colours are for those who want them", () => {
  expect(prettyLine(line({ msg: "placed" }), { colors: true })).toContain("\u001b[32mINFO \u001b[0m");
  expect(prettyLine(line({ msg: "placed" }), { colors: false })).not.toContain("\u001b");
});

test("what is no JSON is printed as it is", () => {
  expect(prettyLine("oops\n", { colors: true })).toBe("oops\n");
});
