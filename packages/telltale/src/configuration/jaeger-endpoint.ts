import { type Endpoint, httpUrl } from "./exporter-endpoint.ts";
import { refuse } from "./place.ts";

export type JaegerProtocol = "otlp" | "thrift-http" | "thrift-udp" | "thrift-udp-compact" | "thrift-legacy";

export interface JaegerTarget {
  readonly protocol: JaegerProtocol;
  /** The URL to post to; over UDP, `host:port`. */
  readonly endpoint: string;
}

const defaults: Readonly<Record<JaegerProtocol, string>> = {
  otlp: "http://localhost:4318/v1/traces",
  "thrift-http": "http://localhost:14268/api/traces",
  "thrift-udp": "localhost:6832",
  "thrift-udp-compact": "localhost:6831",
  "thrift-legacy": "localhost:6832",
};

const paths = { otlp: "/v1/traces", "thrift-http": "/api/traces" } as const;

/** Jaeger's ports and what it speaks on them: https://www.jaegertracing.io/docs/1.76/deployment/ */
const protocolOfPort: Readonly<Record<string, Exclude<JaegerProtocol, "thrift-legacy">>> = {
  4318: "otlp",
  14268: "thrift-http",
  6832: "thrift-udp",
  6831: "thrift-udp-compact",
};

/** Ports where nothing that telltale sends would arrive. */
const refusedPorts: Readonly<Record<string, string>> = {
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
  if (protocol === "thrift-legacy") return legacyTarget(endpoint, byPort);
  if (protocol !== undefined && byPort !== undefined && byPort !== protocol) {
    return refuse(
      place,
      text,
      `an endpoint for ${protocol}, such as ${defaults[protocol]}, or set the protocol to ${byPort}, which port ${port} is for`,
    );
  }
  const chosen = protocol ?? byPort ?? (/^https?:\/\/[^/]+\/api\/traces/.test(text) ? "thrift-http" : "otlp");
  if (chosen === "thrift-udp" || chosen === "thrift-udp-compact") return udpTarget(endpoint, chosen);
  const url = httpUrl(endpoint, defaults[chosen]);
  if (url === undefined) return undefined;
  if (url.pathname === "/") url.pathname = paths[chosen];
  return { protocol: chosen, endpoint: url.href };
}

/** @opentelemetry/exporter-jaeger speaks binary thrift, over HTTP to a URL and over UDP to anything else. */
function legacyTarget(endpoint: Endpoint, byPort: JaegerProtocol | undefined): JaegerTarget | undefined {
  const { text, place } = endpoint;
  if (byPort === "otlp" || byPort === "thrift-udp-compact") {
    return refuse(place, text, `http://HOST:14268 or HOST:6832 for thrift-legacy, or set the protocol to ${byPort}`);
  }
  if (!/^https?:/i.test(text)) return udpTarget(endpoint, "thrift-legacy");
  const url = httpUrl(endpoint, defaults["thrift-http"]);
  if (url === undefined) return undefined;
  if (url.pathname === "/") url.pathname = paths["thrift-http"];
  return { protocol: "thrift-legacy", endpoint: url.href };
}

function udpTarget(
  { text, place }: Endpoint,
  protocol: "thrift-udp" | "thrift-udp-compact" | "thrift-legacy",
): JaegerTarget | undefined {
  const preset = defaults[protocol];
  const presetPort = preset.slice(preset.indexOf(":") + 1);
  const [, host, port = presetPort] = /^(?:udp:\/\/)?(\[[0-9a-f:]+\]|[\w.-]+)(?::(\d+))?\/?$/i.exec(text) ?? [];
  if (host === undefined || Number(port) > 65_535) return refuse(place, text, `a host and port, such as ${preset}`);
  return { protocol, endpoint: `${host}:${port}` };
}
