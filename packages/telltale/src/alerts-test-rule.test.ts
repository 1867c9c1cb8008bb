/** `telltale alerts test <rule>` as it is run, on pages and on a Prometheus server. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const command = join(import.meta.dirname, "telltale-command.ts");
const folder = mkdtempSync(join(tmpdir(), "telltale-test-rule-"));
let page: Server;
let address: string;

const rules = `groups:
  - name: desk
    rules:
      - record: desk:failures:ratio
        expr: sum by (instance, venue) (failures_total) / sum by (instance, venue) (orders_total)
      - alert: ManyFailures
        expr: desk:failures:ratio > 0.1
        labels: { severity: critical }
      - alert: SlowVenue
        expr: latency_seconds / 2 > 0.5 and on (instance) up == 1
        for: 1h
      - alert: QueueGrows
        expr: rate(queued_total[1m]) > 0
        for: 300ms
`;

beforeAll(async () => {
  let reads = 0;
  page = createServer((request, response) => {
    if (request.url !== "/metrics") response.writeHead(404).end("nothing here");
    else if (request.headers.authorization === "Bearer wrong") response.writeHead(401).end();
    else {
      response.end(`# TYPE failures_total counter
failures_total{venue="kraken \\"1\\"",job="of its own"} 20
failures_total{venue="binance"} 1
orders_total{venue="kraken \\"1\\""} 100
orders_total{venue="binance"} 100
latency_seconds{venue="kraken"} 4
latency_seconds{venue="binance"} 0.2
queued_total ${++reads}
`);
    }
  }).listen(0, "127.0.0.1");
  await once(page, "listening");
  address = `http://127.0.0.1:${(page.address() as AddressInfo).port}/metrics`;
  writeFileSync(join(folder, "rules.yaml"), rules);
});
afterAll(() => {
  page.close();
  rmSync(folder, { recursive: true });
});

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function telltale(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const all = ["--conditions=telltale-source", "--no-warnings", command, "alerts", "test", ...args];
  const { PATH = "" } = process.env;
  return new Promise((done) => {
    const child = execFile(process.execPath, all, { cwd: folder, env: { PATH, ...env } }, (_, stdout, stderr) =>
      done({ code: child.exitCode, stdout, stderr }),
    );
  });
}

function onPage(rule: string, ...more: readonly string[]): Promise<Ended> {
  return telltale([rule, "--rules", "rules.yaml", "--url", address, ...more]);
}

test("a rule that fires says on which series, and what its parts are, recorded ones too", async () => {
  const { code, stdout, stderr } = await onPage("ManyFailures", "--for", "0s");
  expect([code, stderr]).toEqual([0, ""]);
  const instance = new URL(address).host;
  expect(stdout).toBe(`\
ManyFailures fires, on 1 series

  file  rules.yaml:6
  expr  desk:failures:ratio > 0.1
  for   at once
  from  ${address}, 7 series, read once

  firing  0.2  {instance="${instance}", severity="critical", venue="kraken \\"1\\""}

desk:failures:ratio
  0.2  {instance="${instance}", venue="kraken \\"1\\""}
  0.01  {instance="${instance}", venue="binance"}
`);
});

test("one that has to hold for longer is pending; operands stand below their result", async () => {
  const { stdout } = await onPage("slow-venue", "--for", "0s");
  expect(stdout).toMatch(/^SlowVenue is pending on 1 series: it holds, and not for long enough yet$/m);
  expect(stdout).toMatch(/^ {2}pending {2}2 {2}\{.*venue="kraken"\}, for 0s of 1h$/m);
  expect(stdout).toMatch(/^latency_seconds \/ 2\n {2}2 {2}\{.*\}\n {2}0\.1 {2}\{.*\}\n\n {2}latency_seconds\n {4}4 /m);
  expect(stdout).toMatch(/^up\n {2}1 {2}\{/m);
});

test("a page is read again and again, until rates and `for` can be told", async () => {
  // However slow the machine is: with few reads in that time the rule is not there yet.
  await eventually(async () => {
    const { stdout } = await onPage("QueueGrows", "--for", "1500ms", "--every", "100ms", "--json");
    const trial = JSON.parse(stdout);
    expect(trial).toMatchObject({
      alert: "QueueGrows",
      state: "firing",
      forMs: 300,
      expr: "rate(queued_total[1m]) > 0",
    });
    expect(trial.alerts[0].activeMs).toBeGreaterThanOrEqual(300);
    expect(trial.parts).toMatchObject([{ query: "rate(queued_total[1m])", series: [{ value: expect.any(Number) }] }]);
    expect(trial.from).toMatch(/read \d+ times in \d+ s$/);
  });
});

test("rules and page are those of the configuration", async () => {
  const env = { OTEL_EXPORTER_PROMETHEUS_PORT: new URL(address).port, OTEL_METRICS_EXPORTER: "prometheus" };
  const { code, stdout } = await telltale(["ManyFailures", "rules.yaml", "--for", "0s"], env);
  expect([code, stdout.split("\n")[0]]).toEqual([0, "ManyFailures fires, on 1 series"]);
});

test.each<[string, readonly string[], number, string]>([
  ["an unknown rule", ["ManyFailure"], 1, "rules.yaml has no alert ManyFailure; did you mean ManyFailures?"],
  ["two rules", ["ManyFailures", "SlowVenue"], 2, "give one name of an alert and rule files, or test files only"],
  ["a wrong duration", ["ManyFailures", "--for", "soon"], 2, '--for is "soon"; give a duration such as 15s'],
  ["a URL that is none", ["ManyFailures", "--url", "desk"], 2, '--url is "desk"; give a URL such as http://127'],
  ["nobody there", ["ManyFailures", "--url", "http://127.0.0.1:9/metrics"], 1, "/metrics does not answer ("],
])("%s is told", async (_, args, code, message) => {
  const ended = await telltale([
    ...args,
    "--rules",
    "rules.yaml",
    ...(args.includes("--url") ? [] : ["--url", address]),
  ]);
  expect(ended.code).toBe(code);
  expect(ended.stderr).toContain(message);
});

test("without a page or rules it says how to name them; a test file needs neither", async () => {
  expect((await telltale(["ManyFailures"])).stderr).toContain(
    "no rule files are configured (alerting.rules); give some",
  );
  const noPage = await telltale(["ManyFailures", "--rules", "rules.yaml"], { OTEL_METRICS_EXPORTER: "none" });
  expect(noPage.stderr).toContain("no page of metrics is configured (metrics.prometheus); give one, or a server");
  writeFileSync(join(folder, "tests.yaml"), "rule_files: [rules.yaml]\ntests: []\n");
  expect(await telltale(["tests.yaml"])).toMatchObject({ code: 0, stdout: "tests.yaml: 0 passed\n" });
  const both = await telltale(["tests.yaml", "--rules", "rules.yaml"]);
  expect(both).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("--rules is for the name of an alert, and tests"),
  });
});

test("a Prometheus server is asked, and knows for how long a rule has held", async (context) => {
  const prometheus = await startPrometheus();
  if (prometheus === undefined) return context.skip("prometheus is not installed (Debian: prometheus)");
  try {
    const args = ["--rules", "rules.yaml", "--url", prometheus.url, "--json"];
    const trial = async (rule: string) => JSON.parse((await telltale([rule, ...args])).stdout || "{}");
    await eventually(async () => expect((await trial("QueueGrows")).state).toBe("firing"));
    await eventually(async () =>
      expect(await trial("SlowVenue")).toMatchObject({
        ...{ state: "pending", from: prometheus.url },
        alerts: [{ value: 2, state: "pending" }],
      }),
    );
    const unrecorded = await trial("ManyFailures");
    expect(unrecorded).toMatchObject({ state: "inactive", parts: [{ query: "desk:failures:ratio", series: [] }] });
    expect(unrecorded.notes[0]).toContain("is recorded by these files, and the server has no such series");
  } finally {
    prometheus.process.kill("SIGKILL");
  }
});

async function startPrometheus(): Promise<{ readonly url: string; readonly process: ChildProcess } | undefined> {
  const configuration = `
scrape_configs:
  - job_name: desk
    scrape_interval: 2s
    scrape_timeout: 2s
    static_configs: [{ targets: ["${new URL(address).host}"] }]
`;
  writeFileSync(join(folder, "prometheus.yml"), configuration);
  const port = await freePort();
  const child = spawn(
    "prometheus",
    [
      `--config.file=${join(folder, "prometheus.yml")}`,
      `--storage.tsdb.path=${join(folder, "tsdb")}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: "ignore" },
  );
  const missing = await Promise.race([once(child, "spawn").then(() => false), once(child, "error").then(() => true)]);
  return missing ? undefined : { url: `http://127.0.0.1:${port}`, process: child };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

async function eventually(check: () => Promise<void>): Promise<void> {
  const deadline = performance.now() + 60_000;
  for (;;) {
    try {
      await check();
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}
