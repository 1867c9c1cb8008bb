import { expect, test } from "vitest";
import { messagesOf } from "./otlp-messages.ts";
import { readProtobuf } from "./read-protobuf.ts";

const { request } = messagesOf("metrics");

function roundTrip(metric: object): { readonly tree: unknown; readonly problems: readonly string[] } {
  const problems: string[] = [];
  const bytes = request.encode({ resourceMetrics: [{ scopeMetrics: [{ metrics: [metric] }] }] }).finish();
  const tree = readProtobuf(request, bytes, (_, problem) => problems.push(problem));
  return { tree, problems };
}

/** 64 bits in the form that protobufjs writes without loss. */
function bits(value: bigint): object {
  return { low: Number(BigInt.asIntN(32, value)), high: Number(BigInt.asIntN(32, value >> 32n)) };
}

test("numbers that protobufjs writes are read back to the last bit", () => {
  const integers = [-9223372036854775808n, 9223372036854775807n, -1n, 0n, 300n];
  const timeUnixNano = 18446744073709551615n;
  const { tree, problems } = roundTrip({
    metadata: integers.map((intValue) => ({ key: "k", value: { intValue: bits(intValue) } })),
    sum: { dataPoints: [{ asInt: bits(-5n), timeUnixNano: bits(timeUnixNano) }, { asDouble: -0.1 }] },
  });
  expect(problems).toEqual([]);
  const metric = {
    metadata: integers.map((intValue) => ({ value: { intValue } })),
    sum: { dataPoints: [{ asInt: -5n, timeUnixNano }, { asDouble: -0.1 }] },
  };
  expect(tree).toMatchObject({ resourceMetrics: [{ scopeMetrics: [{ metrics: [metric] }] }] });
});

test("negative scales and offsets, which are zigzag, and packed lists are read", () => {
  const point = { scale: -3, positive: { offset: -100, bucketCounts: [1, 300] }, sum: 0.5 };
  const { tree, problems } = roundTrip({ name: "m", exponentialHistogram: { dataPoints: [point] } });
  expect(problems).toEqual([]);
  const text = JSON.stringify(tree, (_, value) => (typeof value === "bigint" ? Number(value) : value));
  expect(text).toContain('{"sum":0.5,"scale":-3,"positive":{"offset":-100,"bucketCounts":[1,300]}}');
});

test("of two members of a oneof the last one counts", () => {
  const { root } = request;
  const anyValue = root.lookupType("opentelemetry.proto.common.v1.AnyValue");
  const both = Buffer.concat([
    anyValue.encode(anyValue.fromObject({ stringValue: "s" })).finish(),
    anyValue.encode(anyValue.fromObject({ boolValue: true })).finish(),
  ]);
  expect(readProtobuf(anyValue, both, () => undefined)).toEqual({ boolValue: true });
});
