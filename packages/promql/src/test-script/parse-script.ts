import { parseDuration } from "../duration.ts";
import type { Sample } from "../memory-store/memory-store.ts";
import { parseNumber } from "../number-literal.ts";
import { compileRe2 } from "../regular-expression.ts";
import { unquote } from "../string-literal.ts";
import { customBucketHistograms } from "./custom-bucket-histograms.ts";
import { parseMetric, parseSeriesDescription, type SeriesDescription } from "./series-description.ts";

/** One command of a test script. */
export type ScriptCommand =
  | { readonly kind: "clear"; readonly line: number }
  | { readonly kind: "load"; readonly line: number; readonly samples: readonly Sample[] }
  | EvalCommand;

export interface EvalCommand {
  readonly kind: "eval";
  readonly line: number;
  readonly query: string;
  /** An instant query has the same start and end, and 0 for its step. */
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
  readonly isRange: boolean;
  readonly expected: Expected;
}

export interface Expected {
  readonly fail: Expectation | undefined;
  readonly ordered: boolean;
  readonly warnings: readonly Expectation[];
  readonly infos: readonly Expectation[];
  readonly noWarnings: boolean;
  readonly noInfos: boolean;
  readonly text: string | undefined;
  readonly scalar: number | undefined;
  readonly series: readonly SeriesDescription[];
  /** What an instant query of a range is expected to span. */
  readonly range: { readonly startMs: number; readonly endMs: number; readonly stepMs: number } | undefined;
}

/** What a message must be, or must match; neither for any. */
export interface Expectation {
  readonly description: string;
  matches(message: string): boolean;
}

/** A test script that cannot be read. */
export class ScriptError extends Error {
  override readonly name = "ScriptError";
  readonly code = "TELLTALE_PROMQL_BAD_SCRIPT";
  readonly line: number;

  constructor(line: number, message: string) {
    super(`line ${line}: ${message}`);
    this.line = line;
  }
}

/** The commands of a script in Prometheus' own test language. @throws ScriptError */
export function parseTestScript(text: string): readonly ScriptCommand[] {
  const lines = text.split("\n").map((line) => (line.trim().startsWith("#") ? "" : line.trim()));
  const commands: ScriptCommand[] = [];
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!;
    if (line === "") continue;
    const body: { line: number; text: string }[] = [];
    const word = line.split(/\s/)[0]!.toLowerCase();
    if (word !== "clear") {
      while (i + 1 < lines.length && lines[i + 1] !== "") body.push({ line: ++i + 1, text: lines[i]! });
    }
    const number = i + 1 - body.length;
    if (word === "clear") commands.push({ kind: "clear", line: number });
    else if (word.startsWith("load")) commands.push(parseLoad(number, line, body));
    else if (word.startsWith("eval")) commands.push(parseEval(number, line, body));
    else throw new ScriptError(number, `invalid command ${JSON.stringify(line)}; give load, eval or clear`);
  }
  return commands;
}

type Body = readonly { readonly line: number; readonly text: string }[];

function parseLoad(line: number, head: string, body: Body): ScriptCommand {
  const match = /^load(?:_(with_nhcb))?\s+(\S+)$/.exec(head);
  if (match === null) throw new ScriptError(line, "invalid load command; give load[_with_nhcb] <step>");
  const stepMs = duration(line, match[2]!);
  const bySeries = new Map<string, Sample[]>();
  let starts: readonly (number | undefined)[] | undefined;
  for (const { line: at, text } of body) {
    if (/^\S*@st\s/.test(text)) {
      starts = startTimes(at, text);
      continue;
    }
    const series = attempt(at, () => parseSeriesDescription(text));
    bySeries.set(series.labels.key, samplesOf(series, stepMs, starts));
    starts = undefined;
  }
  const samples = [...bySeries.values()].flat();
  const native = match[1] === undefined ? [] : attempt(line, () => customBucketHistograms(samples));
  return { kind: "load", line, samples: [...samples, ...native] };
}

function samplesOf(
  { labels, values }: SeriesDescription,
  stepMs: number,
  starts: readonly (number | undefined)[] | undefined,
): Sample[] {
  const samples: Sample[] = [];
  for (const [i, value] of values.entries()) {
    const timeMs = i * stepMs;
    const offset = starts?.[i];
    const start = offset === undefined ? {} : { startMs: timeMs + offset };
    if (value.kind === "stale") samples.push({ labels, timeMs, value: Number.NaN, stale: true });
    else if (value.kind === "float") samples.push({ labels, timeMs, value: value.value, ...start });
    else if (value.kind === "histogram") {
      samples.push({ labels, timeMs, value: Number.NaN, histogram: value.histogram, ...start });
    }
  }
  return samples;
}

/** `metric@st -1m 0s+10sx5`: since when the counter of each sample of the next line has counted, from that sample on. */
function startTimes(line: number, text: string): readonly (number | undefined)[] {
  const [head, ...items] = text.split(/\s+/);
  attempt(line, () => parseMetric(head!.slice(0, -"@st".length)));
  return items.flatMap((item) => {
    const omitted = /^_(?:x(\d+))?$/.exec(item);
    if (omitted !== null) return new Array<undefined>(Number(omitted[1] ?? 1)).fill(undefined);
    const parts = /^([+-]?)(\d+[a-z]*?)(?:([+-])(\d+[a-z]*?))?(?:x(\d+))?$/i.exec(item);
    if (parts === null) throw new ScriptError(line, `invalid start time ${JSON.stringify(item)}`);
    const first = (parts[1] === "-" ? -1 : 1) * duration(line, parts[2]!);
    const step = parts[4] === undefined ? 0 : (parts[3] === "-" ? -1 : 1) * duration(line, parts[4]);
    return Array.from({ length: Number(parts[5] ?? 0) + 1 }, (_, i) => first + i * step);
  });
}

function parseEval(line: number, head: string, body: Body): EvalCommand {
  const instant = /^eval(?:_(fail|warn|ordered|info))?\s+instant\s+(?:at\s+(.+?))?\s+(.+)$/.exec(head);
  const range = /^eval(?:_(fail|warn|info))?\s+range\s+from\s+(.+)\s+to\s+(.+)\s+step\s+(.+?)\s+(.+)$/.exec(head);
  if (instant !== null) {
    const timeMs = duration(line, instant[2] ?? "0");
    const expected = parseExpected(body, instant[1], false);
    return {
      kind: "eval",
      line,
      query: instant[3]!,
      startMs: timeMs,
      endMs: timeMs,
      stepMs: 0,
      isRange: false,
      expected,
    };
  }
  if (range === null) {
    const wanted = "eval instant [at <time>] <query> or eval range from <start> to <end> step <step> <query>";
    throw new ScriptError(line, `invalid evaluation command; give ${wanted}`);
  }
  const [startMs, endMs, stepMs] = [2, 3, 4].map((i) => duration(line, range[i]!)) as [number, number, number];
  if (endMs < startMs) throw new ScriptError(line, `the range ends at ${range[3]}, before its start at ${range[2]}`);
  const expected = parseExpected(body, range[1], true);
  return { kind: "eval", line, query: range[5]!, startMs, endMs, stepMs, isRange: true, expected };
}

const anything: Expectation = { description: "anything", matches: () => true };

function parseExpected(body: Body, mode: string | undefined, isRange: boolean): Expected {
  const expected = {
    fail: mode === "fail" ? anything : (undefined as Expectation | undefined),
    ordered: mode === "ordered",
    warnings: mode === "warn" ? [anything] : ([] as Expectation[]),
    infos: mode === "info" ? [anything] : ([] as Expectation[]),
    noWarnings: false,
    noInfos: false,
    text: undefined as string | undefined,
    scalar: undefined as number | undefined,
    series: [] as SeriesDescription[],
    range: undefined as Expected["range"],
  };
  for (const { line, text } of body) {
    const old = /^expected_fail_(message|regexp)\s+(.*)$/.exec(text);
    const span = /^expect range vector\s+from\s+(.+)\s+to\s+(.+)\s+step\s+(.+)$/.exec(text);
    if (old !== null) expected.fail = expectation(line, old[1] === "message" ? "msg" : "regex", old[2]!);
    else if (span !== null) {
      const [startMs, endMs, stepMs] = [1, 2, 3].map((i) => duration(line, span[i]!)) as [number, number, number];
      expected.range = { startMs, endMs, stepMs };
    } else if (/^expect string(\s|$)/.test(text)) {
      expected.text = unquote(text.slice("expect string".length).trim());
      if (expected.text === undefined) throw new ScriptError(line, "expect string wants a string in quotes");
    } else if (/^expect\s/.test(text)) expectCommand(line, text, expected);
    else {
      const scalar = scalarOf(text);
      if (scalar !== undefined) expected.scalar = scalar;
      else expected.series.push(attempt(line, () => parseSeriesDescription(text)));
      const values = expected.series.at(-1)?.values.length ?? 0;
      if (values > 1 && !isRange && expected.range === undefined) {
        throw new ScriptError(
          line,
          "an instant evaluation has one value a series; give `expect range vector` for more",
        );
      }
    }
  }
  return expected;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function expectCommand(
  line: number,
  text: string,
  expected: Mutable<Omit<Expected, "warnings" | "infos">> & { warnings: Expectation[]; infos: Expectation[] },
): void {
  const match = /^expect\s+(ordered|fail|warn|no_warn|info|no_info)(?:\s+(regex|msg):(.+))?$/.exec(text);
  if (match === null) throw new ScriptError(line, `invalid expect statement ${JSON.stringify(text)}`);
  const wanted = match[2] === undefined ? anything : expectation(line, match[2] as "regex" | "msg", match[3]!);
  switch (match[1]) {
    case "ordered":
      expected.ordered = true;
      break;
    case "fail":
      expected.fail = wanted;
      break;
    case "warn":
      expected.warnings.push(wanted);
      break;
    case "info":
      expected.infos.push(wanted);
      break;
    case "no_warn":
      expected.noWarnings = true;
      break;
    default:
      expected.noInfos = true;
  }
}

function expectation(line: number, kind: "regex" | "msg", text: string): Expectation {
  const wanted = text.trim();
  if (kind === "msg") return { description: wanted, matches: (message) => message === wanted };
  const pattern = attempt(line, () => compileRe2(wanted));
  return { description: `/${wanted}/`, matches: (message) => pattern.matcher(message).find() };
}

function scalarOf(text: string): number | undefined {
  try {
    return parseNumber(text);
  } catch {
    return undefined;
  }
}

function duration(line: number, text: string): number {
  return attempt(line, () => parseDuration(text));
}

function attempt<T>(line: number, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof ScriptError) throw error;
    throw new ScriptError(line, (error as Error).message);
  }
}
