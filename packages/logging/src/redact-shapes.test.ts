import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createLogging, logger, type RedactedShape, type RedactionOptions, setLevel } from "./index.ts";

let lines: Record<string, unknown>[] = [];

function redact(options: RedactionOptions): void {
  createLogging({ redact: options, sinks: [{ write: (line) => lines.push(JSON.parse(line)) }] });
}

beforeEach(() => {
  lines = [];
  setLevel("info");
});
afterEach(() => createLogging({ sinks: [] }));

const hidden: readonly (readonly [RedactedShape, string])[] = [
  ["card", "4111111111111111"],
  ["card", "4111 1111 1111 1111"],
  ["card", "5500-0000-0000-0004"],
  ["card", "378282246310005"],
  ["email", "ada.lovelace+trades@mail.example.com"],
  ["token", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dBjftJeZ4CVPmB92K27uhbUJU1p1r_wW1gFWFOEjXk"],
  ["token", "AKIAIOSFODNN7EXAMPLE"],
  ["token", `ghp_${"a1B2".repeat(9)}`],
  ["token", `xoxb-${"1".repeat(12)}-abc`],
  ["token", `sk_live_${"a1B2".repeat(6)}`],
  ["token", "-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----"],
  ["iban", "DE89 3704 0044 0532 0130 00"],
  ["iban", "GB82WEST12345698765432"],
];

test.each(hidden)(
  "%s: %s is hidden in a message, in a field and deep inside, and its surroundings stay",
  (shape, secret) => {
    redact({ shapes: [shape] });
    logger("desk").info({ note: `<${secret}>`, deep: [{ value: secret }] }, "got %s, thanks", secret);
    expect(lines).toMatchObject([
      { note: "<[Redacted]>", deep: [{ value: "[Redacted]" }], msg: "got [Redacted], thanks" },
    ]);
  },
);

test("of credentials in a header or a URL the rest is kept", () => {
  redact({ shapes: ["token"] });
  logger("desk").info("Authorization: Bearer abc.DEF-123 for postgres://app:s3cr3t@db:5432/trades?x=1");
  expect(lines[0]!["msg"]).toBe("Authorization: Bearer [Redacted] for postgres://app:[Redacted]@db:5432/trades?x=1");
});

test("texts under keys that say they are secret are hidden at any depth", () => {
  redact({ shapes: ["key"] });
  const headers = { authorization: 'a "quoted" one', Cookie: "sid=1", accept: "json" };
  logger("desk").info({ req: { headers }, password: "x", apiKey: "k", passwordLength: 8, tokenCount: "3" }, "login");
  expect(lines[0]).toMatchObject({
    req: { headers: { authorization: "[Redacted]", Cookie: "[Redacted]", accept: "json" } },
    password: "[Redacted]",
    apiKey: "[Redacted]",
    passwordLength: 8,
    tokenCount: "3",
  });
});

test("a card number that is a number becomes a text, and the line stays JSON", () => {
  redact({ shapes: ["card"] });
  logger("desk").info({ card: 4111111111111111, list: [4111111111111111, 7] }, '"4111111111111111,"');
  expect(lines[0]).toMatchObject({ card: "[Redacted]", list: ["[Redacted]", 7], msg: '"[Redacted],"' });
});

describe("what only looks like it stays", () => {
  test("numbers of a card's length: times, ids, prices, another last digit", () => {
    redact({ shapes: ["card", "iban"] });
    const fields = {
      atMs: 1_763_800_000_000,
      at: "1763800000000",
      id: "4111111111111112",
      price: 4111111111111.111,
      uuid: "4f9c2b1a-4111-4111-8111-411111111111",
    };
    logger("desk").info(fields, "order 12345678901234");
    expect(lines[0]).toMatchObject({ ...fields, msg: "order 12345678901234" });
  });

  test("the ids of a span", () => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    redact({ shapes: ["card"] });
    const spanContext = { traceId: "41111111111111114111111111111111", spanId: "4111111111111111", traceFlags: 1 };
    context.with(trace.setSpanContext(context.active(), spanContext), () => logger("desk").info("placed"));
    context.disable();
    expect(lines[0]).toMatchObject({ trace_id: spanContext.traceId, span_id: spanContext.spanId });
  });
});

test("patterns of one's own are hidden with the words that were asked for", () => {
  redact({ patterns: [/acct-\d+/], censor: 'an "account"' });
  logger("desk").info({ from: "acct-17" }, "acct-1 to acct-2");
  expect(lines[0]).toMatchObject({ from: 'an "account"', msg: 'an "account" to an "account"' });
});

test("paths are redacted in loggers made before and after, in their children, and no longer when switched off", () => {
  const before = logger("made before");
  const child = before.child({ desk: "d1" });
  redact({ paths: ["password", "req.headers.authorization"] });
  for (const log of [before, child, logger("made after redaction")]) {
    log.info({ password: "x", req: { headers: { authorization: "y" } } }, "login");
  }
  const hiddenFields = { password: "[Redacted]", req: { headers: { authorization: "[Redacted]" } } };
  expect(lines).toMatchObject([hiddenFields, { ...hiddenFields, desk: "d1" }, hiddenFields]);
  redact({ paths: ["password"], remove: true });
  before.info({ password: "x" }, "login");
  expect(lines[3]).not.toHaveProperty("password");
  redact({});
  before.info({ password: "x" }, "login");
  expect(lines[4]).toMatchObject({ password: "x" });
});
