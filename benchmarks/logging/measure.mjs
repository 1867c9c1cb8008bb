/**
 * What one line costs one candidate, in CPU time of this process with all its threads, sending included: prints nanoseconds.
 * node measure.mjs <candidate> <folder of peers> <lines> <ports of the collector> <seconds of warm-up>
 */
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";

const [name, peers, lines, portsText, warmUpS] = process.argv.slice(2);
const ports = JSON.parse(portsText);
const endpoint = `http://127.0.0.1:${ports.http}`;
const requirePeer = createRequire(join(peers, "package.json"));
/** Makes bytes of a line, as whatever takes it must: pino hands over a tree of texts. */
const bytes = Buffer.alloc(65_536);
const nowhere = {
  write(line) {
    bytes.write(line);
  },
};
const folder = mkdtempSync(join(tmpdir(), "bench-logging-"));
process.on("exit", () => rmSync(folder, { recursive: true }));

/** Lines of one request, and how many of those before other work has its turn. */
const LINES_PER_SPAN = 5;
const REQUESTS_PER_TURN = 20;
/** Queues long enough that nothing is dropped: what a line costs is asked, not how many are lost. */
const QUEUE = 1_000_000;

const { log, inSpan, flush = async () => {} } = await candidates()[name]();
const spans = Array.from({ length: 1_000 }, (_, i) => ({
  traceId: `0af7651916cd43dd8448eb21${String(i).padStart(8, "0")}`,
  spanId: `b7ad6b71${String(i).padStart(8, "0")}`,
  traceFlags: 1,
}));

const warmAtMs = performance.now() + Number(warmUpS) * 1_000;
do await run(Number(lines) / 4);
while (performance.now() < warmAtMs);
const receivedBefore = await received();
const started = process.cpuUsage();
await run(Number(lines));
const { user, system } = process.cpuUsage(started);
// A candidate that is quick because it sends nothing is no candidate; a record has about 250 bytes.
if (name.endsWith("sending") && (await received()) - receivedBefore < Number(lines) * 150) {
  throw new Error(`${name} has not sent its lines`);
}
console.log(JSON.stringify({ ns: ((user + system) * 1_000) / Number(lines) }));
process.exit();

async function received() {
  return Number(await (await fetch(`${endpoint}/received`)).text());
}

async function run(count) {
  let written = 0;
  const request = () => {
    for (let k = 0; k < LINES_PER_SPAN; k++) {
      log({ orderId: written++, symbol: "ACME", price: 10.25, venue: "north", urgent: true }, "order placed");
    }
  };
  for (let i = 0; written < count; i++) {
    inSpan(spans[i % spans.length], request);
    if (i % REQUESTS_PER_TURN === 0) await setImmediate();
  }
  await flush();
}

function candidates() {
  return {
    pino: () => peerPino((pino) => pino({}, nowhere)),
    "pino with a mixin": () =>
      peerPino((pino, api) => {
        const mixin = () => {
          const span = api.trace.getSpanContext(api.context.active());
          return span === undefined ? {} : { trace_id: span.traceId, span_id: span.spanId, trace_flags: "01" };
        };
        return pino({ mixin }, nowhere);
      }),
    "instrumentation-pino": () => instrumentedPino({ disableLogSending: true }),
    "instrumentation-pino, sending": () => instrumentedPino({}),
    winston: () => winston(),
    telltale: () => ours({}),
    "telltale, sending": () => bootstrapped(),
    "telltale, two paths redacted": () => ours({ redact: { paths: ["password", "req.headers.authorization"] } }),
    "telltale, tokens redacted": () => ours({ redact: { shapes: ["token"] } }),
    "telltale, all shapes redacted": () => ours({ redact: { shapes: ["card", "email", "token", "key", "iban"] } }),
    "telltale, repeats limited": () => ours({ repeats: { limit: 1_000_000 } }),
    "telltale to a file": async () => {
      const { fileSink } = await import("@telltale/logging/file");
      return ours({}, fileSink({ path: join(folder, "app.log"), rotate: { maxSizeBytes: 20e6 }, maxQueueLength: 1e9 }));
    },
    "telltale to Elasticsearch": async () => {
      const { elasticsearchSink } = await import("@telltale/logging/elasticsearch");
      return ours({}, elasticsearchSink({ endpoint, maxQueueLength: 1e9 }));
    },
    "telltale to Loki": async () => {
      const { lokiSink } = await import("@telltale/logging/loki");
      return ours({}, lokiSink({ endpoint, maxQueueLength: 1e9 }));
    },
    "telltale to syslog, TCP": async () => {
      const { syslogSink } = await import("@telltale/logging/syslog");
      return ours({}, syslogSink({ protocol: "tcp", port: ports.tcp, maxQueueLength: 1e9 }));
    },
    "pino to a file": () =>
      peerPino((pino) => pino({}, pino.destination({ dest: join(folder, "app.log"), sync: false, minLength: 8_192 }))),
  };
}

function spanContextIn({ context, trace }) {
  return (span, work) => context.with(trace.setSpanContext(context.active(), span), work);
}

/** OpenTelemetry's API of the peers' folder, with the context manager of its SDK. */
function peerApi() {
  const api = requirePeer("@opentelemetry/api");
  const { AsyncLocalStorageContextManager } = requirePeer("@opentelemetry/context-async-hooks");
  api.context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  return api;
}

function peerPino(make) {
  const api = peerApi();
  const logger = make(requirePeer("pino"), api);
  return { log: (fields, text) => logger.info(fields, text), inSpan: spanContextIn(api) };
}

function instrumentedPino(config) {
  const api = peerApi();
  const { PinoInstrumentation } = requirePeer("@opentelemetry/instrumentation-pino");
  new PinoInstrumentation(config);
  let flush;
  if (config.disableLogSending !== true) {
    const { BatchLogRecordProcessor, LoggerProvider } = requirePeer("@opentelemetry/sdk-logs");
    const { OTLPLogExporter } = requirePeer("@opentelemetry/exporter-logs-otlp-proto");
    const exporter = new OTLPLogExporter({ url: `${endpoint}/v1/logs` });
    const processor = processorOf(BatchLogRecordProcessor, exporter);
    const provider = new LoggerProvider({ processors: [processor] });
    // Its stream asks the API, not the instrumentation.
    api.logs.setGlobalLoggerProvider(provider);
    flush = () => provider.forceFlush();
  }
  const logger = requirePeer("pino")({}, nowhere);
  return { log: (fields, text) => logger.info(fields, text), inSpan: spanContextIn(api), flush };
}

/** SDK 3 takes one object, SDK 2 two arguments. */
function processorOf(BatchLogRecordProcessor, exporter) {
  const options = { maxQueueSize: QUEUE, maxExportBatchSize: 512 };
  return BatchLogRecordProcessor.length > 1
    ? new BatchLogRecordProcessor(exporter, options)
    : new BatchLogRecordProcessor({ exporter, ...options });
}

function winston() {
  const api = peerApi();
  const { createLogger, format, transports } = requirePeer("winston");
  const { Writable } = requirePeer("node:stream");
  const stream = new Writable({ write: (_chunk, _encoding, done) => done() });
  const logger = createLogger({
    format: format.combine(format.timestamp(), format.json()),
    transports: [new transports.Stream({ stream })],
  });
  return { log: (fields, text) => logger.info(text, fields), inSpan: spanContextIn(api) };
}

async function ours(options, sink = nowhere) {
  const { createLogging, logger } = await import("@telltale/logging");
  const { context, trace } = await import("@opentelemetry/api");
  const { registerContextManager } = await import("@telltale/tracing");
  registerContextManager();
  const logging = createLogging({ ...options, resource: { "service.name": "bench" }, sinks: [sink] });
  const log = logger("orders");
  return {
    log: (fields, text) => log.info(fields, text),
    inSpan: spanContextIn({ context, trace }),
    flush: () => logging.flush(),
  };
}

/** All of telltale, with traces and metrics off: what is sent are the lines. */
async function bootstrapped() {
  const { bootstrap } = await import("telltale");
  const { context, trace } = await import("@opentelemetry/api");
  const telemetry = bootstrap({
    service: { name: "bench" },
    tracing: false,
    metrics: false,
    instrumentations: {},
    logging: { sinks: [{ type: "otlp", endpoint }], batch: { maxQueueSize: QUEUE } },
    shutdownTimeoutMs: 60_000,
  });
  const log = telemetry.logger("orders");
  return {
    log: (fields, text) => log.info(fields, text),
    inSpan: spanContextIn({ context, trace }),
    flush: () => telemetry.flush(),
  };
}
