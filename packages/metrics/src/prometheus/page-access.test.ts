import { expect, test } from "vitest";
import { type PageAccess, pageAccess } from "./page-access.ts";

const basic = (text: string): string => `Basic ${Buffer.from(text).toString("base64")}`;

test.each([
  ["Bearer s3cret", undefined],
  ["bearer s3cret", undefined],
  ["Bearer  s3cret ", undefined],
  ["Bearer s3cre", 401],
  ["Bearer s3cret2", 401],
  ["s3cret", 401],
  ["Basic s3cret", 401],
  [basic("prometheus:grüße:x"), undefined],
  [basic("prometheus:grüße"), 401],
  [basic("other:grüße:x"), 401],
  ["Bearer prometheus:grüße:x", 401],
  ["", 401],
  [undefined, 401],
])("Authorization: %s is answered with %s where a token or a password will do", (authorization, status) => {
  const access: PageAccess = { bearerToken: "s3cret", basicAuth: { username: "prometheus", password: "grüße:x" } };
  const refusal = pageAccess({ ...access, host: undefined })({ headers: authorization ? { authorization } : {} });
  expect(refusal?.status).toBe(status);
  if (status !== undefined)
    expect(refusal?.challenges).toEqual(['Bearer realm="metrics"', 'Basic realm="metrics", charset="UTF-8"']);
});

test.each([
  ["127.0.0.1", undefined, "localhost:9464", undefined],
  ["127.0.0.1", undefined, "127.0.0.1:9464", undefined],
  ["::1", undefined, "[::1]:9464", undefined],
  ["127.0.0.1", undefined, "10.0.0.7", undefined],
  ["localhost", undefined, "evil.example:9464", 403],
  ["127.0.0.1", undefined, "localhost.evil.example", 403],
  ["127.0.0.1", undefined, "127.0.0.1.evil.example", 403],
  ["127.0.0.1", undefined, "", 403],
  ["127.0.0.1", undefined, undefined, undefined],
  ["127.0.0.1", ["metrics.internal"], "METRICS.internal.:9464", undefined],
  ["127.0.0.1", ["metrics.internal"], "evil.example", 403],
  ["0.0.0.0", undefined, "evil.example", undefined],
  ["0.0.0.0", ["metrics.internal"], "evil.example", 403],
  ["desk.internal", ["metrics.internal"], "desk.internal:80", undefined],
  [undefined, undefined, "evil.example", undefined],
  [undefined, ["metrics.internal"], "evil.example", 403],
])("listening on %s with %s allowed, Host: %s is answered with %s", (host, allowedHosts, header, status) => {
  const check = pageAccess({ host, ...(allowedHosts && { allowedHosts }) });
  expect(check({ headers: header === undefined ? {} : { host: header } })?.status).toBe(status);
});

test.each([
  [{ bearerToken: "" }, "bearerToken is empty"],
  [{ bearerToken: "s3cret\n" }, "a line break"],
  [{ basicAuth: { username: "a:b", password: "s3cret" } }, "has a colon"],
  [{ basicAuth: { username: "", password: "s3cret" } }, "username is empty"],
  [{ basicAuth: { username: "a", password: "" } }, "password is empty"],
])("credentials that would let nobody or everybody in are refused, and not shown: %#", (access, message) => {
  const open = () => pageAccess({ ...access, host: undefined });
  expect(open).toThrow(message);
  expect(open).not.toThrow("s3cret");
  expect(open).toThrow(expect.objectContaining({ code: "TELLTALE_BAD_CREDENTIALS" }));
});
