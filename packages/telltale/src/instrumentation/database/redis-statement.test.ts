import { expect, test } from "vitest";
import { redisStatement } from "./redis-statement.ts";

test.each([
  ["GET", ["quote:ABC"], "GET quote:ABC"],
  ["set", ["quote:ABC", "secret"], "set quote:ABC [1 other arguments]"],
  ["SISMEMBER", ["users", "secret"], "SISMEMBER users [1 other arguments]"],
  ["LREM", ["list", "0", "secret"], "LREM list [2 other arguments]"],
  ["EVAL", ["return 'secret'", "0"], "EVAL [2 other arguments]"],
  ["AUTH", ["secret"], "AUTH [1 other arguments]"],
  ["CONFIG", ["SET", "requirepass", "secret"], "CONFIG SET [2 other arguments]"],
  ["GET", [Buffer.from("quote:ABC")], "GET quote:ABC"],
  ["MULTI", [], "MULTI"],
])("%s %j is written as %j", (command, args, statement) => {
  expect(redisStatement(command, args)).toBe(statement);
});

test("a command without arguments is its name", () => {
  expect(redisStatement("QUIT")).toBe("QUIT");
});
