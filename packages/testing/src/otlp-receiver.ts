import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { decodeRequest, decompressors, encodeFailure, encodeSuccess, JSON_TYPE, PROTOBUF } from "./otlp-body.ts";
import type { Signal } from "./otlp-messages.ts";
import { logsOf, type ReceivedLog } from "./received-log.ts";
import { metricsOf, type ReceivedMetric } from "./received-metric.ts";
import { type ReceivedSpan, spansOf } from "./received-span.ts";
import { answerPlan, type ReceiverAnswer } from "./receiver-answer.ts";

export interface OtlpReceiverOptions {
  /** 0 takes any free port. @default 0 */
  readonly port?: number;
  /** Serves https with this key and certificate (PEM); `clientCa` asks clients for a certificate signed by it. */
  readonly tls?: { readonly key: string; readonly cert: string; readonly clientCa?: string };
}

/** A request as it came, whatever was answered. */
export interface ReceivedRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Without parameters such as `charset`. */
  readonly contentType: string;
  readonly contentEncoding: string;
  /** As sent: compressed if the client compressed it. */
  readonly body: Uint8Array;
  readonly sizeBytes: number;
  /** 0 when the connection was closed or left without an answer. */
  readonly status: number;
}

/** A fake OTLP/HTTP backend for tests: takes what is sent, decodes it strictly, and fails when told to. */
export interface OtlpReceiver extends AsyncDisposable {
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`, such as `http://127.0.0.1:40123`. */
  readonly url: string;
  readonly port: number;
  readonly requests: readonly ReceivedRequest[];
  spans(): readonly ReceivedSpan[];
  metrics(): readonly ReceivedMetric[];
  logs(): readonly ReceivedLog[];
  /** What came that OTLP does not allow: unknown fields, wrong wire types, bad ids. Empty when all was right. */
  problems(): readonly string[];
  /** Resolves with the first value of `predicate` that is neither false nor undefined; asked again at each request. */
  waitFor<T>(
    predicate: (receiver: OtlpReceiver) => T | false | undefined,
    options?: { readonly timeoutMs?: number },
  ): Promise<T>;
  /** Resolves with the spans once there are at least `count`. */
  waitForSpans(count: number, options?: { readonly timeoutMs?: number }): Promise<readonly ReceivedSpan[]>;
  /** Answers so from now on, or for the next `times` requests after those planned before. */
  respond(answer: ReceiverAnswer, options?: { readonly times?: number }): void;
  /** Forgets what came; the answers stay as planned. */
  clear(): void;
  close(): Promise<void>;
}

/** How long `waitFor` waits unless told otherwise, in milliseconds: a child process start on a busy machine fits. */
const WAIT_TIMEOUT_MS = 30_000;

const signals: Readonly<Record<string, Signal>> = {
  "/v1/traces": "traces",
  "/v1/metrics": "metrics",
  "/v1/logs": "logs",
};

/**
 * Starts a fake OTLP/HTTP receiver on 127.0.0.1: protobuf and JSON on /v1/traces, /v1/metrics and /v1/logs, plain or
 * compressed by gzip, deflate or zstd. It resolves when the receiver listens.
 */
export async function otlpReceiver(options: OtlpReceiverOptions = {}): Promise<OtlpReceiver> {
  const answers = answerPlan();
  const waiting = new Set<() => void>();
  let requests: ReceivedRequest[] = [];
  let spans: ReceivedSpan[] = [];
  let metrics: ReceivedMetric[] = [];
  let logs: ReceivedLog[] = [];
  let problems: string[] = [];

  const store = (signal: Signal, body: Uint8Array, contentType: string): string[] => {
    const found: string[] = [];
    const report = (path: string, problem: string): void => void found.push(`${path || "message"}: ${problem}`);
    const tree = decodeRequest(signal, body, { contentType, report });
    if (signal === "traces") spans.push(...spansOf(tree));
    if (signal === "metrics") metrics.push(...metricsOf(tree));
    if (signal === "logs") logs.push(...logsOf(tree));
    return found;
  };

  const receive = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readBody(request);
    const path = (request.url ?? "/").split("?")[0]!;
    const contentType = (request.headers["content-type"] ?? "").split(";")[0]!.trim().toLowerCase();
    const contentEncoding = (request.headers["content-encoding"] ?? "identity").trim().toLowerCase();
    const record = (status: number, found: readonly string[] = []): void => {
      const { headers } = request;
      requests.push({ path, headers, contentType, contentEncoding, body, sizeBytes: body.length, status });
      problems.push(...found.map((problem) => `${path} request ${requests.length}: ${problem}`));
      for (const check of [...waiting]) check();
    };
    const refuse = (status: number, message: string, headers: Record<string, string> = {}): void => {
      record(status, status === 400 || status === 404 || status === 405 || status === 415 ? [message] : []);
      send(response, status, contentType, encodeFailure(contentType, message), headers);
    };

    const signal = signals[path];
    const decompress = decompressors[contentEncoding];
    if (signal === undefined) return refuse(404, `${path} is none of ${Object.keys(signals).join(", ")}`);
    if (request.method !== "POST") return refuse(405, `the method is ${request.method}, not POST`, { allow: "POST" });
    if (contentType !== PROTOBUF && contentType !== JSON_TYPE) {
      return refuse(415, `the content type is "${contentType}", neither ${PROTOBUF} nor ${JSON_TYPE}`);
    }
    if (decompress === undefined) return refuse(415, `the content encoding "${contentEncoding}" is not known`);

    const answer = answers.next();
    if (answer.type === "hang") return record(0);
    if (answer.type === "refuse") {
      await delay(answer.delayMs);
      const { retryAfterSeconds } = answer;
      const headers = retryAfterSeconds === undefined ? undefined : { "retry-after": String(retryAfterSeconds) };
      record(answer.status);
      send(response, answer.status, contentType, encodeFailure(contentType, answer.message ?? ""), headers);
      return;
    }
    let plain: Buffer;
    try {
      plain = decompress(body);
    } catch (error) {
      return refuse(400, `the body is not ${contentEncoding}: ${String(error)}`);
    }
    const found = store(signal, plain, contentType);
    if (answer.type === "drop") {
      record(0, found);
      request.socket.destroy();
      return;
    }
    record(200, found);
    await delay(answer.delayMs);
    send(response, 200, contentType, encodeSuccess(signal, contentType, answer.partialSuccess));
  };

  const server = serverOf(options, (request, response) => {
    receive(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  server.listen(options.port ?? 0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const url = `${options.tls ? "https" : "http"}://127.0.0.1:${port}`;

  const receiver: OtlpReceiver = {
    url,
    port,
    get requests() {
      return requests;
    },
    spans: () => spans,
    metrics: () => metrics,
    logs: () => logs,
    problems: () => problems,
    waitFor(predicate, { timeoutMs = WAIT_TIMEOUT_MS } = {}) {
      return new Promise((resolve, reject) => {
        const end = (): void => {
          waiting.delete(check);
          clearTimeout(timer);
        };
        const check = (): void => {
          try {
            const value = predicate(receiver);
            if (value === false || value === undefined) return;
            end();
            resolve(value);
          } catch (error) {
            end();
            reject(error);
          }
        };
        const timer = setTimeout(() => {
          end();
          reject(waitError(receiver, timeoutMs));
        }, timeoutMs);
        waiting.add(check);
        check();
      });
    },
    waitForSpans: (count, waitOptions) =>
      receiver.waitFor(() => (spans.length >= count ? (spans as readonly ReceivedSpan[]) : undefined), waitOptions),
    respond: (answer, { times } = {}) => answers.plan(answer, times),
    clear() {
      requests = [];
      spans = [];
      metrics = [];
      logs = [];
      problems = [];
    },
    async close() {
      if (!server.listening) return;
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
    [Symbol.asyncDispose]: () => receiver.close(),
  };
  return receiver;
}

function serverOf(
  options: OtlpReceiverOptions,
  listener: (request: IncomingMessage, response: ServerResponse) => void,
): Server {
  if (options.tls === undefined) return createServer(listener);
  const { key, cert, clientCa } = options.tls;
  const client = clientCa === undefined ? {} : { ca: clientCa, requestCert: true, rejectUnauthorized: true };
  return createTlsServer({ key, cert, ...client }, listener);
}

async function readBody(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function delay(delayMs: number | undefined): Promise<void> {
  if (delayMs !== undefined) await new Promise((resolve) => setTimeout(resolve, delayMs));
}

function send(
  response: ServerResponse,
  status: number,
  requestType: string,
  body: Buffer,
  headers: Readonly<Record<string, string>> = {},
): void {
  const type = requestType === JSON_TYPE ? JSON_TYPE : PROTOBUF;
  response.writeHead(status, { "content-type": type, "content-length": body.length, ...headers });
  response.end(body);
}

function waitError(receiver: OtlpReceiver, timeoutMs: number): Error {
  const came = [
    `${receiver.requests.length} requests`,
    `${receiver.spans().length} spans (${summary(receiver.spans())})`,
    `${receiver.metrics().length} metrics (${summary(receiver.metrics())})`,
    `${receiver.logs().length} logs`,
    `problems: ${receiver.problems().join("; ") || "none"}`,
  ];
  const message = `what was waited for did not come within ${timeoutMs} ms; there came ${came.join(", ")}`;
  return Object.assign(new Error(message), { code: "TELLTALE_WAIT_TIMEOUT" });
}

function summary(named: readonly { readonly name: string }[]): string {
  const names = [...new Set(named.map(({ name }) => name))];
  return names.length > 20 ? `${names.slice(0, 20).join(", ")}, …` : names.join(", ");
}
