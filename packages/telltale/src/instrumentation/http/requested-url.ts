import type { OutgoingHttpHeaders, RequestOptions } from "node:http";
import { REDACTED_PARAMETERS, redactedQuery } from "./request-url.ts";

interface HostnameAndPort {
  readonly hostname: string;
  readonly port: number;
}

/** `server.address` and `server.port` of an outgoing request. */
export function hostAndPortOf({ hostname, host, port, protocol }: RequestOptions): HostnameAndPort {
  const named = typeof hostname === "string" && hostname !== "" ? hostname : undefined;
  const given = typeof port === "string" || typeof port === "number" ? Number(port) : undefined;
  if (named !== undefined && given) return { hostname: named, port: given };
  const [, hostPart = "localhost", portPart] = hostParts(host ?? "");
  const byHost = portPart === undefined ? undefined : Number(portPart);
  return { hostname: named ?? hostPart, port: given || byHost || (protocol === "https:" ? 443 : 80) };
}

/** `url.full`, without credentials and with the values of these parameters put out of sight. */
export function absoluteUrl(
  options: RequestOptions,
  scheme: "http" | "https",
  redacted: readonly string[] = REDACTED_PARAMETERS,
): string {
  const { protocol, auth, port } = options;
  const header = (options.headers as OutgoingHttpHeaders | undefined)?.["host"];
  let host = options.host || options.hostname || (typeof header === "string" && header) || "localhost";
  if (isAddressOfColons(host)) host = `[${host}]`;
  if (!/:\d*$/.test(host) && port && Number(port) !== 80 && Number(port) !== 443) host += `:${port}`;
  const path = options.path || "/";
  const question = path.indexOf("?");
  const target = question < 0 ? path : path.slice(0, question + 1) + redactedQuery(path.slice(question + 1), redacted);
  return `${protocol || `${scheme}:`}//${auth ? "REDACTED:REDACTED@" : ""}${host}${target}`;
}

function hostParts(host: string): readonly (string | undefined)[] {
  return isAddressOfColons(host) ? [host, host] : (/^([^:/ ]+)(?::(\d{1,5}))?/.exec(host) ?? []);
}

/** As Node takes it in options, without the brackets that it has in a URL. */
function isAddressOfColons(host: string): boolean {
  return host.indexOf(":") !== host.lastIndexOf(":") && !host.startsWith("[");
}
