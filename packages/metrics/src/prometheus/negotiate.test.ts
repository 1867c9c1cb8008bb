import { expect, test } from "vitest";
import { formatFor, takesGzip } from "./negotiate.ts";

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
  [undefined, false],
  ["gzip", true],
  ["br, gzip;q=0.5", true],
  ["gzip;q=0", false],
  ["identity", false],
])("Accept-Encoding: %s takes gzip: %s", (encoding, takes) => {
  expect(takesGzip(encoding === undefined ? {} : { "accept-encoding": encoding })).toBe(takes);
});
