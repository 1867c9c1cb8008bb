import { expect, test } from "vitest";
import { gatherProblems } from "./configuration-error.ts";
import { type Endpoint, otlpEndpoint, zipkinEndpoint } from "./exporter-endpoint.ts";
import { type JaegerProtocol, jaegerTarget } from "./jaeger-endpoint.ts";

const gathered = gatherProblems();
const at = (text: string): Endpoint => ({ text, place: { name: "endpoint", cwd: "/", report: gathered.report } });

test.each([
  ["http://c", "general", "http://c/v1/traces"],
  ["http://c/v1/traces", "general", "http://c/v1/traces/v1/traces"],
  ["https://c:1/a//", "general", "https://c:1/a/v1/traces"],
  ["http://c", "exact", "http://c/"],
  ["http://c/x/", "exact", "http://c/x/"],
  ["http://c", "option", "http://c/v1/traces"],
  ["http://c/x", "option", "http://c/x"],
  ["http://[::1]:4318?a=b", "option", "http://[::1]:4318/v1/traces?a=b"],
] as const)("OTLP over HTTP to %s, read as %s, posts to %s", (text, reading, url) => {
  expect(otlpEndpoint(at(text), { protocol: "http/protobuf", path: "/v1/traces", reading })).toBe(url);
});

test.each(["http://c:4317", "https://c:4317", "c:4317", "c", "[::1]:4317", "127.0.0.1:4317"])(
  "gRPC goes to %s as it is",
  (text) => {
    expect(otlpEndpoint(at(text), { protocol: "grpc", path: "/v1/traces", reading: "general" })).toBe(text);
  },
);

test.each([
  ["http://z:9411", "http://z:9411/api/v2/spans"],
  ["http://z:9411/", "http://z:9411/api/v2/spans"],
  ["http://z/zipkin", "http://z/zipkin"],
])("Zipkin at %s is sent to %s", (text, url) => {
  expect(zipkinEndpoint(at(text))).toBe(url);
});

test.each<[JaegerProtocol | undefined, string | undefined, JaegerProtocol, string]>([
  [undefined, undefined, "otlp", "http://localhost:4318/v1/traces"],
  ["thrift-http", undefined, "thrift-http", "http://localhost:14268/api/traces"],
  ["thrift-udp", undefined, "thrift-udp", "localhost:6832"],
  [undefined, "http://j:4318", "otlp", "http://j:4318/v1/traces"],
  [undefined, "https://j", "otlp", "https://j/v1/traces"],
  [undefined, "http://j/custom", "otlp", "http://j/custom"],
  [undefined, "http://j:14268", "thrift-http", "http://j:14268/api/traces"],
  [undefined, "http://j/api/traces", "thrift-http", "http://j/api/traces"],
  ["thrift-http", "http://j:8080", "thrift-http", "http://j:8080/api/traces"],
  [undefined, "j:6832", "thrift-udp", "j:6832"],
  [undefined, "udp://j:6832", "thrift-udp", "j:6832"],
  ["thrift-udp", "j", "thrift-udp", "j:6832"],
  ["thrift-udp", "10.0.0.1:7000", "thrift-udp", "10.0.0.1:7000"],
  [undefined, "j:6831", "thrift-udp-compact", "j:6831"],
  ["thrift-udp-compact", "j", "thrift-udp-compact", "j:6831"],
  ["thrift-udp-compact", undefined, "thrift-udp-compact", "localhost:6831"],
  ["thrift-udp-compact", "udp://[::1]:7000", "thrift-udp-compact", "[::1]:7000"],
  ["thrift-legacy", undefined, "thrift-legacy", "localhost:6832"],
  ["thrift-legacy", "j", "thrift-legacy", "j:6832"],
  ["thrift-legacy", "http://j:14268", "thrift-legacy", "http://j:14268/api/traces"],
])("Jaeger by %s at %s is reached by %s at %s", (protocol, endpoint, reached, target) => {
  const given = endpoint === undefined ? undefined : at(endpoint);
  expect(jaegerTarget(protocol, given)).toEqual({ protocol: reached, endpoint: target });
});

test.each<[JaegerProtocol | undefined, string, string]>([
  ["thrift-udp", "udp://j:6831", "set the protocol to thrift-udp-compact"],
  ["thrift-legacy", "j:6831", "set the protocol to thrift-udp-compact"],
  ["thrift-udp-compact", "j:6832", "set the protocol to thrift-udp"],
  [undefined, "http://j:4317", 'protocol: "grpc"'],
  [undefined, "http://j:14250/", "4318"],
  [undefined, "http://j:16686", "Jaeger's page"],
  ["otlp", "http://j:14268/api/traces", "set the protocol to thrift-http"],
  ["thrift-http", "http://j:4318", "set the protocol to otlp"],
  ["thrift-udp", "http://j:14268", "set the protocol to thrift-http"],
  ["thrift-udp", "j:99999", "such as localhost:6832"],
  [undefined, "jaeger", "http:// or https://"],
])("Jaeger by %s at %s is refused: %s", (protocol, endpoint, remedy) => {
  const { report, problems } = gatherProblems();
  expect(jaegerTarget(protocol, { text: endpoint, place: { name: "endpoint", cwd: "/", report } })).toBeUndefined();
  expect(problems().map(({ message }) => message)).toEqual([expect.stringContaining(remedy)]);
});
