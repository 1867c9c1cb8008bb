/** The commands on alerts that look at rules as they are: real processes, their output and their exit codes. */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, expect, test } from "vitest";

const command = join(import.meta.dirname, "telltale-command.ts");
const root = resolve(import.meta.dirname, "../../..");
const folder = mkdtempSync(join(tmpdir(), "telltale-alerts-"));
afterAll(() => rmSync(folder, { recursive: true }));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function telltale(args: readonly string[], cwd = folder): Promise<Ended> {
  const all = ["--conditions=telltale-source", "--no-warnings", command, "alerts", ...args];
  return new Promise((done) => {
    const child = execFile(process.execPath, all, { cwd, env: { PATH: process.env["PATH"] } }, (_, stdout, stderr) =>
      done({ code: child.exitCode, stdout, stderr }),
    );
  });
}

function write(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return name;
}

test("check tells the faults of telltale.alerting.yaml, and whether its receivers are there", async () => {
  write("receivers.yml", "route: { receiver: desk }\nreceivers: [{ name: desk }, { name: lead }]\n");
  write("extras.yaml", "escalations: [{ name: a, levels: [{ delay: 5m, receivers: [led] }] }]\ncooldown: []\n");
  const both = ["--receivers", "receivers.yml", "--extras", "extras.yaml"];
  expect(await telltale(["check", ...both])).toEqual({
    code: 1,
    stdout: `receivers.yml: 2 receivers
extras.yaml: 1:60: alertmanager.yml has no receiver "led"; did you mean "lead"?
extras.yaml: 2:1: field cooldown not found; did you mean "cooldowns"?
`,
    stderr: "telltale: not every file can be used\n",
  });
  write(
    "extras.yaml",
    "heartbeat: { receiver: lead }\nescalations: [{ name: a, levels: [{ delay: 5m, receivers: [x] }] }]",
  );
  expect(await telltale(["check", "--extras", "extras.yaml"])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^extras\.yaml: 1 escalation, 0 interventions, .*, a heartbeat\n$/),
  });
});

test("check tells receivers that cannot be told, and texts that are no templates", async () => {
  const route = "route: { receiver: a }\n";
  write("sns.yml", `${route}receivers: [{ name: a, sns_configs: [{ topic_arn: x, sigv4: {} }] }]\n`);
  write("text.yml", `${route}receivers: [{ name: a, slack_configs: [{ api_url: "http://x", title: "{{ .A" }] }]\n`);
  for (const [file, fault] of [
    ["sns.yml", 'sns.yml: receiver "a" has sns_configs'],
    ["text.yml", 'text.yml: receiver "a": template'],
  ] as const) {
    const ended = await telltale(["check", "--receivers", file]);
    expect(ended.code).toBe(1);
    expect(ended.stdout).toContain(fault);
  }
});

test("the rules that telltale brings along have nothing that lint would tell", async () => {
  const ended = await telltale(["lint", "deploy/alerts/*.yaml", "deploy/alerts/optional/*.yaml"], root);
  expect(ended).toEqual({ code: 0, stdout: "", stderr: "" });
});

const desk = `groups:
  - name: desk
    rules:
      - alert: Failing
        expr: sum(rate(desk_failures_total[5m])) > 1
        labels: { severity: warning }
        annotations: { summary: "{{ $value }} failures a second" }
      - alert: Halted
        expr: trading_sate{trading_state="halted"} == 1
        for: 0s
        labels: { severity: critical }
        annotations: { summary: halted }
`;

test("lint tells each finding with its place, and knows the metrics of a page", async () => {
  write("desk.yaml", desk);
  write("page.txt", "# TYPE desk_failures_total counter\ndesk_failures_total 3\n");
  const found = await telltale(["lint", "desk.yaml", "--page", "page.txt"]);
  expect(found.stdout.split("\n")).toEqual([
    expect.stringMatching(/^desk\.yaml:5:15: warning: Failing: sum adds up all replicas.* \(one-replica\)$/),
    "desk.yaml:9:15: warning: Halted: no catalogue has the metric trading_sate; did you mean trading_state? (unknown-metric)",
    "",
  ]);
  expect(found).toMatchObject({ code: 1, stderr: "telltale: 2 findings in 1 file\n" });
  const allowed = ["--allow", "one-replica", "--allow", "unknown-metric"];
  expect(await telltale(["lint", "desk.yaml", ...allowed])).toEqual({ code: 0, stdout: "", stderr: "" });
  const json = await telltale(["lint", "desk.yaml", "--page", "page.txt", "--json"]);
  expect(
    json.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line)),
  ).toMatchObject([
    { path: "desk.yaml", line: 5, column: 15, check: "one-replica", level: "warning", rule: "Failing" },
    { check: "unknown-metric", rule: "Halted" },
  ]);
});

test("lint says what it did not understand", async () => {
  write("desk.yaml", desk);
  const allow = await telltale(["lint", "desk.yaml", "--allow", "no-fro"]);
  expect(allow.code).toBe(2);
  expect(allow.stderr).toContain('--allow is "no-fro"; give broken, feature-flag,');
  expect(allow.stderr).toContain('(did you mean "no-for"?)');
  expect((await telltale(["lint"])).stderr).toBe("telltale: give rule files: telltale alerts lint alerts/*.yaml\n");
  expect((await telltale(["lint", "none/*.yaml"])).stderr).toBe("telltale: no file is like none/*.yaml\n");
  const page = await telltale(["lint", "desk.yaml", "--page", "http://127.0.0.1:9/metrics"]);
  expect(page.stderr).toMatch(
    /^telltale: http:\/\/127\.0\.0\.1:9\/metrics does not answer \(.+\); is the process running/,
  );
});

test("export writes the rules of a module that declares alerts in code", async () => {
  const alerting = join(root, "packages/alerting/src/index.ts");
  write(
    "alerts.mjs",
    `import { alert } from ${JSON.stringify(alerting)};
alert({ name: "LargeLoss", severity: "critical", for: "30s", condition: () => undefined });
`,
  );
  const { code, stdout } = await telltale(["export", "--import", "./alerts.mjs", "--output", "coded.yaml"]);
  expect([code, stdout]).toEqual([0, ""]);
  expect(readFileSync(join(folder, "coded.yaml"), "utf8")).toContain('expr: telltale_condition{rule="LargeLoss"} == 1');
  const check = await telltale(["check", "coded.yaml"]);
  expect(check).toEqual({ code: 0, stdout: "coded.yaml: 1 group, 1 alert, 0 recording rules\n", stderr: "" });
  const lint = await telltale(["lint", "coded.yaml"]);
  expect(lint).toMatchObject({ code: 0, stdout: expect.stringMatching(/^coded\.yaml:\d+:15: note: LargeLoss: .*\n$/) });
  write("empty.mjs", "");
  expect((await telltale(["export", "--import", "./empty.mjs"])).stderr).toContain("./empty.mjs called no alert()");
});
