/** Requests to a log backend, over one kept connection, without any library: what is needed is one POST after another. */
import type { Agent, AgentOptions, ClientRequest, IncomingMessage } from "node:http";
import { promisify } from "node:util";

export interface HttpOptions {
  /** The backend's URL; what is below it is added. */
  readonly endpoint: string;
  /** Of each request, such as an API key. */
  readonly headers?: Readonly<Record<string, string>>;
  /** For basic authorization. */
  readonly username?: string;
  readonly password?: string;
  /** How long one request may take; 0 for no limit. @default 30_000 */
  readonly timeoutMs?: number;
  /** @default "gzip" */
  readonly compression?: "none" | "gzip";
  /** PEM text of the authority that signed the server's certificate. */
  readonly certificate?: string;
  /** PEM text of the client's key and certificate, for mutual TLS. */
  readonly clientKey?: string;
  readonly clientCertificate?: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
  readonly retryAfterMs: number | undefined;
}

export interface HttpRequest {
  readonly method: "GET" | "PUT" | "POST";
  /** Below the endpoint, with its leading slash. */
  readonly path: string;
  readonly contentType?: string;
  readonly body?: string;
}

export interface HttpSender {
  /** @throws Error when no answer came. */
  request(request: HttpRequest): Promise<HttpAnswer>;
  close(): void;
}

/** Bodies below this are not worth compressing, in characters. */
const COMPRESSED_FROM = 1_024;
/** Of an answer is read so much, in bytes; the rest is left out. */
const MAX_ANSWER_BYTES = 16 * 2 ** 20;

/** @throws TypeError with code TELLTALE_BAD_ENDPOINT. */
export function httpSender(options: HttpOptions): HttpSender {
  const { timeoutMs = 30_000, compression = "gzip" } = options;
  const base = baseUrl(options.endpoint);
  // Loaded here: a process without such a sink may not need it.
  const http = process.getBuiltinModule(base.protocol === "https:" ? "node:https" : "node:http");
  // By the proxy that Node's own agent uses, if any.
  const { proxyEnv } = (http.globalAgent as { readonly options?: AgentOptions }).options ?? {};
  const agent: Agent = new http.Agent({ keepAlive: true, maxSockets: 1, ...(proxyEnv !== undefined && { proxyEnv }) });
  const headers = { ...authorization(options), ...options.headers };
  let gzip: ((body: string) => Promise<Uint8Array>) | undefined;

  async function encoded(
    body: string,
  ): Promise<{ readonly bytes: Uint8Array; readonly headers: Record<string, string> }> {
    if (compression === "none" || body.length < COMPRESSED_FROM) return { bytes: Buffer.from(body), headers: {} };
    gzip ??= promisify<string, Uint8Array>(process.getBuiltinModule("node:zlib").gzip);
    return { bytes: await gzip(body), headers: { "content-encoding": "gzip" } };
  }

  return {
    async request({ method, path, contentType, body }) {
      const content = body === undefined ? undefined : await encoded(body);
      return new Promise<HttpAnswer>((resolve, reject) => {
        const request: ClientRequest = http.request({
          protocol: base.protocol,
          host: base.hostname.replace(/^\[|\]$/g, ""),
          port: base.port,
          path: `${base.pathname.replace(/\/$/, "")}${path}`,
          method,
          agent,
          ca: options.certificate,
          key: options.clientKey,
          cert: options.clientCertificate,
          headers: {
            ...headers,
            ...(contentType !== undefined && { "content-type": contentType }),
            ...content?.headers,
            "content-length": content?.bytes.length ?? 0,
          },
        });
        const deadline =
          timeoutMs > 0
            ? setTimeout(() => request.destroy(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs).unref()
            : undefined;
        // A server that does not answer keeps no program that has ended; who flushes waits by other means.
        request.on("socket", (socket) => socket.unref());
        request.on("close", () => {
          clearTimeout(deadline);
          // An answer that breaks off gives no error of the request's.
          reject(new Error("the connection was closed before the answer was complete"));
        });
        request.on("error", reject);
        request.on("response", (response) => readAnswer(response, resolve, reject));
        request.end(content?.bytes);
      });
    },
    close: () => agent.destroy(),
  };
}

function readAnswer(
  response: IncomingMessage,
  resolve: (answer: HttpAnswer) => void,
  reject: (error: Error) => void,
): void {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  response.on("data", (chunk: Buffer) => {
    sizeBytes += chunk.length;
    if (sizeBytes <= MAX_ANSWER_BYTES) chunks.push(chunk);
  });
  response.on("error", reject);
  response.on("end", () => {
    const retryAfterMs = retryAfter(response.headers["retry-after"]);
    resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString("utf8"), retryAfterMs });
  });
}

/** Seconds or a date: https://www.rfc-editor.org/rfc/rfc9110#name-retry-after */
function retryAfter(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const seconds = Number(value);
  const waitMs = Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(value) - Date.now();
  return Number.isFinite(waitMs) ? Math.min(300_000, Math.max(0, waitMs)) : undefined;
}

function authorization({ username, password }: HttpOptions): Record<string, string> {
  if (username === undefined) return {};
  return { authorization: `Basic ${Buffer.from(`${username}:${password ?? ""}`).toString("base64")}` };
}

function baseUrl(endpoint: string): URL {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url?.protocol === "http:" || url?.protocol === "https:") return url;
  // Not the endpoint itself, which may have a password in it.
  const message = "the endpoint of a log sink is no URL; give one such as http://localhost:9200";
  throw Object.assign(new TypeError(message), { code: "TELLTALE_BAD_ENDPOINT" });
}
