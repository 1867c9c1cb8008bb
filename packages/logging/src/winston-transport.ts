/** What an application logs with winston, to the sinks of telltale's own loggers. */
import { Writable } from "node:stream";
import { type Context, context } from "@opentelemetry/api";
// By name: the loggers are those of the package's main entry, and there is one set of them.
import { type LogLevel, logger } from "@telltale/logging";

export interface WinstonTransportOptions {
  /** The logger's name where a record has no `logger` of its own. @default "winston" */
  readonly name?: string;
  /** The least severe of winston's levels that is taken. @default the winston logger's */
  readonly level?: string;
}

/** By which the instrumentation of winston tells that it need not send records itself. */
export const BRIDGE: unique symbol = Symbol.for("telltale.winston-transport") as never;

const LEVEL = Symbol.for("level");
/** Left in a record by OpenTelemetry's instrumentation: a stream may run later than the call that logged. */
const CONTEXT = Symbol.for("opentelemetry.js.contrib.winston.context");

type WinstonRecord = Readonly<Record<string | symbol, unknown>>;

/**
 * A transport for `winston.createLogger({ transports: [winstonTransport()] })`. Levels of telltale's loggers hold for what
 * comes this way, too; winston's own formats have been applied to it.
 */
export function winstonTransport(options: WinstonTransportOptions = {}): Writable & { readonly level?: string } {
  const { name = "winston", level } = options;
  const transport = new Writable({
    objectMode: true,
    write(record: WinstonRecord, _encoding, done) {
      const from = record[CONTEXT] as Context | undefined;
      if (from === undefined) write(record, name);
      else context.with(from, () => write(record, name));
      done();
    },
  });
  // By `log` winston tells a transport of today from one of its second version.
  return Object.assign(transport, { [BRIDGE]: true, log: () => {}, ...(level !== undefined && { level }) });
}

/** The levels of winston's three sets: npm, syslog and cli. */
const levels: Readonly<Record<string, Exclude<LogLevel, "silent">>> = {
  emerg: "fatal",
  alert: "fatal",
  crit: "fatal",
  fatal: "fatal",
  error: "error",
  warn: "warn",
  warning: "warn",
  notice: "info",
  help: "info",
  data: "info",
  info: "info",
  http: "debug",
  verbose: "debug",
  debug: "debug",
  prompt: "trace",
  input: "trace",
  silly: "trace",
  trace: "trace",
};

function write(record: WinstonRecord, name: string): void {
  // The ids are written by the logger; `level` may have been coloured by a format.
  const { level, message, logger: own, stack, trace_id: _t, span_id: _s, trace_flags: _f, ...fields } = record;
  const label = levels[String(record[LEVEL] ?? level)] ?? "info";
  // winston.format.errors() puts the stack beside the message; without it, an error that is logged alone is the record.
  const errorName = record instanceof Error ? record.name : "Error";
  const err = typeof stack === "string" ? { err: { name: errorName, message: String(message), stack } } : {};
  const target = logger(typeof own === "string" ? own : name);
  // Who logs an object alone has no text, but fields.
  const alone = typeof message === "object" ? message : undefined;
  const all = { ...stringKeyed(fields), ...alone, ...err };
  if (alone === undefined && message !== undefined) target[label](all, String(message));
  else target[label](all);
}

function stringKeyed(fields: WinstonRecord): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields));
}
