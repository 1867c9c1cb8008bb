import { expect, test } from "vitest";
import { codingFor, formFor } from "./negotiate.ts";

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
  expect(formFor(accept === undefined ? {} : { accept })).toEqual({ format, escaping: undefined });
});

// What Prometheus 3.5 sends, with and without native histograms.
const TEXTS =
  "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2";
const PROTOBUF = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.7";

test.each([
  [TEXTS, "openmetrics", "allow-utf-8"],
  [`${PROTOBUF},${TEXTS}`, "protobuf", undefined],
  [`${PROTOBUF};escaping=allow-utf-8`, "protobuf", "allow-utf-8"],
  ["text/plain;version=1.0.0;escaping=underscores;q=0.4,text/plain;version=0.0.4;q=0.3", "text", "underscores"],
  ["text/plain; escaping=values", "text", "values"],
])("Accept: %s asks for %s with escaping %s", (accept, format, escaping) => {
  expect(formFor({ accept })).toEqual({ format, escaping });
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
