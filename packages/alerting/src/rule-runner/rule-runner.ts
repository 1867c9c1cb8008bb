import { setImmediate } from "node:timers/promises";
import { type Clock, wallClock } from "../clock.ts";
import { parseRuleFile, RuleFileError, type RuleGroupDefinition } from "../rule-file/rule-file.ts";
import { RuleGroup, type RuleGroupOptions, type RuleStatus } from "../rule-group/rule-group.ts";

/** A rule file that was read. */
export interface RuleSource {
  readonly path: string;
  readonly text: string;
}

export interface RuleRunnerOptions extends Omit<RuleGroupOptions, "file"> {
  readonly sources: readonly RuleSource[];
  /** @default the wall clock */
  readonly clock?: Clock;
  /** Called after each evaluation of a group. */
  readonly onEvaluated?: (group: RunningGroup, evaluation: GroupEvaluation) => void;
}

export interface GroupEvaluation {
  /** How many evaluations do not happen because this one took too long. */
  readonly missed: number;
  readonly durationMs: number;
}

/** A group and how it is. */
export interface RunningGroup {
  readonly name: string;
  readonly file: string;
  readonly intervalMs: number;
  /** The time that it was evaluated at, last. */
  readonly lastEvaluationMs: number | undefined;
  /** How many evaluations there were, and how many did not happen because the one before took too long. */
  readonly evaluations: number;
  readonly missed: number;
  readonly rules: readonly RuleStatus[];
}

/** Evaluates groups of rules, each at its own times, until it is stopped. */
export interface RuleRunner {
  groups(): readonly RunningGroup[];
  /**
   * Puts other files in the place of those before. Groups that are the same go on, rules that are the same keep their alerts.
   * @throws RuleFileError when a file cannot be used; then everything stays as it was
   */
  reload(sources: readonly RuleSource[]): void;
  stop(): void;
}

interface Running {
  readonly key: string;
  readonly file: string;
  readonly definition: RuleGroupDefinition;
  readonly group: RuleGroup;
  timer: Disposable | undefined;
  ended: boolean;
  lastEvaluationMs: number | undefined;
  evaluations: number;
  missed: number;
}

/** Starts evaluating rules. @throws RuleFileError with all faults of all files */
export function startRules(options: RuleRunnerOptions): RuleRunner {
  const { clock = wallClock, onEvaluated, sources, ...groupOptions } = options;
  let running = new Map<string, Running>();

  function start(file: string, definition: RuleGroupDefinition, previous: Running | undefined): Running {
    const group = new RuleGroup(definition, { ...groupOptions, file });
    if (previous !== undefined) group.adopt(previous.group);
    const one: Running = {
      key: keyOf(file, definition),
      file,
      definition,
      group,
      timer: undefined,
      ended: false,
      lastEvaluationMs: undefined,
      evaluations: 0,
      missed: 0,
    };
    const lastMs = previous?.lastEvaluationMs ?? Number.NEGATIVE_INFINITY;
    schedule(one, group.nextEvaluationMs(Math.max(clock.now(), lastMs + 1)));
    return one;
  }

  function schedule(one: Running, timeMs: number): void {
    one.timer = clock.at(timeMs, () => {
      // A timer has its limit, and comes early when the time is farther away.
      if (clock.now() < timeMs) schedule(one, timeMs);
      else void evaluate(one, timeMs);
    });
  }

  /** By turns, so that whoever shares the thread is not held up. */
  async function evaluate(one: Running, timeMs: number): Promise<void> {
    const startedMs = clock.now();
    await one.group.evaluateInTurns(timeMs, () => setImmediate());
    if (one.ended) return;
    const durationMs = clock.now() - startedMs;
    const { intervalMs } = one.group;
    const missed = Math.max(0, Math.floor((clock.now() - timeMs) / intervalMs));
    one.lastEvaluationMs = timeMs;
    one.evaluations++;
    one.missed += missed;
    schedule(one, timeMs + (missed + 1) * intervalMs);
    onEvaluated?.(describe(one), { missed, durationMs });
  }

  function stop(one: Running): void {
    one.ended = true;
    one.timer?.[Symbol.dispose]();
  }

  function reload(next: readonly RuleSource[]): void {
    const definitions = parseRuleSources(next);
    const before = running;
    running = new Map();
    for (const { file, definition } of definitions) {
      const key = keyOf(file, definition);
      const previous = before.get(key);
      before.delete(key);
      if (previous !== undefined && same(previous.definition, definition)) {
        running.set(key, previous);
        continue;
      }
      if (previous !== undefined) stop(previous);
      running.set(key, start(file, definition, previous));
    }
    for (const one of before.values()) {
      stop(one);
      one.group.end(clock.now());
    }
  }

  reload(sources);
  return {
    groups: () => [...running.values()].map(describe),
    reload,
    stop() {
      for (const one of running.values()) stop(one);
    },
  };
}

/** The groups of files, each with its file. @throws RuleFileError with all faults of all files */
export function parseRuleSources(
  sources: readonly RuleSource[],
): readonly { readonly file: string; readonly definition: RuleGroupDefinition }[] {
  const faults: RuleFileError[] = [];
  const definitions = sources.flatMap(({ path, text }) => {
    try {
      return parseRuleFile(text, { path }).groups.map((definition) => ({ file: path, definition }));
    } catch (error) {
      if (!(error instanceof RuleFileError)) throw error;
      faults.push(error);
      return [];
    }
  });
  if (faults.length > 0) throw RuleFileError.of(faults);
  return definitions;
}

function keyOf(file: string, { name }: RuleGroupDefinition): string {
  return `${file}\0${name}`;
}

function same(a: RuleGroupDefinition, b: RuleGroupDefinition): boolean {
  return JSON.stringify(a, withoutExpressions) === JSON.stringify(b, withoutExpressions);
}

/** The text of the query says it all; where the rule stands in its file does not matter. */
function withoutExpressions(name: string, value: unknown): unknown {
  return name === "expression" || name === "line" ? undefined : value;
}

function describe({ file, definition, group, lastEvaluationMs, evaluations, missed }: Running): RunningGroup {
  const { name } = definition;
  return { name, file, intervalMs: group.intervalMs, lastEvaluationMs, evaluations, missed, rules: group.rules() };
}
