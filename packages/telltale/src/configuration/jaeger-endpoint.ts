import { type Endpoint, httpUrl } from "./exporter-endpoint.ts";
import { refuse } from "./place.ts";

export type JaegerProtocol = "otlp" | "thrift-http" | "thrift-udp";

export interface JaegerTarget {
  readonly protocol: JaegerProtocol;
  /** The URL to post to; for `thrift-udp`, `host:port`. */
  readonly endpoint: string;
}

const defaults: Readonly<Record<JaegerProtocol, string>> = {
  otlp: "http://localhost:4318/v1/traces",
  "thrift-http": "http://localhost:14268/api/traces",
  "thrift-udp": "localhost:6832",
};

const paths = { otlp: "/v1/traces", "thrift-http": "/api/traces" } as const;

/** Jaeger's ports and what it speaks on them: https://www.jaegertracing.io/docs/1.76/deployment/ */
const protocolOfPort: Readonly<Record<string, JaegerProtocol>> = {
  4318: "otlp",
  14268: "thrift-http",
  6832: "thrift-udp",
};

/** Ports where nothing that telltale sends would arrive. */
const refusedPorts: Readonly<Record<string, string>> = {
  6831: "port 6831 expects compact thrift, which telltale cannot write, and over UDP the loss would be silent; give port 6832 with thrift-udp, or OTLP at http://HOST:4318",
  4317: 'port 4317 expects OTLP over gRPC; give http://HOST:4318, or an exporter { type: "otlp", protocol: "grpc" }',
  14250: "port 14250 is for Jaeger's own agents; give http://HOST:4318",
  16686: "port 16686 is Jaeger's page; give http://HOST:4318",
};

/** Where and how to reach Jaeger; without a protocol, the endpoint's port tells it. */
export function jaegerTarget(
  protocol: JaegerProtocol | undefined,
  endpoint: Endpoint | undefined,
): JaegerTarget | undefined {
  if (endpoint === undefined) return { protocol: protocol ?? "otlp", endpoint: defaults[protocol ?? "otlp"] };
  const { text, place } = endpoint;
  const port = /:(\d+)(?:[/?#]|$)/.exec(text)?.[1] ?? "";
  const refused = refusedPorts[port];
  if (refused !== undefined) return refuse(place, text, `another port: ${refused}`);
  const byPort = protocolOfPort[port];
  if (protocol !== undefined && byPort !== undefined && byPort !== protocol) {
    return refuse(
      place,
      text,
      `an endpoint for ${protocol}, such as ${defaults[protocol]}, or set the protocol to ${byPort}, which port ${port} is for`,
    );
  }
  const chosen = protocol ?? byPort ?? (/^https?:\/\/[^/]+\/api\/traces/.test(text) ? "thrift-http" : "otlp");
  if (chosen === "thrift-udp") return udpTarget(endpoint);
  const url = httpUrl(endpoint, defaults[chosen]);
  if (url === undefined) return undefined;
  if (url.pathname === "/") url.pathname = paths[chosen];
  return { protocol: chosen, endpoint: url.href };
}

function udpTarget({ text, place }: Endpoint): JaegerTarget | undefined {
  const [, host, port] = /^(?:udp:\/\/)?(\[[0-9a-f:]+\]|[\w.-]+)(?::(\d+))?\/?$/i.exec(text) ?? [];
  if (host === undefined || Number(port ?? 6_832) > 65_535)
    return refuse(place, text, `a host and port, such as ${defaults["thrift-udp"]}`);
  return { protocol: "thrift-udp", endpoint: `${host}:${port ?? 6_832}` };
}
