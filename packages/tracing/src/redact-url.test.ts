import fc from "fast-check";
import { expect, test } from "vitest";
import { redactQuery, redactUrl } from "./redact-url.ts";

test.each([
  ["https://user:password@example.com/path", "https://REDACTED:REDACTED@example.com/path"],
  ["https://ghp_token@example.com", "https://REDACTED@example.com"],
  ["https://user:p@ss@example.com:8443/", "https://REDACTED:REDACTED@example.com:8443/"],
  ["https://example.com/a?color=blue&sig=abc", "https://example.com/a?color=blue&sig=REDACTED"],
  ["/callback?code=abc&state=x#access_token=def", "/callback?code=REDACTED&state=x#access_token=REDACTED"],
  ["https://example.com/@me?to=a@b", "https://example.com/@me?to=a@b"],
  ["https://example.com/orders/7?side=buy", "https://example.com/orders/7?side=buy"],
  ["Server=db;User Id=sa;Password=abc", "Server=db;User Id=sa;Password=REDACTED"],
  ["", ""],
])("%s", (url, redacted) => {
  expect(redactUrl(url)).toBe(redacted);
});

test.each([
  "AWSAccessKeyId",
  "Signature",
  "sig",
  "X-Goog-Signature",
  "X-Amz-Security-Token",
  "access_token",
  "API-KEY",
  "client_secret",
])("the value of %s is redacted", (name) => {
  expect(redactQuery(`a=1&${name}=abc%20def&b=2`)).toBe(`a=1&${name}=REDACTED&b=2`);
});

test.each(["api%5Fkey", "auth[password]", "%74oken", "user.password"])("a name written as %s is recognised", (name) => {
  expect(redactQuery(`?${name}=abc`)).toBe(`?${name}=REDACTED`);
});

test.each(["keyboard=us", "tokens=3", "coder=x", "monkey=1", "flag", "token=", "=x", "a=%zz&%zz=1", "&&?", "author=x"])(
  "%s stays as it is",
  (query) => {
    expect(redactQuery(query)).toBe(query);
  },
);

test("no part of a secret survives, and the rest does, wherever it stands", () => {
  const plain = fc
    .stringMatching(/^[a-z]{0,3}=[a-zA-Z0-9%+]{0,8}$/)
    .filter((pair) => !/^(key|sid|sig|otp|jwt|pwd)=/.test(pair));
  const secret = fc.stringMatching(/^[^?&#;]{1,12}$/).map((value) => `token=${value}`);
  fc.assert(
    fc.property(fc.array(plain), secret, fc.array(plain), (before, pair, after) => {
      const url = (one: string): string => `http://h/p?${[...before, one, ...after].join("&")}`;
      expect(redactUrl(url(pair))).toBe(url("token=REDACTED"));
    }),
  );
});

test("redacting twice changes nothing, whatever the text", () => {
  const pieces = fc.constantFrom(
    "http:",
    "//",
    "/",
    "@",
    ":",
    "?",
    "&",
    "=",
    "#",
    ";",
    "token",
    "key",
    "x",
    "%",
    "%74",
    "\\",
  );
  fc.assert(
    fc.property(fc.array(pieces), (parts) => {
      const once = redactUrl(parts.join(""));
      expect(redactUrl(once)).toBe(once);
    }),
    { numRuns: 2_000 },
  );
});

test.each(["@", "?", "&token=x", "//", "%", "http://a@"])(
  "a million characters of %s take a linear number of steps",
  (piece) => {
    expect(redactUrl(piece.repeat(Math.ceil(1_000_000 / piece.length))).length).toBeGreaterThan(0);
  },
);
