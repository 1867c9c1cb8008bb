/**
 * Jaeger's own protocol through @opentelemetry/exporter-jaeger, whose last release is 2.11 and which will not change any
 * more. What its options cannot say is set on its private parts: see `prepareSender`.
 */
import type { Agent } from "node:http";
import { isIPv6, type Socket } from "node:net";
import type { ExportResult } from "@opentelemetry/core";
import type { ReadableSpan, SpanExporter } from "@opentelemetry/sdk-trace";
import { requireOptional } from "./optional-package.ts";
import { withPlainValues } from "./plain-values.ts";

export interface JaegerExporterConfiguration {
  readonly type: "jaeger";
  /** `otlp` (to 4318), `thrift-http` (to 14268/api/traces) or `thrift-udp` (to 6832). */
  readonly protocol: "otlp" | "thrift-http" | "thrift-udp";
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

export interface JaegerThriftConfiguration extends JaegerExporterConfiguration {
  readonly protocol: "thrift-http" | "thrift-udp";
}

/** Kept after every shutdown by a timer that holds the process; by then nothing is left to flush. In milliseconds. */
const FLUSH_TIMEOUT_MS = 50;

/** Port of Jaeger's agent for the compact encoding, which jaeger-client cannot write. */
const COMPACT_PORT = 6831;

// The value of ExportResultCode.FAILED: importing the enum would load @opentelemetry/core.
const FAILED = 1;

interface Sender {
  append(span: unknown, done: (count: number, error?: string) => void): void;
}

interface HttpSender extends Sender {
  readonly _httpOptions: { path: string; readonly headers: Record<string, string>; readonly agent: Agent };
}

interface JaegerExporter extends SpanExporter {
  readonly _localConfig: object;
  _getSender(span: unknown): Sender;
  forceFlush(): Promise<void>;
}

export function createJaegerThriftExporter(configuration: JaegerThriftConfiguration): SpanExporter {
  const http = configuration.protocol === "thrift-http";
  const options = http ? httpOptions(configuration) : udpOptions(configuration);
  const { JaegerExporter } = requireOptional(
    "@opentelemetry/exporter-jaeger",
    `Jaeger's protocol ${configuration.protocol}`,
  ) as { JaegerExporter: new (options: object) => JaegerExporter };
  const jaeger = new JaegerExporter({ ...options, flushTimeout: FLUSH_TIMEOUT_MS });
  // It takes what is missing from OTEL_EXPORTER_JAEGER_*: that endpoint would turn UDP into HTTP.
  Object.assign(jaeger._localConfig, { endpoint: "", username: "", password: "" }, options);
  let oversized = 0;
  prepareSender(jaeger, (sender) => {
    if (http) prepareHttp(sender as HttpSender, configuration);
    else skipOversized(sender, () => oversized++);
  });

  function send(spans: ReadableSpan[]): Promise<ExportResult> {
    oversized = 0;
    return new Promise((resolve) => {
      jaeger.export(spans.map(withPlainValues), (result) => {
        resolve(oversized > 0 && result.error === undefined ? tooLarge(oversized) : result);
      });
    });
  }

  // Concurrent exports share one buffer there, and one would report the other's failure as its own success.
  let last: Promise<unknown> = Promise.resolve();
  return {
    export(spans, done) {
      last = last.then(() => send(spans)).then(done);
    },
    forceFlush: () => last.then(() => jaeger.forceFlush()),
    shutdown: () => last.then(() => jaeger.shutdown()),
  };
}

function httpOptions({ endpoint, timeoutMs }: JaegerThriftConfiguration): object {
  const { username, password } = new URL(endpoint);
  return {
    endpoint,
    username: decodeURIComponent(username),
    password: decodeURIComponent(password),
    timeoutMs,
    maxSpanBatchSize: Number.POSITIVE_INFINITY,
  };
}

function udpOptions({ endpoint }: JaegerThriftConfiguration): object {
  const { hostname, port } = new URL(`udp://${endpoint}`);
  if (Number(port) === COMPACT_PORT) throw compactPort(endpoint);
  const host = hostname.replace(/^\[|\]$/g, "");
  return { host, port: Number(port), socketType: isIPv6(host) ? "udp6" : "udp4" };
}

function compactPort(endpoint: string): Error {
  const message =
    `Jaeger endpoint "${endpoint}": port 6831 takes the compact thrift encoding, which cannot be written here, and ` +
    "anything else sent there is lost in silence. Use port 6832 (binary thrift), thrift-http to 14268/api/traces, or protocol otlp to 4318";
  return Object.assign(new Error(message), { code: "TELLTALE_JAEGER_COMPACT_PORT" });
}

/** The sender is made at the first export, from the span's service name. */
function prepareSender(jaeger: JaegerExporter, prepare: (sender: Sender) => void): void {
  const getSender = jaeger._getSender.bind(jaeger);
  let prepared: Sender | undefined;
  jaeger._getSender = (span) => {
    const sender = getSender(span);
    if (sender !== prepared) prepare(sender);
    prepared = sender;
    return sender;
  };
}

/** The sender has no option for headers, drops the query, and waits for ever for a server that does not answer. */
function prepareHttp({ _httpOptions: options }: HttpSender, configuration: JaegerThriftConfiguration): void {
  options.path += new URL(configuration.endpoint).search;
  Object.assign(options.headers, configuration.headers);
  const agent = options.agent as Agent & { createConnection(...args: unknown[]): Socket };
  const connect = agent.createConnection;
  agent.createConnection = function (this: Agent, ...args) {
    const socket = connect.apply(this, args);
    return socket.on("timeout", () => socket.destroy(new Error(`no answer within ${configuration.timeoutMs} ms`)));
  };
}

/** One span above the size of a UDP packet would take the rest of its batch with it. */
function skipOversized(sender: Sender, skipped: () => void): void {
  const append = sender.append.bind(sender);
  sender.append = (span, done) =>
    append(span, (count, error) => {
      if (!error?.startsWith("span size")) return done(count, error);
      skipped();
      done(0);
    });
}

function tooLarge(spans: number): ExportResult {
  const message = `${spans} spans were larger than a UDP packet of 65,000 bytes; the others were sent. Use thrift-http or otlp for such spans`;
  return { code: FAILED, error: Object.assign(new Error(message), { code: "TELLTALE_SPAN_TOO_LARGE" }) };
}
