import { EventEmitter, once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { labelsOf, MemoryStore, queryInstant } from "@telltale/promql";
import { describe, expect, test } from "vitest";
import type { Clock } from "../clock.ts";
import type { SentAlert } from "../rule-group/alert.ts";
import { findFiles } from "./find-files.ts";
import { type RuleSource, startRules } from "./rule-runner.ts";

const START = 1_700_000_000_000;
const MINUTE = 60_000;

/** Time that passes when it is told to. */
class TestClock implements Clock {
  nowMs = START;
  readonly #timers = new Map<symbol, { readonly timeMs: number; readonly call: () => void }>();

  now(): number {
    return this.nowMs;
  }

  at(timeMs: number, call: () => void): Disposable {
    const timer = Symbol();
    this.#timers.set(timer, { timeMs, call });
    return { [Symbol.dispose]: () => void this.#timers.delete(timer) };
  }

  get waiting(): number {
    return this.#timers.size;
  }

  /** To the next timer, which is called. */
  next(): void {
    const [timer, { timeMs, call }] = [...this.#timers].sort(([, a], [, b]) => a.timeMs - b.timeMs)[0]!;
    this.#timers.delete(timer);
    this.nowMs = Math.max(this.nowMs, timeMs);
    call();
  }
}

const file = (path: string, ...groups: readonly string[]): RuleSource => ({
  path,
  text: `groups:\n${groups.join("\n")}`,
});
const group = (name: string, rules: string, interval = "1m"): string =>
  `  - name: ${name}\n    interval: ${interval}\n    rules:\n${rules.replace(/^/gm, "      ")}`;

function desk(sources: readonly RuleSource[]) {
  const clock = new TestClock();
  const store = new MemoryStore();
  const sent: SentAlert[] = [];
  const evaluated = new EventEmitter();
  const runner = startRules({
    sources,
    store,
    clock,
    onAlerts: (alerts) => sent.push(...alerts),
    onEvaluated: ({ name }) => evaluated.emit("evaluated", name),
  });
  return {
    runner,
    clock,
    store,
    sent,
    /** The next evaluation, to its end; the name of its group. */
    async next(): Promise<string> {
      const done = once(evaluated, "evaluated");
      clock.next();
      return ((await done) as [string])[0];
    },
    up: (value: number) =>
      store.append([{ labels: labelsOf({ __name__: "up", job: "api" }), timeMs: clock.now(), value }]),
    value(query: string): number | undefined {
      const result = queryInstant(store, query, { timeMs: clock.now() }).value;
      return result.type === "vector" ? result.samples[0]?.value : undefined;
    },
  };
}

const down = "- alert: Down\n  expr: up == 0\n  for: 2m";

describe("rules that run", () => {
  test("are evaluated at the times of their group, and tell their alerts", async () => {
    const { next, up, sent, runner, clock } = desk([file("a.yaml", group("g", down))]);
    for (let i = 0; i < 3; i++) {
      up(0);
      await next();
    }
    const [running] = runner.groups();
    expect(running).toMatchObject({ name: "g", file: "a.yaml", intervalMs: MINUTE, evaluations: 3, missed: 0 });
    expect(running!.lastEvaluationMs).toBe(clock.now());
    expect(sent).toMatchObject([{ labels: { alertname: "Down", job: "api" } }]);
  });

  test("of two groups have times of their own", async () => {
    const rules = "- record: x\n  expr: '1'";
    const { next, clock } = desk([file("a.yaml", group("slow", rules, "3m"), group("fast", rules))]);
    const names: string[] = [];
    while (clock.now() < START + 9 * MINUTE) names.push(await next());
    expect(names.filter((name) => name === "slow")).toHaveLength(3);
    expect(names.filter((name) => name === "fast").length).toBeGreaterThanOrEqual(8);
  });

  test("skip the times that went by while an evaluation took long", async () => {
    const { next, runner, clock } = desk([file("a.yaml", group("g", "- record: x\n  expr: '1'"))]);
    await next();
    const first = runner.groups()[0]!.lastEvaluationMs!;
    // The timer comes three and a half minutes late.
    clock.nowMs = first + 4.5 * MINUTE;
    await next();
    expect(runner.groups()[0]).toMatchObject({ lastEvaluationMs: first + MINUTE, missed: 3 });
    await next();
    expect(runner.groups()[0]!.lastEvaluationMs).toBe(first + 5 * MINUTE);
  });

  test("stop, and nothing waits any more", async () => {
    const { runner, clock } = desk([file("a.yaml", group("g", down))]);
    runner.stop();
    expect(clock.waiting).toBe(0);
  });
});

describe("a reload", () => {
  test("keeps a group that is the same, wherever its rules stand now", async () => {
    const { next, runner } = desk([file("a.yaml", group("g", down))]);
    await next();
    runner.reload([{ path: "a.yaml", text: `# changed\n${file("a.yaml", group("g", down)).text}` }]);
    expect(runner.groups()).toMatchObject([{ evaluations: 1 }]);
  });

  test("keeps the alerts of rules that are the same in a group that is not", async () => {
    const { next, up, sent, runner } = desk([file("a.yaml", group("g", down))]);
    for (let i = 0; i < 2; i++) {
      up(0);
      await next();
    }
    runner.reload([file("a.yaml", group("g", `- record: n\n  expr: count(up)\n${down}`))]);
    expect(sent).toEqual([]);
    up(0);
    await next();
    expect(sent).toHaveLength(1);
  });

  test("ends the series of a group that is gone, and of its files", async () => {
    const rules = "- record: x\n  expr: count(up)";
    const { next, up, value, runner, clock } = desk([
      file("a.yaml", group("g", rules)),
      file("b.yaml", group("g", down)),
    ]);
    up(1);
    await next();
    await next();
    expect(value("x")).toBe(1);
    clock.nowMs += 1_000;
    runner.reload([file("b.yaml", group("g", down))]);
    expect(runner.groups()).toMatchObject([{ file: "b.yaml" }]);
    expect(value("x")).toBeUndefined();
  });

  test("of a broken file changes nothing, and tells the faults of all files", async () => {
    const { next, runner } = desk([file("a.yaml", group("g", down))]);
    await next();
    const broken = [file("a.yaml", group("g", "- alert: A\n  expr: up ==")), file("b.yaml", group("h", "- expr: up"))];
    expect(() => runner.reload(broken)).toThrow(
      /^a\.yaml: 6:15: .*could not parse.*\nb\.yaml: 5:9: .*one of 'record' or 'alert'/,
    );
    expect(runner.groups()).toMatchObject([{ name: "g", evaluations: 1 }]);
    await next();
    expect(runner.groups()).toMatchObject([{ evaluations: 2 }]);
  });
});

test("patterns name files in order, each once", () => {
  const folder = mkdtempSync(join(tmpdir(), "rules-"));
  try {
    mkdirSync(join(folder, "alerts"));
    for (const name of ["b.yaml", "a.yaml", "a.yml", "ab.yaml"]) writeFileSync(join(folder, "alerts", name), "");
    const names = (...patterns: readonly string[]) =>
      findFiles(patterns, folder).map((path) => path.slice(folder.length + 8));
    expect(names("alerts/*.yaml")).toEqual(["a.yaml", "ab.yaml", "b.yaml"]);
    expect(names("alerts/b.yaml", "./al*/?.yaml")).toEqual(["b.yaml", "a.yaml"]);
    expect(names(join(folder, "alerts", "[ab].y*ml"))).toEqual(["a.yaml", "a.yml", "b.yaml"]);
    expect(names("absent/*.yaml")).toEqual([]);
    expect(() => names("alerts/c.yaml")).toThrow("alerts/c.yaml is not there");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
