/** The command as it is run: real processes, their output and their exit codes. */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodePprof, type StackProfile } from "@telltale/runtime";
import { afterAll, beforeAll, expect, test } from "vitest";

const command = join(import.meta.dirname, "telltale-command.ts");
const folder = mkdtempSync(join(tmpdir(), "telltale-command-"));
const profilePath = join(folder, "busy.pprof");
afterAll(() => rmSync(folder, { recursive: true }));

const busy = { name: "busyWork", file: "/app/busy.js", line: 3 };
const main = { name: "main", file: "/app/main.js", line: 1 };
const profile: StackProfile = {
  types: [
    { type: "sample", unit: "count" },
    { type: "cpu", unit: "nanoseconds" },
  ],
  samples: [
    { stack: [busy, main], values: [3, 1_500_000_000] },
    { stack: [main], values: [1, 500_000_000] },
  ],
  startedAtMs: Date.UTC(2026, 10, 22, 9, 30),
  durationMs: 10_000,
  period: { type: "cpu", unit: "nanoseconds", value: 10_000_000 },
  labels: { trace_id: "0af7651916cd43dd8448eb211c80319c" },
};

const day = Date.UTC(2026, 10, 22);
const snapshot = (timestampMs: number, cpu: number) => ({ timestampMs, cpu, load: 1.5, health: { cpu: "degraded" } });

beforeAll(async () => {
  writeFileSync(profilePath, await encodePprof(profile));
  writeFileSync(join(folder, "junk.pprof"), "not a profile");
  const lines = [snapshot(day, 0.9), snapshot(day + 3_600_000, 0.25)].map((one) => `${JSON.stringify(one)}\n`);
  writeFileSync(join(folder, "resources-2026-11-22.jsonl"), `${lines.join("")}{"cut`);
});

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function telltale(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const { PATH = "" } = process.env;
  const all = ["--conditions=telltale-source", "--no-warnings", command, ...args];
  return new Promise((resolve) => {
    const child = execFile(process.execPath, all, { cwd: folder, env: { PATH, ...env } }, (_, stdout, stderr) =>
      resolve({ code: child.exitCode, stdout, stderr }),
    );
  });
}

test("the hottest functions are a table, without colours where nobody sees them", async () => {
  const { code, stdout, stderr } = await telltale(["profile", "analyze", profilePath]);
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toBe(`\
cpu: 2.00 s in 2 stacks, over 10.0 s, from 2026-11-22T09:30:00.000Z, trace_id 0af7651916cd43dd8448eb211c80319c

    self          with calls           function
  1.50 s  75.0 %      1.50 s   75.0 %  busyWork  /app/busy.js:3
500.0 ms  25.0 %      2.00 s  100.0 %  main  /app/main.js:1
`);
});

test("colours are for terminals, and for who asks for them", async () => {
  const { stdout } = await telltale(["profile", "analyze", profilePath], { FORCE_COLOR: "1" });
  expect(stdout).toContain("\u001b[31m");
});

test("--json says the same to programs, --svg draws, --limit leaves out", async () => {
  const svg = join(folder, "flames.svg");
  const args = ["profile", "analyze", profilePath, "--json", "--svg", svg, "--limit", "1"];
  const { code, stdout } = await telltale(args);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual({
    ...{ type: "cpu", unit: "nanoseconds", startedAtMs: profile.startedAtMs, durationMs: 10_000 },
    ...{ labels: profile.labels, stacks: 2, total: 2_000_000_000 },
    functions: [{ ...busy, self: 1_500_000_000, total: 1_500_000_000, share: 0.75 }],
  });
  expect(readFileSync(svg, "utf8")).toMatch(/^<\?xml .*<svg .*busyWork/s);
});

test("snapshots are printed in order, whole lines only, and by time", async () => {
  const { code, stdout } = await telltale(["export", "--from", folder]);
  expect(code).toBe(0);
  expect(
    stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line)),
  ).toEqual([snapshot(day, 0.9), snapshot(day + 3_600_000, 0.25)]);
  const csv = await telltale(["export", "--from", folder, "--format", "csv", "--since", "2026-11-22T00:30Z"]);
  expect(csv.stdout.split("\n")).toEqual([
    "time,cpu,memory,disk,fileDescriptors,battery,eventLoopDelay,receivedPerSecond,transmittedPerSecond,load,health",
    "2026-11-22T01:00:00.000Z,0.25,,,,,,,,1.5,cpu=degraded",
    "",
  ]);
  const before = await telltale(["export", "--from", folder, "--until", "2026-11-22"]);
  expect(before).toEqual({ code: 0, stdout: "", stderr: "" });
});

const rules = `
groups:
  - name: desk
    rules:
      - record: job:up:sum
        expr: sum by (job) (up)
      - alert: Down
        expr: up == 0
        for: 1m
`;
const ruleTests = (firing: string): string => `
rule_files: [rules.yaml]
evaluation_interval: 1m
tests:
  - name: a target goes away
    interval: 1m
    input_series: [{ series: 'up{job="desk"}', values: "1 0 0 0" }]
    alert_rule_test:
      - { eval_time: 3m, alertname: Down, exp_alerts: [${firing}] }
`;
const receivers =
  "route: { receiver: desk }\nreceivers: [{ name: desk, webhook_configs: [{ url: 'http://127.0.0.1:9' }] }]";

test("rule files and receivers are checked, every fault is told with its place", async () => {
  writeFileSync(join(folder, "rules.yaml"), rules);
  writeFileSync(join(folder, "alertmanager.yml"), receivers);
  const good = await telltale(["alerts", "check", "rules.y*ml", "--receivers", "alertmanager.yml"]);
  expect(good).toEqual({
    ...{ code: 0, stderr: "" },
    stdout: "rules.yaml: 1 group, 1 alert, 1 recording rule\nalertmanager.yml: 1 receiver\n",
  });
  writeFileSync(join(folder, "broken.yaml"), rules.replace("up == 0", "up ==").replace("(job) (up)", "(job) (up"));
  const bad = await telltale(["alerts", "check", "rules.yaml", "broken.yaml", "--json"]);
  expect(bad).toMatchObject({ code: 1, stderr: "telltale: not every file can be used\n" });
  const [first, second] = bad.stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(first).toEqual({ path: "rules.yaml", found: "1 group, 1 alert, 1 recording rule", problems: [] });
  expect(second.problems).toHaveLength(2);
  expect(second.problems[0]).toMatch(/^broken\.yaml: \d+:\d+: /);
});

test("unit tests of rules pass and fail as with promtool", async () => {
  writeFileSync(join(folder, "rules.yaml"), rules);
  writeFileSync(join(folder, "good.test.yaml"), ruleTests("{ exp_labels: { job: desk } }"));
  expect(await telltale(["alerts", "test", "good.test.yaml"])).toEqual({
    ...{ code: 0, stderr: "" },
    stdout: "good.test.yaml: 1 passed\n",
  });
  writeFileSync(join(folder, "bad.test.yaml"), ruleTests(""));
  const { code, stdout, stderr } = await telltale(["alerts", "test", "*.test.yaml"]);
  expect([code, stderr]).toEqual([1, "telltale: 1 of 2 test files failed\n"]);
  expect(stdout).toContain("bad.test.yaml: 1 of 1 FAILED\n  a target goes away\n");
  expect(stdout).toMatch(/alertname: ?Down, time: ?3m/);
});

test("--help names every command, and each has its own", async () => {
  const { code, stdout } = await telltale(["--help"]);
  expect(code).toBe(0);
  for (const name of ["alerts check", "alerts test", "export", "profile analyze"]) {
    expect(stdout).toContain(`  ${name} `);
    expect(await telltale([...name.split(" "), "--help"])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`Usage: telltale ${name}`),
    });
  }
});

test.each([
  ["profil analyze x", 'there is no command "profil"; did you mean "telltale profile analyze"?'],
  ["profile analyse x", 'there is no command "profile analyse"; did you mean "telltale profile analyze"?'],
  ["quux", 'there is no command "quux"; telltale --help lists them'],
  ["profile", "profile needs a second word: profile analyze"],
  ["profile analyze", "give one profile: telltale profile analyze <file.pprof>"],
  ["profile analyze x --limit many", '--limit is "many"; give a whole number from 1, such as 20'],
  ["alerts", "alerts needs a second word: alerts check, alerts export, alerts lint, alerts test"],
  ["alerts check", "give rule files: telltale alerts check alerts/*.yaml"],
  ["alerts test", "give the name of an alert, or test files: telltale alerts test alerts/tests/*.yaml"],
  ["export --form x", "there is no option --form; did you mean --from?"],
  ["export --from", "Option '--from <value>' argument missing"],
  ["export --from . --format xml", '--format is "xml"; give jsonl or csv'],
  ["export --from . --since never", '--since is "never"; give a time such as 2026-11-22 or 2026-11-22T09:30:00Z'],
])("telltale %s is not understood, and what would be is said", async (line, message) => {
  expect(await telltale(line.split(" "))).toEqual({ code: 2, stdout: "", stderr: `telltale: ${message}\n` });
});

test.each([
  ["alerts check none.yaml", /^telltale: none\.yaml is not there; give a file, or a pattern/],
  ["alerts check none*.yaml", /^telltale: no file is like none\*\.yaml/],
  ["profile analyze none.pprof", /^telltale: none\.pprof cannot be read \(ENOENT\)/],
  ["profile analyze junk.pprof", /^telltale: junk\.pprof: These bytes are no pprof profile/],
  ["export --from nowhere", /^telltale: nowhere cannot be read \(ENOENT\)/],
  ["export --from junk.pprof", /^telltale: junk\.pprof is no folder/],
])("telltale %s fails with a reason and code 1", async (line, message) => {
  expect(await telltale(line.split(" "))).toEqual({ code: 1, stdout: "", stderr: expect.stringMatching(message) });
});
