import { MemoryStore } from "../memory-store/memory-store.ts";
import { parse } from "../parser.ts";
import { type QueryOptions, type QueryResult, queryInstant, queryRange } from "../query.ts";
import type { VectorSample } from "../query-result.ts";
import { compareMatrix, compareScalar, compareVector } from "./compare-result.ts";
import { fixedInTime } from "./fixed-in-time.ts";
import { type EvalCommand, parseTestScript } from "./parse-script.ts";
import type { Expectation } from "./script-expectation.ts";

/** An evaluation of a script that did not give what the script expects. */
export interface ScriptFailure {
  readonly line: number;
  readonly query: string;
  readonly problem: string;
}

export interface ScriptOutcome {
  /** How many evaluations the script has. */
  readonly evaluations: number;
  readonly failures: readonly ScriptFailure[];
}

/** As Prometheus runs its own scripts: everything experimental is on, and names are dropped at the end. */
const scriptOptions: QueryOptions = {
  experimentalFunctions: true,
  fillModifiers: true,
  unquotedUtf8Names: true,
  delayedNameRemoval: true,
  defaultSubqueryStepMs: 60_000,
};

/**
 * Runs a script in Prometheus' own test language. As there, every instant evaluation is tried within a range too, and again
 * with its selectors fixed by `@` at other times.
 * @throws ScriptError when the script cannot be read
 */
export function runTestScript(script: string, options: QueryOptions = {}): ScriptOutcome {
  const failures: ScriptFailure[] = [];
  let evaluations = 0;
  let store = new MemoryStore();
  for (const command of parseTestScript(script)) {
    switch (command.kind) {
      case "clear":
        store = new MemoryStore();
        break;
      case "load": {
        const { outOfOrder } = store.append(command.samples);
        if (outOfOrder > 0) {
          failures.push({ line: command.line, query: "load", problem: `${outOfOrder} samples out of order` });
        }
        break;
      }
      case "eval": {
        evaluations++;
        const problem = new ScriptEvaluation(store, command, { ...scriptOptions, ...options }).problem();
        if (problem !== undefined) failures.push({ line: command.line, query: command.query, problem });
      }
    }
  }
  return { evaluations, failures };
}

class ScriptEvaluation {
  readonly #store: MemoryStore;
  readonly #command: EvalCommand;
  readonly #options: QueryOptions;

  constructor(store: MemoryStore, command: EvalCommand, options: QueryOptions) {
    this.#store = store;
    this.#command = command;
    this.#options = options;
  }

  problem(): string | undefined {
    const { query, startMs, endMs, stepMs, isRange, expected } = this.#command;
    if (isRange) {
      const result = this.#attempt(() => queryRange(this.#store, query, { ...this.#options, startMs, endMs, stepMs }));
      if (typeof result === "string" || result === undefined) return result;
      return this.#annotations(result) ?? compareMatrix(result.value, expected, { startMs, endMs, stepMs });
    }
    const fixed = expected.fail === undefined || this.#parses() ? fixedInTime(query, startMs, this.#options) : [];
    for (const variant of [{ query, timeMs: startMs }, ...fixed]) {
      const problem = this.#instant(variant.query, variant.timeMs);
      if (problem !== undefined) {
        return variant.query === query ? problem : `${problem} (as ${variant.query} at ${variant.timeMs} ms)`;
      }
    }
    return undefined;
  }

  #parses(): boolean {
    try {
      parse(this.#command.query, this.#options);
      return true;
    } catch {
      return false;
    }
  }

  #instant(query: string, timeMs: number): string | undefined {
    const { expected } = this.#command;
    const result = this.#attempt(() => queryInstant(this.#store, query, { ...this.#options, timeMs }));
    if (typeof result === "string" || result === undefined) return result;
    const annotations = this.#annotations(result);
    if (annotations !== undefined) return annotations;
    const { value } = result;
    switch (value.type) {
      case "string":
        return value.value === expected.text ? undefined : `expected string ${expected.text}, got ${value.value}`;
      case "matrix":
        return compareMatrix(value, expected, expected.range ?? { startMs: timeMs, endMs: timeMs, stepMs: 1 });
      case "scalar":
        return compareScalar(value.value, expected) ?? this.#inRange(query, timeMs);
      case "vector":
        return compareVector(value.samples, expected) ?? this.#inRange(query, timeMs);
    }
  }

  /** The same query as the middle step of three. */
  #inRange(query: string, timeMs: number): string | undefined {
    const { expected } = this.#command;
    if (/(start|end|range|step)\(\)/.test(query) || expected.range !== undefined || expected.text !== undefined) {
      return undefined;
    }
    const range = { startMs: timeMs - 60_000, endMs: timeMs + 60_000, stepMs: 60_000 };
    let result: QueryResult;
    try {
      result = queryRange(this.#store, query, { ...this.#options, ...range });
    } catch (error) {
      return `in range mode: ${(error as Error).message}`;
    }
    if (expected.ordered || result.value.type !== "matrix") return undefined;
    const middle = result.value.series.flatMap(({ labels, times, values, histograms }): VectorSample[] => {
      const native = histograms.find((one) => one.timeMs === timeMs);
      if (native !== undefined) return [{ labels, timeMs, value: Number.NaN, histogram: native.histogram }];
      const at = times.indexOf(timeMs);
      return at === -1 ? [] : [{ labels, timeMs, value: values[at]!, histogram: undefined }];
    });
    const problem =
      expected.scalar === undefined
        ? compareVector(middle, expected)
        : compareScalar(middle[0]?.value ?? Number.NaN, expected);
    return problem === undefined ? undefined : `${problem} in range mode`;
  }

  /** The result; what went wrong; or nothing when it failed as expected. */
  #attempt(run: () => QueryResult): QueryResult | string | undefined {
    const { fail } = this.#command.expected;
    let result: QueryResult;
    try {
      result = run();
    } catch (error) {
      const { message } = error as Error;
      if (fail === undefined) return `error evaluating: ${(error as Error).stack}`;
      return fail.matches(message) ? undefined : `expected the error ${fail.description}, got: ${message}`;
    }
    return fail === undefined ? result : "expected an error, got none";
  }

  #annotations({ warnings, infos }: QueryResult): string | undefined {
    const { expected } = this.#command;
    if (expected.noWarnings && warnings.length > 0) return `unexpected warnings: ${warnings.join("; ")}`;
    if (expected.noInfos && infos.length > 0) return `unexpected infos: ${infos.join("; ")}`;
    return missing("warning", expected.warnings, warnings) ?? missing("info", expected.infos, infos);
  }
}

/** Every expectation must be met, and every annotation expected. */
function missing(kind: string, expected: readonly Expectation[], got: readonly string[]): string | undefined {
  if (expected.length === 0) return undefined;
  const unmet = expected.find((one) => !got.some((message) => one.matches(message)));
  if (unmet !== undefined) return `expected the ${kind} ${unmet.description}, got: ${got.join("; ") || "none"}`;
  const extra = got.find((message) => !expected.some((one) => one.matches(message)));
  return extra === undefined ? undefined : `unexpected ${kind}: ${extra}`;
}
