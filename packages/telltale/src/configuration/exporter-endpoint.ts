import { shown } from "./configuration-error.ts";
import type { Place } from "./place.ts";
import { refuse } from "./place.ts";

/** An endpoint as it was written, and the name to speak of it by. */
export interface Endpoint {
  readonly text: string;
  readonly place: Place;
}

/**
 * The URL that an OTLP exporter posts to. `general` endpoints (OTEL_EXPORTER_OTLP_ENDPOINT) are a base that always gets
 * the signal's path, `exact` ones (a signal's own variable) are used as they are, others get it when they have no path.
 * @see https://opentelemetry.io/docs/specs/otel/protocol/exporter/#endpoint-urls-for-otlphttp
 */
export function otlpEndpoint(
  { text, place }: Endpoint,
  {
    protocol,
    path,
    reading,
  }: { readonly protocol: string; readonly path: string; readonly reading: "general" | "exact" | "option" },
): string | undefined {
  if (protocol === "grpc") return grpcEndpoint({ text, place });
  const url = httpUrl({ text, place }, "http://localhost:4318");
  if (url === undefined) return undefined;
  if (reading === "general") url.pathname = url.pathname.replace(/\/*$/, path);
  else if (reading === "option" && url.pathname === "/") url.pathname = path;
  return url.href;
}

export function zipkinEndpoint(endpoint: Endpoint): string | undefined {
  const url = httpUrl(endpoint, "http://localhost:9411/api/v2/spans");
  if (url?.pathname === "/") url.pathname = "/api/v2/spans";
  return url?.href;
}

/** gRPC takes `host:port` as well, with or without TLS by the option `insecure`. */
function grpcEndpoint({ text, place }: Endpoint): string | undefined {
  if (/^(\[[0-9a-f:]+\]|[\w.-]+)(:\d{1,5})?$/i.test(text)) return text;
  return httpUrl({ text, place }, "http://localhost:4317")?.href.replace(/\/$/, "");
}

/** Reads a URL of HTTP; a report says what would work. */
export function httpUrl({ text, place }: Endpoint, example: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && url.hostname !== "" && (url.protocol === "http:" || url.protocol === "https:")) return url;
  return refuse(place, text, `a URL with http:// or https://, such as ${example}${urlMeant(text)}`);
}

function urlMeant(text: string): string {
  const rest = text.replace(/^(?:[a-z]+:)?\/+/i, "");
  const meant = `http://${rest}`;
  return URL.canParse(meant) && /^[\w.[\]-]+(:\d+)?(\/|$)/.test(rest) ? ` (did you mean ${shown(meant)}?)` : "";
}
