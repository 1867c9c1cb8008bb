/**
 * A line as a message of RFC 5424.
 * @see https://www.rfc-editor.org/rfc/rfc5424#section-6
 */

export type SyslogFacility =
  | ("kern" | "user" | "mail" | "daemon" | "auth" | "syslog" | "lpr" | "news" | "uucp" | "cron" | "authpriv" | "ftp")
  | ("ntp" | "audit" | "alert" | "clock")
  | ("local0" | "local1" | "local2" | "local3" | "local4" | "local5" | "local6" | "local7");

/** In the order of their numbers. */
export const facilities: readonly SyslogFacility[] = [
  ...(["kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp"] as const),
  ...(["ntp", "audit", "alert", "clock"] as const),
  ...(["local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7"] as const),
];

export interface SyslogMessageOptions {
  /** Its number, as in `facilities`. */
  readonly facility: number;
  readonly hostname: string;
  /** In place of the service's name, which is in the line. */
  readonly appName: string | undefined;
  readonly processId: number;
  /** `json` is the whole line; `text` the message, with the fields as structured data. */
  readonly format: "json" | "text";
  /** Longer messages are cut, at a character. */
  readonly maxBytes: number;
}

type Fields = Readonly<Record<string, unknown>>;

const severities: Readonly<Record<string, number>> = { trace: 7, debug: 7, info: 6, warn: 4, error: 3, fatal: 2 };

export function syslogMessage(line: string, options: SyslogMessageOptions): Buffer {
  const { facility, hostname, appName, processId, format, maxBytes } = options;
  const fields = JSON.parse(line) as Fields;
  const priority = facility * 8 + (severities[String(fields["level"])] ?? 6);
  const head = [
    `<${priority}>1`,
    typeof fields["time"] === "string" ? fields["time"] : "-",
    headerText(hostname, 255),
    headerText(appName ?? fields["service.name"], 48),
    String(processId),
    headerText(fields["event_name"] ?? fields["logger"], 32),
    structuredData(fields, format),
  ].join(" ");
  const text = format === "json" ? line.trimEnd() : String(fields["msg"] ?? "");
  // A text in UTF-8 begins with the byte order mark; JSON must not have one.
  return cut(Buffer.from(`${head} ${format === "text" ? "\uFEFF" : ""}${text}`), maxBytes);
}

/** Printable ASCII without spaces; `-` where there is nothing. */
function headerText(value: unknown, maxLength: number): string {
  const text = value === undefined ? "" : String(value).replace(/[^\x21-\x7e]/g, "_");
  return text === "" ? "-" : text.slice(0, maxLength);
}

const inHeader = new Set(["level", "time", "service.name", "logger", "msg", "trace_id", "span_id", "trace_flags"]);

/** The ids as OpenTelemetry says: https://opentelemetry.io/docs/specs/otel/compatibility/logging_trace_context/ */
function structuredData(fields: Fields, format: "json" | "text"): string {
  const ids = ["trace_id", "span_id", "trace_flags"].filter((name) => fields[name] !== undefined);
  const elements: string[] = [];
  if (ids.length > 0) elements.push(element("opentelemetry", ids, fields));
  if (format === "text") {
    const others = Object.keys(fields).filter((name) => !inHeader.has(name));
    // 32473 is the number that is set aside for those who have none: RFC 5612.
    if (others.length > 0) elements.push(element("fields@32473", others, fields));
  }
  return elements.join("") || "-";
}

function element(id: string, names: readonly string[], fields: Fields): string {
  const parameters = names.map((name) => {
    const value = fields[name];
    const text = typeof value === "string" ? value : JSON.stringify(value);
    return ` ${name.replace(/[^\x21-\x7e]|[="\]]/g, "_").slice(0, 32)}="${text.replace(/["\\\]]/g, "\\$&")}"`;
  });
  return `[${id}${parameters.join("")}]`;
}

function cut(message: Buffer, maxBytes: number): Buffer {
  if (message.length <= maxBytes) return message;
  let end = maxBytes;
  // Not within a character: its further bytes are 10xxxxxx.
  while (end > 0 && (message[end]! & 0xc0) === 0x80) end--;
  return message.subarray(0, end);
}
