import { expect, test } from "vitest";
import { clientAddress, serverAddress } from "./request-address.ts";

test.each([
  ["the Host header", { host: "shop.example:8080" }, { host: "shop.example", port: 8080 }],
  ["the scheme's port where none is named", { host: "shop.example" }, { host: "shop.example", port: 80 }],
  ["an address in brackets", { host: "[::1]:3000" }, { host: "[::1]", port: 3000 }],
  ["a proxy", { host: "inner", "x-forwarded-host": "a.example" }, { host: "a.example", port: undefined }],
  [
    "the first of several proxies",
    { host: "inner", "x-forwarded-host": "a.example, b.example", "x-forwarded-proto": "https,http" },
    { host: "a.example", port: 443 },
  ],
  [
    "RFC 7239",
    { host: "inner", forwarded: 'for=192.0.2.1, host="c.example:8443";proto=https', "x-forwarded-host": "a.example" },
    { host: "c.example", port: 8443 },
  ],
])("the server's address is told by %s", (_, headers, address) => {
  expect(serverAddress(headers, "http")).toEqual(address);
});

test.each([
  ["the connection", {}, "10.0.0.9"],
  ["a proxy", { "x-forwarded-for": "203.0.113.7" }, "203.0.113.7"],
  ["the first of several proxies", { "x-forwarded-for": " 203.0.113.7:4711 , 10.0.0.1" }, "203.0.113.7"],
  ["RFC 7239", { forwarded: 'for="[2001:db8::17]:4711";proto=https, for=10.0.0.1' }, "2001:db8::17"],
  ["a proxy that hides it", { forwarded: "for=_hidden" }, "_hidden"],
])("the client's address is told by %s", (_, headers, address) => {
  expect(clientAddress(headers, "10.0.0.9")).toBe(address);
});
