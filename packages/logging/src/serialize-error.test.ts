import { expect, test } from "vitest";
import { type SerializedError, serializeError } from "./serialize-error.ts";

const plain = (error: unknown) => serializeError(error) as SerializedError;

test("causes are in message and stack, to the last", () => {
  const last = new TypeError("socket closed");
  const error = new RangeError("order failed", { cause: new Error("venue gone", { cause: last }) });
  const { type, message, stack } = plain(error);
  expect(type).toBe("RangeError");
  expect(message).toBe("order failed: venue gone: socket closed");
  expect(stack.match(/^(caused by: )?\w*Error: .*$/gm)).toEqual([
    "RangeError: order failed",
    "caused by: Error: venue gone",
    "caused by: TypeError: socket closed",
  ]);
});

test("a cause that is no error is kept as it is", () => {
  expect(plain(new Error("failed", { cause: { code: 7 } }))).toMatchObject({ message: "failed", cause: { code: 7 } });
});

test("the errors of an AggregateError are written out, with theirs", () => {
  const inner = new AggregateError([new TypeError("c")], "b");
  expect(plain(new AggregateError([new Error("a"), inner, "text"], "all venues failed"))).toMatchObject({
    type: "AggregateError",
    message: "all venues failed",
    aggregateErrors: [
      { type: "Error", message: "a", stack: expect.stringContaining("Error: a\n") },
      { type: "AggregateError", message: "b", aggregateErrors: [{ type: "TypeError", message: "c" }] },
      "text",
    ],
  });
});

test("circular causes and errors within errors end", () => {
  const error = new Error("a") as Error & { self?: unknown; errors?: unknown[] };
  error.cause = new Error("b", { cause: error });
  error.self = error;
  error.errors = [error];
  expect(plain(error)).toMatchObject({ message: "a: b", self: "[Error: a]", aggregateErrors: ["[Error: a]"] });
});

test("a frozen error, one whose getters throw and one of another realm are serialized", () => {
  expect(plain(Object.freeze(new Error("frozen")))).toMatchObject({ type: "Error", message: "frozen" });
  const odd = Object.defineProperty(new Error("odd"), "code", {
    enumerable: true,
    get: () => {
      throw new Error("no");
    },
  });
  expect(plain(odd)).toMatchObject({ message: "odd", code: undefined });
  expect(plain({ name: "Remote", message: "far", stack: "Remote: far" })).toMatchObject({ message: "far" });
});

test("the error's own fields are kept, and the error itself is not changed", () => {
  const error = Object.assign(new Error("a"), { code: "E_A", inner: new Error("b") });
  expect(plain(error)).toMatchObject({ code: "E_A", inner: { type: "Error", message: "b" } });
  expect(Object.keys(error)).toEqual(["code", "inner"]);
});

test("what is no error is returned as it is", () => {
  for (const value of [undefined, null, "text", 7, { message: "no stack" }]) expect(serializeError(value)).toBe(value);
});
