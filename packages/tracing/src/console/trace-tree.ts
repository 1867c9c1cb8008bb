/**
 * A trace as lines for people to read, with times. (`drawTrace` of @telltale/testing leaves them out, so that its drawings
 * can stand in tests; the two have no more in common than the indentation.)
 */
import type { HrTime } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import { plainValue } from "../plain-values.ts";

export interface TreeStyle {
  readonly colors: boolean;
  /** Attributes and events under each span. */
  readonly attributes: boolean;
  /** Columns of the terminal. */
  readonly width: number;
}

/** A span with what it called, in the order of their starts. */
export interface TreeNode {
  readonly span: ReadableSpan;
  readonly children: readonly TreeNode[];
}

const BAR_WIDTH = 24;
const KIND_WIDTH = 8;
const DURATION_WIDTH = 9;
const MIN_NAME_WIDTH = 24;
const MAX_NAME_WIDTH = 72;

/** Columns of branches before a name. */
const MAX_INDENT = 30;

// The values of SpanKind and SpanStatusCode.
const kinds = ["", "server", "client", "producer", "consumer"];
const ERROR = 2;

/** A head line, and a line for each span with its bar on the trace's time line. */
export function treeLines(root: TreeNode, style: TreeStyle, note = ""): string[] {
  const paint = painter(style.colors);
  const all = flat(root);
  const startMs = Math.min(...all.map(({ span }) => milliseconds(span.startTime)));
  const endMs = Math.max(...all.map(({ span }) => milliseconds(span.endTime)));
  const room = style.width - BAR_WIDTH - KIND_WIDTH - DURATION_WIDTH - 4;
  const longest = Math.max(...all.map(({ span, stem }) => stem.length + visible(span.name).length));
  const nameWidth = Math.min(Math.max(longest, MIN_NAME_WIDTH), Math.max(room, MIN_NAME_WIDTH), MAX_NAME_WIDTH);
  return [
    headLine(root.span, { count: all.length, note, paint }),
    ...all.flatMap(({ span, stem, indent }) => {
      const failed = span.status.code === ERROR;
      const name = cut(visible(span.name), nameWidth - stem.length);
      const padding = " ".repeat(Math.max(nameWidth - stem.length - name.length, 0));
      const line = [
        paint.dim(stem) + (failed ? paint.red(name) : name) + padding,
        paint.dim((kinds[span.kind] ?? "").padEnd(KIND_WIDTH)),
        (failed ? paint.red : paint.blue)(bar(span, startMs, endMs)),
        duration(span.duration).padStart(DURATION_WIDTH),
      ].join(" ");
      const problem = failed ? paint.red(`  ✗ ${visible(span.status.message ?? "error")}`) : "";
      return [
        line + problem,
        ...(style.attributes ? details(span).map((text) => paint.dim(`${indent}  ${text}`)) : []),
      ];
    }),
  ];
}

interface Paint {
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly blue: (text: string) => string;
  readonly bold: (text: string) => string;
}

function painter(colors: boolean): Paint {
  const ansi = (on: number, off: number) => (text: string) =>
    colors && text.trim() !== "" ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  return { dim: ansi(2, 22), red: ansi(31, 39), blue: ansi(34, 39), bold: ansi(1, 22) };
}

function headLine(
  span: ReadableSpan,
  { count, note, paint }: { readonly count: number; readonly note: string; readonly paint: Paint },
): string {
  // Reading `resource.attributes` while a detector is at work is told as an error; the name is there from the start.
  const named = span.resource.getRawAttributes().find(([key]) => key === "service.name")?.[1];
  const service = visible(typeof named === "string" ? named : "unknown_service");
  const time = new Date(milliseconds(span.startTime)).toISOString().slice(11, 23);
  const spans = `${count} ${count === 1 ? "span" : "spans"}${note}`;
  return `${paint.bold(service)} ${paint.dim(`${time}  trace ${span.spanContext().traceId}  ${spans}`)}`;
}

interface Row {
  readonly span: ReadableSpan;
  /** What stands before the name: the branches of the tree. */
  readonly stem: string;
  /** What stands before its details: the branches that go on. */
  readonly indent: string;
}

function flat(root: TreeNode): Row[] {
  const rows: Row[] = [];
  // With a stack of its own: traces can be deeper than calls may be.
  const stack: { readonly node: TreeNode; readonly stem: string; readonly indent: string }[] = [
    { node: root, stem: "", indent: "" },
  ];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { node, stem, indent } = next;
    rows.push({ span: node.span, stem, indent: indent + (node.children.length > 0 ? "│ " : "  ") });
    // Deeper ones stand below each other, so that there is room for their names.
    const room = indent.length < MAX_INDENT;
    for (const [index, child] of [...node.children.entries()].reverse()) {
      const isLast = index === node.children.length - 1;
      stack.push({
        node: child,
        stem: indent + (isLast ? "└─ " : "├─ "),
        indent: room ? indent + (isLast ? "   " : "│  ") : indent,
      });
    }
  }
  return rows;
}

function bar(span: ReadableSpan, startMs: number, endMs: number): string {
  const scale = BAR_WIDTH / Math.max(endMs - startMs, 1e-6);
  const from = Math.min(Math.floor((milliseconds(span.startTime) - startMs) * scale), BAR_WIDTH - 1);
  const to = Math.ceil((milliseconds(span.endTime) - startMs) * scale);
  const length = Math.min(Math.max(to - from, 1), BAR_WIDTH - from);
  return " ".repeat(from) + "█".repeat(length) + " ".repeat(BAR_WIDTH - from - length);
}

function details(span: ReadableSpan): string[] {
  const events = span.events.flatMap((event) => {
    const afterMs = milliseconds(event.time) - milliseconds(span.startTime);
    const all = pairs(event.attributes ?? {});
    const short = all.flatMap((lines) => (lines.length === 1 ? lines : []));
    // A stack trace, most often.
    const long = all.filter((lines) => lines.length > 1).flat();
    return [
      `+${afterMs.toFixed(1)} ms ${[visible(event.name), ...short].join("  ")}`,
      ...long.map((line) => `    ${line}`),
    ];
  });
  return [...pairs(span.attributes).flat(), ...events];
}

/** For each attribute its lines. */
function pairs(attributes: object): string[][] {
  return Object.entries(attributes).map(([key, value]) => {
    const [first = "", ...more] = String(plainValue(value)).trimEnd().split("\n");
    return [`${visible(key)}: ${visible(first)}`, ...more.map((line) => `  ${visible(line.trim())}`)];
  });
}

function milliseconds([seconds, nanoseconds]: HrTime): number {
  return seconds * 1e3 + nanoseconds / 1e6;
}

function duration(time: HrTime): string {
  const ms = milliseconds(time);
  if (ms < 0.9995) return `${Math.round(ms * 1e3)} µs`;
  if (ms < 999.5) return `${ms.toPrecision(3)} ms`;
  return `${(ms / 1e3).toFixed(ms < 99_950 ? 2 : 0)} s`;
}

/** Names come from requests too: nothing in them may command the terminal. */
function visible(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, " ");
}

function cut(text: string, width: number): string {
  const room = Math.max(width, 1);
  return text.length <= room ? text : `${text.slice(0, room - 1)}…`;
}
