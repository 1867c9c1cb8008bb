/** Who asked and who was asked, as proxies tell it: https://opentelemetry.io/docs/specs/semconv/http/http-spans/ */

import type { IncomingHttpHeaders } from "node:http";

export interface HostAndPort {
  readonly host: string;
  readonly port: number | undefined;
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443 };

/** `server.address` and `server.port`: what the client asked for, not what it reached. */
export function serverAddress(headers: IncomingHttpHeaders, scheme: "http" | "https"): HostAndPort | undefined {
  const { forwarded, host } = headers;
  if (forwarded !== undefined) {
    const entry = forwardedEntries(forwarded).find((one) => one["host"]);
    if (entry !== undefined) return hostAndPort(entry["host"]!, entry["proto"]);
  }
  const forwardedHost = firstOf(headers["x-forwarded-host"]);
  if (forwardedHost) return hostAndPort(forwardedHost, firstOf(headers["x-forwarded-proto"]));
  return host ? hostAndPort(host, scheme) : undefined;
}

/** `client.address`, which is the peer's unless a proxy names another. */
export function clientAddress(headers: IncomingHttpHeaders, peer: string | undefined): string | undefined {
  const { forwarded } = headers;
  if (forwarded !== undefined) {
    const entry = forwardedEntries(forwarded).find((one) => one["for"]);
    if (entry !== undefined) return withoutPort(entry["for"]!);
  }
  const forwardedFor = firstOf(headers["x-forwarded-for"]);
  return forwardedFor ? withoutPort(forwardedFor) : peer;
}

// Most requests of a service ask for the same host.
let lastHost = "";
let lastScheme: string | undefined;
let lastAddress: HostAndPort = { host: "", port: undefined };

function hostAndPort(header: string, scheme: string | undefined): HostAndPort {
  if (header === lastHost && scheme === lastScheme) return lastAddress;
  const [, host = header, port] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(header) ?? [];
  lastHost = header;
  lastScheme = scheme;
  lastAddress = { host, port: port === undefined ? DEFAULT_PORTS[scheme ?? ""] : Number(port) };
  return lastAddress;
}

function withoutPort(address: string): string {
  try {
    const { hostname } = new URL(`http://${address}`);
    return hostname.startsWith("[") ? hostname.slice(1, -1) : hostname;
  } catch {
    return address;
  }
}

/** Each proxy may add what it was told to the end of a list. */
function firstOf(header: string | readonly string[] | undefined): string | undefined {
  const text = typeof header === "string" ? header : header?.[0];
  return text?.includes(",") ? text.slice(0, text.indexOf(",")).trim() : text?.trim();
}

/** RFC 7239: `for=192.0.2.43;proto=https, for="[2001:db8::17]:4711"`. */
function forwardedEntries(header: string): Readonly<Record<string, string>>[] {
  const entries: Record<string, string>[] = [{}];
  for (const [, name, quoted, plain, end] of header.matchAll(
    /([\w!#$%&'*+.^`|~-]+)=(?:"((?:[^"\\]|\\.)*)"|([^;,\s]*))\s*([;,]?)/g,
  )) {
    entries.at(-1)![name!.toLowerCase()] = quoted === undefined ? plain! : quoted.replaceAll(/\\(.)/g, "$1");
    if (end === ",") entries.push({});
  }
  return entries;
}
