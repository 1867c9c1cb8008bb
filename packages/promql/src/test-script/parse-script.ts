import type { Sample } from "../memory-store/memory-store.ts";
import { durationAt, ScriptError } from "./script-error.ts";
import { type Expected, parseExpected, type ScriptLine } from "./script-expectation.ts";
import { parseLoad } from "./script-load.ts";

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

/** The commands of a script in Prometheus' own test language. @throws ScriptError */
export function parseTestScript(text: string): readonly ScriptCommand[] {
  const lines = text.split("\n").map((line) => (line.trim().startsWith("#") ? "" : line.trim()));
  const commands: ScriptCommand[] = [];
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!;
    if (line === "") continue;
    const body: ScriptLine[] = [];
    const word = line.split(/\s/)[0]!.toLowerCase();
    if (word !== "clear") {
      while (i + 1 < lines.length && lines[i + 1] !== "") body.push({ line: ++i + 1, text: lines[i]! });
    }
    const number = i + 1 - body.length;
    if (word === "clear") commands.push({ kind: "clear", line: number });
    else if (word.startsWith("load")) {
      commands.push({ kind: "load", line: number, samples: parseLoad(number, line, body) });
    } else if (word.startsWith("eval")) commands.push(parseEval(number, line, body));
    else throw new ScriptError(number, `invalid command ${JSON.stringify(line)}; give load, eval or clear`);
  }
  return commands;
}

function parseEval(line: number, head: string, body: readonly ScriptLine[]): EvalCommand {
  const instant = /^eval(?:_(fail|warn|ordered|info))?\s+instant\s+(?:at\s+(.+?))?\s+(.+)$/.exec(head);
  const range = /^eval(?:_(fail|warn|info))?\s+range\s+from\s+(.+)\s+to\s+(.+)\s+step\s+(.+?)\s+(.+)$/.exec(head);
  if (instant !== null) {
    const timeMs = durationAt(line, instant[2] ?? "0");
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
  const [startMs, endMs, stepMs] = [2, 3, 4].map((i) => durationAt(line, range[i]!)) as [number, number, number];
  if (endMs < startMs) throw new ScriptError(line, `the range ends at ${range[3]}, before its start at ${range[2]}`);
  const expected = parseExpected(body, range[1], true);
  return { kind: "eval", line, query: range[5]!, startMs, endMs, stepMs, isRange: true, expected };
}
