/**
 * OpenTelemetry's instrumentation of winston, with the shipping of records as OpenTelemetry logs built in: on its own it
 * asks for @opentelemetry/winston-transport, which brings the logs API of an older set of OpenTelemetry packages with it.
 */

import { createRequire } from "node:module";
import { Writable } from "node:stream";
import { type AnyValue, type Attributes, type Context, context, type Logger, SeverityNumber } from "@opentelemetry/api";
import type {
  WinstonInstrumentation as Contrib,
  WinstonInstrumentationConfig,
} from "@opentelemetry/instrumentation-winston";
import { BRIDGE } from "./winston-transport.ts";

// CommonJS: the copy whose base class is shared with the other instrumentations.
const contrib = createRequire(import.meta.url)(
  "@opentelemetry/instrumentation-winston",
) as typeof import("@opentelemetry/instrumentation-winston");

export interface WinstonInstrumentationConstructor {
  /** `disableLogSending` and `disableLogCorrelation` each switch one half off. */
  new (config?: WinstonInstrumentationConfig): Contrib;
}

export const WinstonInstrumentation: WinstonInstrumentationConstructor = class extends contrib.WinstonInstrumentation {
  readonly #sends: boolean;

  constructor(config: WinstonInstrumentationConfig = {}) {
    super({ ...config, disableLogSending: true });
    this.#sends = config.disableLogSending !== true;
  }

  // Called by the base class's constructor, before there are fields here.
  override init(): ReturnType<Contrib["init"]> {
    const definitions = super.init();
    for (const file of definitions.flatMap((definition) => definition.files)) {
      const { patch } = file;
      file.patch = (exports, version) => {
        const patched: unknown = patch(exports, version);
        // Before winston 3 the file exports something else, and there are no streams to join.
        if (isLoggerClass(patched)) this.#shipFrom(patched);
        return patched;
      };
    }
    return definitions;
  }

  #shipFrom(LoggerClass: WinstonLoggerClass): void {
    const instrumentation = this;
    this._wrap(LoggerClass.prototype, "configure", (configure) => {
      return function (this: WinstonLogger, options) {
        configure.call(this, options);
        if (instrumentation.#sends && instrumentation.isEnabled()) {
          this.add(recordStream(this, () => instrumentation.logger));
        }
      };
    });
  }
};

interface WinstonLogger {
  readonly level: string;
  readonly transports?: readonly object[];
  readonly levels: Readonly<Record<string, number>>;
  add(transport: Writable): unknown;
  configure(options: unknown): void;
}

interface WinstonLoggerClass {
  readonly prototype: WinstonLogger;
}

function isLoggerClass(exports: unknown): exports is WinstonLoggerClass {
  return typeof (exports as WinstonLoggerClass | undefined)?.prototype?.configure === "function";
}

/** What winston calls `info`: the record, after the logger's format. */
type WinstonRecord = Readonly<Record<string | symbol, unknown>>;

const LEVEL = Symbol.for("level");

/** Left there by the instrumentation, since a stream may run later than the call that logged. */
const CONTEXT = Symbol.for("opentelemetry.js.contrib.winston.context");

function recordStream(source: WinstonLogger, logger: () => Logger): Writable {
  const stream = new Writable({
    objectMode: true,
    write: (record: WinstonRecord, _encoding, done) => {
      const level = String(record[LEVEL]);
      // By its bridge the record reaches OpenTelemetry with all that telltale's own loggers write.
      if (source.transports?.some((transport) => BRIDGE in transport)) return done();
      if ((source.levels[level] ?? 0) <= (source.levels[source.level] ?? 0)) {
        logger().emit({
          ...bodyOf(record["message"]),
          severityText: level,
          severityNumber: severityOf[level] ?? SeverityNumber.UNSPECIFIED,
          attributes: attributesOf(record),
          context: (record[CONTEXT] as Context | undefined) ?? context.active(),
        });
      }
      done();
    },
  });
  // By this winston tells a transport of today from one of its second version.
  return Object.assign(stream, { log: (_record: unknown, _next: unknown) => {} });
}

/** The levels of winston's three sets: npm, syslog and cli. As in @opentelemetry/winston-transport. */
const severityOf: Readonly<Record<string, SeverityNumber>> = {
  emerg: SeverityNumber.FATAL3,
  alert: SeverityNumber.FATAL2,
  crit: SeverityNumber.FATAL,
  fatal: SeverityNumber.FATAL,
  error: SeverityNumber.ERROR,
  warn: SeverityNumber.WARN,
  warning: SeverityNumber.WARN,
  help: SeverityNumber.INFO3,
  notice: SeverityNumber.INFO2,
  data: SeverityNumber.INFO2,
  info: SeverityNumber.INFO,
  http: SeverityNumber.DEBUG3,
  verbose: SeverityNumber.DEBUG2,
  debug: SeverityNumber.DEBUG,
  prompt: SeverityNumber.TRACE4,
  input: SeverityNumber.TRACE2,
  silly: SeverityNumber.TRACE,
  trace: SeverityNumber.TRACE,
};

/** Who logs an object has no text: it is the body, as it is. */
function bodyOf(message: unknown): { readonly body?: AnyValue } {
  if (message === undefined || message === null) return {};
  return { body: typeof message === "object" ? (message as AnyValue) : String(message) };
}

/** In the record itself these have fields of their own. */
const fields = new Set(["level", "message", "trace_id", "span_id", "trace_flags"]);

function attributesOf(record: WinstonRecord): Attributes {
  const attributes: Attributes = {};
  // An error that is logged by itself is the record, unless a format has made another of it.
  if (record instanceof Error) {
    attributes["exception.type"] = record.name;
    attributes["exception.message"] = record.message;
    if (record.stack !== undefined) attributes["exception.stacktrace"] = record.stack;
  }
  for (const [name, value] of Object.entries(record)) {
    if (fields.has(name) || typeof value === "function") continue;
    attributes[name] = value instanceof Error ? (value.stack ?? value.message) : (value as Attributes[string]);
  }
  return attributes;
}
