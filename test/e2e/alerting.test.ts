/** Alerting as an application has it: its own thread, real receivers, restarts and what blocks the application. */
import { EventEmitter, once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { WebhookBody } from "@telltale/alerting";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Application, startApplication } from "./application.ts";
import { freePort } from "./servers.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "alerting-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A desk with one venue; its argument is what it starts with, SIGUSR2 turns it round. */
const source = `
import { gauge, open } from "@telltale/metrics";
import { bootstrap } from "telltale";
const threads = process.getBuiltinModule("node:worker_threads");
let made = 0;
threads.Worker = class extends threads.Worker {
  constructor(...given) { super(...given); globalThis.thread = this; }
};
const connected = gauge({ name: "venue.connected", attributes: { venue: open() } }).bind({ venue: "kraken" });
let isConnected = process.argv[2] === "connected";
connected.record(Number(isConnected));
const telemetry = bootstrap();
process.on("SIGUSR2", () => connected.record(Number(isConnected = !isConnected)));
process.on("SIGCONT", () => {
  console.log("blocked");
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});
process.on("SIGURG", () => void globalThis.thread.terminate());
process.on("SIGWINCH", async () => console.log(JSON.stringify(await telemetry.alerting.alerts())));
setInterval(() => {}, 60_000);
console.log("listening on " + new URL(telemetry.prometheusUrl).port);
`;

const group = `
groups:
  - name: desk
    interval: 200ms
    rules:`;
const rules = `${group}
      - alert: Disconnected
        expr: venue_connected == 0
        labels: { severity: critical }
        annotations: { summary: "No connection to {{ $labels.venue }}" }
`;

async function startDesk(
  how: "connected" | "disconnected",
  env: Readonly<Record<string, string>> = {},
  what: { readonly rules?: string; readonly source?: string } = {},
): Promise<Application> {
  writeFileSync(join(folder, "rules.yaml"), what.rules ?? rules);
  return await startApplication({
    source: what.source ?? source,
    args: [how],
    env: {
      TELLTALE_TRACING: "false",
      TELLTALE_METRICS_PROMETHEUS_PORT: `${await freePort()}`,
      TELLTALE_METRICS_PROMETHEUS: "true",
      TELLTALE_ALERTING_RULES: join(folder, "rules.yaml"),
      TELLTALE_ALERTING_INTERVAL_MS: "200",
      TELLTALE_SHUTDOWN_TIMEOUT_MS: "500",
      ...env,
    },
  });
}

/** A receiver over HTTP that counts what it accepted and what it refused. */
class Receiver extends EventEmitter implements Disposable {
  readonly accepted: string[] = [];
  readonly refused: string[] = [];
  answer: "accept" | "refuse" | "hang" | "drop the reply" = "accept";
  readonly #server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { status, groupKey } = JSON.parse(Buffer.concat(chunks).toString()) as WebhookBody;
    this.#respond(`${status} ${groupKey}`, response);
    this.emit("told");
  });

  /** Listens, and writes an alertmanager.yml that names it. */
  async listen(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    const url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    const path = join(folder, "alertmanager.yml");
    writeFileSync(
      path,
      `route: { receiver: desk, group_by: [alertname], group_wait: 0s, group_interval: 1s }\n` +
        `receivers: [{ name: desk, webhook_configs: [{ url: "${url}" }] }]\n`,
    );
    return path;
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await once(this, "told");
  }

  #respond(told: string, response: ServerResponse): void {
    switch (this.answer) {
      case "accept":
        this.accepted.push(told);
        response.end();
        return;
      case "refuse":
        this.refused.push(told);
        response.writeHead(503).end();
        return;
      case "drop the reply":
        this.accepted.push(told);
        response.destroy();
        return;
      case "hang":
        this.refused.push(told);
    }
  }

  [Symbol.dispose](): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

/** Of a counter of alerting on the Prometheus page, which is as of the last collection. */
async function figure(desk: Application, name: string): Promise<number> {
  const page = await (await desk.request("/metrics")).text();
  return Number(
    page
      .split("\n")
      .find((line) => line.startsWith(`telltale_alerting_${name} `))
      ?.split(" ")[1] ?? 0,
  );
}

const sent = 'notifications_total{telltale_outcome="sent"}';
const evaluations = 'evaluations_total{telltale_outcome="done"}';
const patience = { timeout: 30_000, interval: 20 };
const disconnected = '{}:{alertname="Disconnected"}';

test("without receivers alerts are in the application's log, with their end", async () => {
  const desk = await startDesk("disconnected");
  const [line] = await desk.waitForOutput(/.*Disconnected fires.*/);
  expect(JSON.parse(line)).toMatchObject({
    level: "error",
    logger: "telltale.alerting",
    msg: "Disconnected fires: No connection to kraken",
    alert: { state: "firing", labels: { alertname: "Disconnected", venue: "kraken" } },
  });
  process.kill(desk.pid, "SIGUSR2");
  await desk.waitForOutput(/"level":"info".*Disconnected is resolved/);
});

test("rules go on while the application is blocked, and tell of it", async () => {
  using receiver = new Receiver();
  const env = { TELLTALE_ALERTING_RECEIVERS: await receiver.listen() };
  const desk = await startDesk("connected", env, {
    rules: `${group}\n      - { alert: Hangs, expr: up == 0 }`,
  });
  await expect.poll(() => figure(desk, evaluations), patience).toBeGreaterThan(1);
  process.kill(desk.pid, "SIGCONT");
  await desk.waitForOutput(/blocked/);
  await receiver.until(() => receiver.accepted.length > 0);
  expect(receiver.accepted).toEqual(['firing {}:{alertname="Hangs"}']);
});

// It starts six processes one after another.
test("a kill -9 neither repeats nor forgets: every delivery is counted", async () => {
  using receiver = new Receiver();
  const env = {
    // It is in the label instance of every alert.
    TELLTALE_METRICS_PROMETHEUS_PORT: `${await freePort()}`,
    TELLTALE_ALERTING_RECEIVERS: await receiver.listen(),
    TELLTALE_ALERTING_STATE: join(folder, "alerting.db"),
  };
  receiver.answer = "refuse";
  let desk = await startDesk("disconnected", env);
  await receiver.until(() => receiver.refused.length >= 2);
  await desk.stop("SIGKILL");

  // What was refused is told by the next process, once.
  receiver.answer = "accept";
  desk = await startDesk("disconnected", env);
  await expect.poll(() => figure(desk, sent), patience).toBe(1);
  await desk.stop("SIGKILL");
  expect(receiver.accepted).toEqual([`firing ${disconnected}`]);

  // Nothing is left to be told, however often it is evaluated. Then it ends.
  desk = await startDesk("disconnected", env);
  await expect.poll(() => figure(desk, evaluations), patience).toBeGreaterThan(8);
  expect(receiver.accepted).toHaveLength(1);
  receiver.answer = "drop the reply";
  process.kill(desk.pid, "SIGUSR2");
  await receiver.until(() => receiver.accepted.length >= 2);
  await desk.stop("SIGKILL");

  // Nobody knows whether that one arrived: it is told again, under the same key.
  receiver.answer = "accept";
  desk = await startDesk("connected", env);
  await expect.poll(() => figure(desk, sent), patience).toBe(1);
  await desk.stop("SIGKILL");
  desk = await startDesk("connected", env);
  await expect.poll(() => figure(desk, evaluations), patience).toBeGreaterThan(8);
  await desk.stop("SIGKILL");
  expect(receiver.accepted[0]).toBe(`firing ${disconnected}`);
  expect(new Set(receiver.accepted.slice(1))).toEqual(new Set([`resolved ${disconnected}`]));
});

test("the thread that ends is started again, and that is told", async () => {
  const desk = await startDesk("disconnected");
  await desk.waitForOutput(/Disconnected fires/);
  process.kill(desk.pid, "SIGURG");
  await desk.waitForOutput(/alerting: its thread had ended and is started again/);
  await expect
    .poll(() => {
      process.kill(desk.pid, "SIGWINCH");
      return /\[\{"name":"Disconnected","state":"firing"/.test(desk.stdout);
    }, patience)
    .toBe(true);
});

test("the thread is tried again when the system has no other one at first", async () => {
  const desk = await startDesk(
    "disconnected",
    {},
    {
      source: source.replace(
        "super(...given);",
        'if (++made === 2) throw new Error("no thread to be had"); super(...given);',
      ),
    },
  );
  await desk.waitForOutput(/Disconnected fires/);
  process.kill(desk.pid, "SIGURG");
  await desk.waitForOutput(/alerting: its thread cannot be started again: Error: no thread to be had/);
  await desk.waitForOutput(/alerting: its thread had ended and is started again/);
});

test("workers of a node:cluster are watched by the alerting of their primary, each as an instance of its own", async () => {
  const clusterSource = `
    import cluster from "node:cluster";
    import { gauge } from "@telltale/metrics";
    import { bootstrap } from "telltale";
    bootstrap();
    if (cluster.isPrimary) {
      for (const connected of [0, 1]) cluster.fork({ CONNECTED: connected });
    } else {
      gauge({ name: "venue.connected" }).record(Number(process.env.CONNECTED));
      setInterval(() => {}, 60_000);
    }
  `;
  writeFileSync(join(folder, "rules.yaml"), rules);
  const env = {
    TELLTALE_TRACING: "false",
    OTEL_METRICS_EXPORTER: "none",
    TELLTALE_ALERTING_RULES: join(folder, "rules.yaml"),
    TELLTALE_ALERTING_INTERVAL_MS: "200",
    TELLTALE_ALERTING_STATE: join(folder, "alerting.db"),
  };
  const application = await startApplication({ source: clusterSource, until: "started", env });
  const [line] = await application.waitForOutput(/.*Disconnected fires.*/);
  expect(JSON.parse(line)).toMatchObject({ alert: { labels: { instance: expect.stringMatching(/\/worker-1$/) } } });
  expect(application.stdout.match(/fires/g)).toHaveLength(1);
  expect(application.stderr).toBe("");
});

test("alerts in code fire, code intervenes, and who acknowledges silences: all through the thread", async () => {
  writeFileSync(
    join(folder, "extras.yaml"),
    'interventions: [{ name: halt, matchers: [alertname="LargeLoss"], dry_run: false }]\n',
  );
  const env = {
    TELLTALE_TRACING: "false",
    OTEL_METRICS_EXPORTER: "none",
    TELLTALE_ALERTING_EXTRAS: join(folder, "extras.yaml"),
    TELLTALE_ALERTING_INTERVAL_MS: "200",
  };
  const application = await startApplication({
    source: `
      import { intervention } from "@telltale/alerting";
      import { alert } from "@telltale/alerting/code";
      import { bootstrap } from "telltale";
      const { alerting } = bootstrap();
      intervention("halt", ({ alert: { labels, annotations } }) => {
        console.log("halted because of", labels.severity, annotations.summary);
        setTimeout(async function look() {
          const [incident] = await alerting.incidents();
          const known = incident === undefined ? [] : (await alerting.incident(incident.id)).events;
          if (!known.some(({ kind }) => kind.includes("intervention"))) return setTimeout(look, 100);
          await alerting.acknowledge(incident.id, { by: "me" });
          const [alert] = await alerting.alerts();
          const { events } = await alerting.incident(incident.id);
          console.log("silenced", alert.silencedBy.length, events.map(({ kind }) => kind).join());
          const bad = { matchers: [], endsAtMs: 0, createdBy: "me", comment: "" };
          await alerting.silence(bad).catch(({ name, code }) => console.log("no silence", name, code));
          process.exit();
        }, 100);
      });
      alert({ name: "LargeLoss", severity: "critical", condition: () => "Daily P&L: -5001" });
      setInterval(() => {}, 60_000);
    `,
    until: "started",
    env,
  });
  const { stdout, stderr } = await application.exited;
  expect(stdout).toMatch(/LargeLoss fires: Daily P&L: -5001/);
  expect(stdout).toMatch(/^halted because of critical Daily P&L: -5001$/m);
  expect(stdout).toMatch(/^silenced 1 opened,.*intervention.*acknowledged/m);
  expect(stdout).toMatch(/^no silence RangeError TELLTALE_BAD_SILENCE$/m);
  expect(stderr).toBe(
    "telltale: alerting: interventions (halt) may be made again after a restart, as alerting.state names no file\n",
  );
});

describe("the end", () => {
  test("comes in time with receivers that hang, by the same signal", async () => {
    using receiver = new Receiver();
    receiver.answer = "hang";
    const desk = await startDesk("disconnected", { TELLTALE_ALERTING_RECEIVERS: await receiver.listen() });
    await receiver.until(() => receiver.refused.length > 0);
    expect(await desk.stop("SIGTERM")).toMatchObject({ signal: "SIGTERM", code: null });
  });

  test("comes after all that the thread has said", async () => {
    writeFileSync(join(folder, "rules.yaml"), rules);
    const application = await startApplication({
      source: `
        import { startAlertingThread } from "@telltale/alerting/thread";
        import { seriesReader, transferables } from "@telltale/metrics";
        const thread = startAlertingThread({
          settings: { folder: process.argv[2], rules: ["rules.yaml"], intervalMs: 60_000 },
          series: seriesReader({ targetLabels: {} }),
          transferables,
          onAlert() {},
          onProblem: ({ text }) => console.log(text),
        });
        thread.waitUntilStarted();
        await thread.collect();
        await thread.stop({ withinMs: 5_000 });
        console.log("stopped", thread.figures().evaluations);
      `,
      until: "started",
      args: [folder],
    });
    expect(await application.exited).toMatchObject({ code: 0, stdout: "stopped 0\n", stderr: "" });
  });

  test("comes by itself when the application has nothing to do: the thread holds no process", async () => {
    writeFileSync(join(folder, "rules.yaml"), rules);
    const application = await startApplication({
      source: 'import { bootstrap } from "telltale"; bootstrap();',
      until: "started",
      env: {
        OTEL_TRACES_EXPORTER: "none",
        OTEL_METRICS_EXPORTER: "none",
        OTEL_LOGS_EXPORTER: "none",
        TELLTALE_ALERTING_RULES: join(folder, "rules.yaml"),
      },
    });
    expect(await application.exited).toMatchObject({ code: 0, stderr: "" });
  });
});

describe("a start that cannot be", () => {
  const source = 'import { bootstrap } from "telltale"; bootstrap(); console.log("started");';

  test("throws with all faults of all files", async () => {
    writeFileSync(join(folder, "rules.yaml"), rules.replace("== 0", "=="));
    writeFileSync(join(folder, "alertmanager.yml"), "route: { receiver: nobody }\n");
    const env = {
      TELLTALE_ALERTING_RULES: `${folder}/rules.yaml,${folder}/absent.yaml`,
      TELLTALE_ALERTING_RECEIVERS: `${folder}/alertmanager.yml`,
    };
    const { code, stderr } = await (await startApplication({ source, until: "started", env })).exited;
    expect(code).toBe(1);
    expect(stderr).toMatch(/telltale: alerting cannot start\n {2}- .*absent\.yaml is not there/);
    expect(stderr).toMatch(/alertmanager\.yml: 1:\d+: undefined receiver "nobody"/);
    expect(stderr).toMatch(/TELLTALE_BAD_ALERTING_FILES/);
  });

  test("leaves nothing behind: the next call starts, with all metrics", async () => {
    writeFileSync(join(folder, "rules.yaml"), rules);
    writeFileSync(join(folder, "broken.yaml"), rules.replace("== 0", "=="));
    const port = await freePort();
    const application = await startApplication({
      source: `
        import { gauge } from "@telltale/metrics";
        import { bootstrap } from "telltale";
        const start = (file) => bootstrap({
          tracing: false,
          metrics: { exporters: [], prometheus: { port: ${port} } },
          alerting: { rules: [process.argv[2] + "/" + file], intervalMs: 200 },
        });
        gauge({ name: "venue.connected" }).record(0);
        try { start("broken.yaml"); } catch ({ code }) { console.log("refused", code); }
        const telemetry = start("rules.yaml");
        setInterval(() => {}, 60_000);
        console.log("listening on " + new URL(telemetry.prometheusUrl).port);
      `,
      args: [folder],
    });
    expect(application.stdout).toMatch(/^refused TELLTALE_BAD_ALERTING_FILES$/m);
    await application.waitForOutput(/Disconnected fires/);
    await expect.poll(() => figure(application, evaluations), patience).toBeGreaterThan(1);
    expect(application.stderr).toBe("");
  });

  test("throws for a port that is taken", async () => {
    using receiver = new Receiver();
    const path = await receiver.listen();
    const port = /:(\d+)"/.exec(readFileSync(path, "utf8"))![1]!;
    const env = { TELLTALE_ALERTING: "true", TELLTALE_ALERTING_API: "true", TELLTALE_ALERTING_API_PORT: port };
    const { stderr } = await (await startApplication({ source, until: "started", env })).exited;
    expect(stderr).toMatch(/alerting cannot start/);
    expect(stderr).toMatch(/TELLTALE_PORT_IN_USE/);
  });
});
