/** The table of all simulators and their faults: each makes its own alerts fire, in time, and no others. */
import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import { basename, resolve } from "node:path";
import { labelValue, MemoryStore, parse, type Sample } from "@telltale/promql";
import { beforeAll, expect, test } from "vitest";
import { SimulatedClock } from "../../examples/simulators/simulated-clock.ts";
import { FAULT_AT_MS, type FaultDescription } from "../../examples/simulators/simulation.ts";
import { dashboards } from "../../scripts/dashboard-files.ts";
import { withVariables } from "../../scripts/panel-data.ts";
import { ruleGroups } from "../../scripts/rule-files.ts";
import { instanceOf, type SimulatedRun, samplesOf } from "../../scripts/simulated-run.ts";
import { ownAnswer, type Question } from "../promql/answer.ts";
import { prometheusWith } from "../promql/prometheus-answers.ts";
import { type FiredAlerts, firedAlerts, type Times } from "./fired-alerts.ts";
import { instantVector } from "./instant-vector.ts";

interface ExpectedRun extends SimulatedRun {
  readonly name: string;
  readonly alerts: readonly string[];
  readonly dueMs: number;
}

const familiesOfRules = askedFamilies();
const runs = await expectedRuns();
const startMs = new SimulatedClock().wallClock();
const longestMs = Math.max(...runs.map(({ durationMs }) => durationMs));
const times: Times = { startMs, endMs: startMs + longestMs, stepMs: 15_000 };

/** A day is simulated. This is no measurement: it only ends what hangs. */
const SLOWEST_MS = 900_000;
/** Of the metrics that rules ask for. */
let samples: readonly Sample[] = [];
let fired: FiredAlerts = new Map();
/** Everything that the simulators tell. */
const store = new MemoryStore({ retentionMs: 1e12, maxBytes: 1024 * 1024 * 1024 });

beforeAll(async () => {
  const all = await inTurns(runs);
  const engine = {
    ask: (question: Question) => ownAnswer(store, question, {}),
    write: (more: readonly Sample[]) => void store.append(more),
  };
  engine.write(all);
  fired = await firedAlerts(engine, ruleGroups, times);
  samples = all.filter(({ labels }) => familiesOfRules.has(familyOf(labelValue(labels, "__name__"))));
}, SLOWEST_MS);

test.each(runs)("$name", (run) => {
  const alerts = fired.get(instanceOf(run)) ?? new Map<string, number>();
  expect([...alerts.keys()].sort()).toEqual([...run.alerts].sort());
  for (const atMs of alerts.values()) {
    expect(atMs - startMs).toBeGreaterThanOrEqual(FAULT_AT_MS);
    expect(atMs - startMs).toBeLessThanOrEqual(FAULT_AT_MS + run.dueMs);
  }
});

const installed = spawnSync("prometheus", ["--version"]).error === undefined;

test.skipIf(!installed)(
  "the real Prometheus fires the same alerts",
  async () => {
    await using prometheus = await prometheusWith("prometheus", samples);
    const theirs = await firedAlerts(prometheus, ruleGroups, times);
    expect(namesOf(theirs)).toEqual(namesOf(fired));
    // Before 3.0 a window takes in the sample at its left end too, so that an alert may fire a step later, or earlier.
    for (const [instance, alerts] of fired) {
      for (const [name, atMs] of alerts) {
        const late = theirs.get(instance)!.get(name)! - atMs;
        expect(Math.abs(late), `${name} of ${instance}`).toBeLessThanOrEqual(times.stepMs);
      }
    }
  },
  SLOWEST_MS,
);

test("the pages of the simulated domains have data in every panel, but for those listed here", () => {
  const pages = dashboards.filter(({ name }) => name in NOT_SIMULATED);
  const ends = [...new Set(runs.map(({ durationMs }) => startMs + durationMs - (durationMs % times.stepMs)))];
  const isEmpty = (expr: string): boolean =>
    ends.every((timeMs) =>
      instantVector(store, parse(withVariables(expr)), timeMs).every(({ value }) => Number.isNaN(value)),
    );
  const unexpected = pages.flatMap(({ name, title: page, rows }) =>
    rows
      .flatMap((row) => row.panels)
      .flatMap(({ title, queries }) =>
        Object.entries(queries).flatMap(([legend, expr]) => (isEmpty(expr) ? [`${title}: ${legend}`] : [])),
      )
      .filter((query) => !NOT_SIMULATED[name]!.includes(query))
      .map((query) => `${page}: ${query}`),
  );
  expect(pages).toHaveLength(Object.keys(NOT_SIMULATED).length);
  expect(unexpected).toEqual([]);
});

test("every alert of a simulated domain has a fault that makes it fire", () => {
  const driven = new Set(runs.flatMap(({ alerts }) => alerts));
  const simulated = ruleGroups.filter(({ domain }) => SIMULATED.includes(domain));
  expect(simulated).toHaveLength(SIMULATED.length);
  const never = simulated.flatMap(({ alerts }) => alerts).filter(({ name }) => !driven.has(name));
  expect(never.map(({ name }) => name)).toEqual([]);
});

/** The others (host, GPU, HTTP, telltale itself) fire on samples of promtool's tests only. */
const SIMULATED = ["trading", "consensus", "p2p", "ml", "agents", "cluster", "gaming"];

/**
 * What no run without a fault has, by the name of the page: events that cannot be, hardware, and what only a fault brings.
 * In `every-expression.test.ts` these have data too.
 */
const NOT_SIMULATED: Readonly<Record<string, readonly string[]>> = {
  trading: [
    "Anomalies, breaches and failed requests: {{trading_strategy}} breaks {{trading_rule}}",
    "Time to connect: {{trading_venue}} p50",
    "Time to connect: {{trading_venue}} p99",
  ],
  consensus: [
    "Reorganizations and forks: {{consensus_chain}} depth",
    "Reorganizations and forks: {{consensus_chain}} forks",
    "Faults, missed blocks and anomalies: anomaly: {{consensus_anomaly}}",
    "Leaders and elections: elections {{consensus_outcome}}",
  ],
  network: [
    "In: in",
    "Out: out",
    "Bytes: {{network_interface_name}} {{network_io_direction}}",
    "Packets and errors: {{system_device}} {{network_io_direction}}",
    "Packets and errors: {{network_interface_name}} errors",
    "Anomalies: {{p2p_network}} {{p2p_anomaly}}",
  ],
  training: ["GPU: {{hw_id}} busy", "GPU: {{hw_id}} memory"],
  agents: ["Crashes and anomalies: {{agent_type}} {{agent_anomaly}}"],
  cluster: ["Anomalies: {{cluster_anomaly}}"],
  gaming: [],
};

/** The families that rules ask for, and some other words of theirs. */
function askedFamilies(): ReadonlySet<string> {
  const rules = ruleGroups.flatMap(({ alerts, recordings = [] }) => [...alerts, ...recordings]);
  return new Set(rules.flatMap(({ expr }) => expr.match(/[a-z]\w+/g) ?? []).map(familyOf));
}

function familyOf(name: string): string {
  return name.replace(/_(bucket|sum|count)$/, "");
}

function namesOf(all: FiredAlerts): object {
  return Object.fromEntries([...all].map(([instance, alerts]) => [instance, [...alerts.keys()].sort()]));
}

/** A run without a fault of each simulator, and one for each of its faults. */
async function expectedRuns(): Promise<readonly ExpectedRun[]> {
  const folder = resolve(import.meta.dirname, "../../examples/simulators");
  const all: ExpectedRun[] = [];
  for (const file of globSync("*.ts", { cwd: folder, exclude: ["*.test.ts"] }).sort()) {
    const { faults } = (await import(resolve(folder, file))) as { faults?: Record<string, FaultDescription> };
    if (faults === undefined) continue;
    const simulator = basename(file, ".ts");
    const longestMs = Math.max(...Object.values(faults).map(({ dueMs }) => dueMs));
    all.push({
      simulator,
      fault: undefined,
      name: `${simulator} without a fault: silence`,
      alerts: [],
      ...lasting(longestMs),
    });
    for (const [fault, { alerts, dueMs }] of Object.entries(faults)) {
      const name = `${simulator}, ${fault}: ${alerts.join(", ")}`;
      all.push({ simulator, fault, name, alerts, families: [...familiesOfRules], ...lasting(dueMs) });
    }
  }
  return all;
}

function lasting(dueMs: number): { readonly dueMs: number; readonly durationMs: number } {
  return { dueMs, durationMs: FAULT_AT_MS + dueMs + 60_000 };
}

/** Two at a time: there are no more cores where this is tested. */
async function inTurns(all: readonly SimulatedRun[]): Promise<readonly Sample[]> {
  const waiting = [...all];
  const done: (readonly Sample[])[] = [];
  const work = async (): Promise<void> => {
    for (let run = waiting.shift(); run !== undefined; run = waiting.shift()) done.push(await samplesOf(run));
  };
  await Promise.all([work(), work()]);
  return done.flat();
}
