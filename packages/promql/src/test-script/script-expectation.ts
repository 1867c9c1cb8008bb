import { parseNumber } from "../number-literal.ts";
import { compileRe2 } from "../regular-expression.ts";
import { unquote } from "../string-literal.ts";
import { attempt, durationAt, ScriptError } from "./script-error.ts";
import { parseSeriesDescription, type SeriesDescription } from "./series-description.ts";

/** A line of what belongs to a command. */
export interface ScriptLine {
  readonly line: number;
  readonly text: string;
}

/** What an evaluation is expected to give. */
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

const anything: Expectation = { description: "anything", matches: () => true };

/** What the lines below an evaluation expect of it. @throws ScriptError */
export function parseExpected(body: readonly ScriptLine[], mode: string | undefined, isRange: boolean): Expected {
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
      const [startMs, endMs, stepMs] = [1, 2, 3].map((i) => durationAt(line, span[i]!)) as [number, number, number];
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
