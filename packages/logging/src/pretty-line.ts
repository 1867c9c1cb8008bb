/**
 * A line for people: `07:31:00.123 INFO orders: placed  orderId=7 symbol=ACME`, with its errors' stacks below. Small and our
 * own: pino-pretty brings 13 packages, and a process that prints to a terminal should not start slower for it.
 */

export interface PrettyOptions {
  readonly colors: boolean;
}

type Fields = Record<string, unknown>;

const DIM = "2";
const BOLD = "1";
const CYAN = "36";

const levelColors: Readonly<Record<string, string>> = {
  trace: "90",
  debug: "34",
  info: "32",
  warn: "33",
  error: "31",
  fatal: "41;97",
};

/** A line that cannot be read is returned as it is. */
export function prettyLine(line: string, { colors }: PrettyOptions): string {
  let fields: Fields;
  try {
    fields = JSON.parse(line) as Fields;
  } catch {
    return line;
  }
  const paint = colors
    ? (code: string, text: string) => `\u001b[${code}m${text}\u001b[0m`
    : (_code: string, text: string) => text;
  const { time, level, logger, msg, "service.name": _service, err, error, ...rest } = fields;
  const { trace_id: traceId, span_id: _spanId, trace_flags: _flags, ...others } = rest;
  const label = String(level);
  const head = [
    paint(DIM, clockTime(time)),
    paint(levelColors[label] ?? CYAN, label.toUpperCase().padEnd(5)),
    paint(BOLD, String(logger)) + (msg === undefined ? "" : `: ${String(msg)}`),
  ];
  const pairs = Object.entries(others).map(([key, value]) => `${paint(CYAN, key)}=${shortValue(value)}`);
  // Enough to find the trace; the whole id is in the JSON.
  if (typeof traceId === "string") pairs.push(paint(DIM, `trace=${traceId}`));
  const below = [err, error].filter((each) => each !== undefined).map((each) => errorText(each, ""));
  return `${head.join(" ")}${pairs.length > 0 ? `  ${pairs.join(" ")}` : ""}\n${below.join("")}`;
}

/** In the reader's time zone. */
function clockTime(time: unknown): string {
  const date = new Date(String(time));
  if (Number.isNaN(date.getTime())) return String(time);
  const two = (value: number): string => String(value).padStart(2, "0");
  const milliseconds = String(date.getMilliseconds()).padStart(3, "0");
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${milliseconds}`;
}

function shortValue(value: unknown): string {
  return typeof value === "string" && /^[\w./:@-]+$/.test(value) ? value : JSON.stringify(value);
}

function errorText(error: unknown, indent: string): string {
  if (typeof error !== "object" || error === null) return `${indent}    ${JSON.stringify(error)}\n`;
  const { type, message, stack, aggregateErrors, ...others } = error as Fields;
  const text = typeof stack === "string" && stack !== "" ? stack : `${String(type)}: ${String(message)}`;
  const lines = text.split("\n").map((line) => `${indent}    ${line}\n`);
  const own = Object.keys(others).length > 0 ? `${indent}    ${JSON.stringify(others)}\n` : "";
  const parts = Array.isArray(aggregateErrors) ? aggregateErrors.map((one) => errorText(one, `${indent}    `)) : [];
  return lines.join("") + own + parts.join("");
}
