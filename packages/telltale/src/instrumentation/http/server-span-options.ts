import type { IncomingMessage } from "node:http";
import { type Attributes, SpanKind, type SpanOptions } from "@opentelemetry/api";
import { captureHeaders } from "./captured-headers.ts";
import { guardedHook } from "./guarded-hook.ts";
import type { HttpServerOptions } from "./http-server.ts";
import { clientAddress, serverAddress } from "./request-address.ts";
import { knownMethod, syntheticType } from "./request-kind.ts";
import { REDACTED_PARAMETERS, redactedQuery, requestTarget } from "./request-url.ts";

export interface IncomingRequest {
  readonly request: IncomingMessage;
  readonly scheme: "http" | "https";
  readonly config: HttpServerOptions;
  /** The correlation id, where those are propagated. */
  readonly requestId: string | undefined;
}

/**
 * The options of a server span. Most requests are not sampled where much is asked, so the attributes are made when somebody
 * reads them: a sampler with rules, or the span.
 */
export class ServerSpanOptions implements SpanOptions {
  declare readonly kind: SpanKind;
  declare private readonly _incoming: IncomingRequest;
  declare private _attributes: Attributes | undefined;

  constructor(incoming: IncomingRequest) {
    this.kind = SpanKind.SERVER;
    this._incoming = incoming;
    // A hook of the application's is called for every request, as it may do more than to return attributes.
    this._attributes = incoming.config.startIncomingSpanHook === undefined ? undefined : requestAttributes(incoming);
  }

  get attributes(): Attributes {
    this._attributes ??= requestAttributes(this._incoming);
    return this._attributes;
  }

  /** Of `http.server.request.duration`: what is known before the answer, as the span has it. */
  measured(): Attributes {
    const { request, scheme } = this._incoming;
    const made = this._attributes;
    if (made === undefined) {
      return {
        "http.request.method": knownMethod(request.method),
        "url.scheme": scheme,
        "network.protocol.version": request.httpVersion,
      };
    }
    return {
      "http.request.method": made["http.request.method"]!,
      "url.scheme": made["url.scheme"]!,
      "network.protocol.version": made["network.protocol.version"]!,
    };
  }
}

function requestAttributes({ request, scheme, config, requestId }: IncomingRequest): Attributes {
  const { headers, socket, url } = request;
  const peer = socket.remoteAddress;
  const server = serverAddress(headers, scheme);
  const method = knownMethod(request.method);
  const { path, query } = requestTarget(url);
  // One literal, undefined values too: those are no attributes, and every request has the same hidden class.
  const attributes: Record<string, string | number | undefined> = {
    "http.request.method": method,
    "url.scheme": scheme,
    "server.address": server?.host,
    "network.peer.address": peer,
    "network.peer.port": socket.remotePort,
    "network.protocol.version": request.httpVersion,
    "user_agent.original": headers["user-agent"],
    "url.path": path,
    "client.address": clientAddress(headers, peer),
    "server.port": server?.port,
  };
  if (query !== "") {
    attributes["url.query"] = redactedQuery(query, config.redactedQueryParamsServer ?? REDACTED_PARAMETERS);
  }
  if (requestId !== undefined) (attributes as Attributes)["http.request.header.x-request-id"] = [requestId];
  if (method !== request.method) attributes["http.request.method_original"] = request.method;
  if (config.enableSyntheticSourceDetection)
    attributes["user_agent.synthetic.type"] = syntheticType(headers["user-agent"]);
  const names = config.headersToSpanAttributes?.server?.requestHeaders;
  if (names !== undefined) captureHeaders(attributes as Attributes, "request", names, (name) => headers[name]);
  const hook = config.startIncomingSpanHook;
  return typeof hook === "function"
    ? Object.assign(
        attributes as Attributes,
        guardedHook(() => hook(request)),
      )
    : (attributes as Attributes);
}
