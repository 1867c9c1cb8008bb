import { expect, test } from "vitest";
import { codingFor, formatFor } from "./negotiate.ts";

test.each([
  [undefined, "text"],
  ["*/*", "text"],
  ["text/html,application/xhtml+xml,*/*;q=0.8", "text"],
  [
    "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
    "openmetrics",
  ],
  ["application/openmetrics-text;version=0.0.1,text/plain;version=0.0.4;q=0.5", "text"],
  ["application/openmetrics-text; version=1.0.0; q=0.2, text/plain; q=0.5", "text"],
  ["application/openmetrics-text;q=0", "text"],
])("Accept: %s is answered in %s", (accept, format) => {
  expect(formatFor(accept === undefined ? {} : { accept })).toBe(format);
});

test.each([
  [undefined, undefined],
  ["gzip", "gzip"],
  ["br, gzip;q=0.5", "gzip"],
  ["gzip;q=0", undefined],
  ["identity", undefined],
  ["gzip, zstd", "zstd"],
  ["gzip, zstd;q=0.9", "gzip"],
  ["gzip;q=0.2, zstd;q=0.3", "zstd"],
  ["gzip;q=0.5, identity", undefined],
  ["zstd;q=0, *", "gzip"],
  ["*;q=0", undefined],
  ["zstd;q=x", undefined],
])("Accept-Encoding: %s is answered with %s", (encoding, coding) => {
  expect(codingFor(encoding === undefined ? {} : { "accept-encoding": encoding })).toBe(coding);
});
