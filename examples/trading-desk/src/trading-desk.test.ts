import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Order } from "./order.ts";
import type { Ports } from "./ports.ts";

let ports: Ports;

describe("the trading desk", () => {
  let desk: Running;

  beforeAll(async () => {
    ports = await freePorts();
    desk = await start(ports);
  });
  afterAll(() => desk?.process.kill("SIGKILL"));

  test("nothing is printed before the welcome but what takes a while", () => {
    const [before = ""] = desk.output().split("The trading desk is open");
    // Of a machine that is so busy that its own sensors are read late, this is said.
    expect(before.replace(/^desk: telltale: .* does not answer.*\n/gm, "")).toBe(
      "Starting an embedded PostgreSQL (set DATABASE_URL to use your own) …\n\n",
    );
  });

  test("the addresses that it prints are those of the README", () => {
    const readme = readFileSync(new URL("../../../README.md", import.meta.url), "utf8");
    const addresses = (text: string): readonly string[] =>
      [...text.matchAll(/^ {2}([a-z ]{16}) http:\/\/127\.0\.0\.1:\d+(\S*)$/gm)].map(
        ([, name, path]) => `${name}${path}`,
      );
    expect(addresses(readme)).toHaveLength(8);
    expect(addresses(readme)).toEqual(addresses(desk.output()));
  });

  test("an order that is placed can be read back", async () => {
    const placed = await placeOrder(ports, { symbol: "ACME", side: "buy", quantity: 10, limitPrice: 500 });
    expect(placed.status).toBe(201);
    const order = (await placed.json()) as Order;
    expect(order).toMatchObject({ symbol: "ACME", side: "buy", quantity: 10, status: "filled", reason: null });

    const read = await fetch(`http://127.0.0.1:${ports.desk}${placed.headers.get("location")}`);
    expect(await read.json()).toEqual(order);
  });

  test("an order that is not one is refused, with everything that is wrong with it", async () => {
    const refused = await placeOrder(ports, { symbol: "NOPE", side: "buy", quantity: 1.5, limitPrice: 500 });
    expect(refused.status).toBe(400);
    expect(await refused.json()).toEqual({
      error: "this is not an order",
      problems: [
        'symbol is "NOPE"; give one of ACME, GLOBEX, INITECH, HOOLI',
        "quantity is 1.5; give a whole number from 1 to 10000",
      ],
    });
  });

  test("the metrics page counts requests by route, and orders by what became of them", async () => {
    await placeOrder(ports, { symbol: "ACME", side: "buy", quantity: 10, limitPrice: 0.01 });
    const page = await text(ports.deskMetrics, "/metrics");
    expect(page).toMatch(/^http_server_request_duration_seconds_count\{[^}]*http_route="\/orders"[^}]*\} \d/m);
    expect(page).toMatch(/^desk_orders_total\{[^}]*order_status="rejected"[^}]*\} [1-9]/m);
    expect(page).toMatch(/^desk_orders_total\{order_side="sell",order_status="failed",order_symbol="GLOBEX"\} \d/m);
    expect(page).toMatch(/^desk_order_duration_seconds_bucket\{/m);
    expect(await text(ports.exchangeMetrics, "/metrics")).toMatch(/http_route="\/executions"/);
  });

  test("the desk tells of its process, its machine and its health", async () => {
    const page = await eventually(() => text(ports.deskMetrics, "/metrics"), /^process_uptime_seconds /m);
    expect(page).toMatch(/^system_memory_limit_bytes \d{8,}$/m);
    expect(page).toMatch(/^telltale_health_check\{telltale_check="database",telltale_health_state="healthy"\} 1$/m);
    expect(await text(ports.deskMetrics, "/readyz?verbose")).toBe(
      "[+]process ok\n[+]exports ok\n[+]database ok\n[+]exchange ok\nreadyz check passed\n",
    );
    expect(await text(ports.exchangeMetrics, "/livez")).toBe("ok");
    expect(await text(ports.exchangeMetrics, "/metrics")).not.toContain("system_memory_limit_bytes");
  });

  test("the trace of an order goes through the desk, its database and the exchange, with the logs of both", async () => {
    const placed = await placeOrder(ports, { symbol: "HOOLI", side: "sell", quantity: 3, limitPrice: 1 });
    const traceId = placed.headers.get("x-trace-id");
    expect(traceId).toMatch(/^[0-9a-f]{32}$/);

    const trace = await eventually(
      () => text(ports.traces, `/traces/${traceId}`),
      /(?=.*POST \/orders)(?=.*match order)(?=.*trading-desk {2}log info).*exchange +log info/s,
    );
    expect(trace).toMatch(/^trading-desk {2}POST \/orders/m);
    expect(trace).toMatch(/trading-desk {2}.*INSERT INTO orders/);
    expect(trace).toMatch(/exchange .*POST \/executions/);
    expect(trace).toMatch(/exchange .*match order/);
    expect(trace).toMatch(/trading-desk {2}log info: order filled/);
    expect(trace).toMatch(/exchange +log info: order filled/);
  });

  test("orders that wait for one database connection keep their own traces", async () => {
    const order = { symbol: "HOOLI", side: "buy", quantity: 1, limitPrice: 1_000 };
    const placed = await Promise.all(Array.from({ length: 10 }, () => placeOrder(ports, order)));
    for (const response of placed) {
      const traceId = response.headers.get("x-trace-id");
      const whole = /trading-desk {2}POST \/orders.* INSERT INTO positions/s;
      const trace = await eventually(() => text(ports.traces, `/traces/${traceId}`), whole);
      expect(trace.match(/ INSERT INTO orders/g)).toHaveLength(1);
      expect(trace.match(/ INSERT INTO positions/g)).toHaveLength(1);
    }
  });

  test("a fault of the exchange fails orders for a while", async () => {
    const fault = (body: string) =>
      fetch(`http://127.0.0.1:${ports.exchange}/fault`, { method: "POST", headers: json, body });
    await fault('{"errorRate":1}');
    const failed = await placeOrder(ports, { symbol: "ACME", side: "buy", quantity: 1, limitPrice: 500 });
    expect(failed.status).toBe(502);
    expect(await failed.json()).toMatchObject({ status: "failed", reason: "the exchange answered 500" });
    await fault("{}");
  });

  test("an exchange that goes away is an alert in the inbox, and one that comes back resolves it", async () => {
    const inbox = () => text(ports.traces, "/inbox");
    expect(await inbox()).toMatch(/^nothing yet/);
    await eventually(
      () => text(ports.deskMetrics, "/metrics"),
      /^trading_connection_status\{[^}]*trading_connection_state="connected"[^}]*\} 1$/m,
    );
    expect(await post("/exchange/down")).toMatch(/^the exchange is down/);
    await expect(fetch(`http://127.0.0.1:${ports.exchange}/`)).rejects.toThrow("fetch failed");
    expect(await eventually(inbox, /fires/)).toMatch(
      /^┌─ inbox\n│ ✗ ExchangeDisconnected \(critical\) fires since [\d:]{8}\n│ {3}No connection to exchange \(prices\)\n/,
    );
    expect(await post("/exchange/up")).toMatch(/^the exchange is up/);
    await eventually(inbox, /│ ✓ ExchangeDisconnected \(critical\) is resolved since [\d:]{8}\n/);
    // What is told on the page is told on the terminal.
    const messages = (await inbox()).trim().split(/(?<=└─)\n/);
    expect(messages.length).toBeGreaterThan(1);
    const line = "error trading-desk: ExchangeDisconnected fires: No connection to exchange (prices)";
    for (const told of [...messages, line]) {
      await eventually(async () => String(desk.output().includes(told)), /^true$/);
    }
    const order = { symbol: "ACME", side: "buy", quantity: 1, limitPrice: 500 };
    await eventually(async () => String((await placeOrder(ports, order)).status), /^201$/);
  });

  test("a second desk on the same port says so, and how to change it", async () => {
    const second = run({ ...(await freePorts()), desk: ports.desk });
    const [status] = await once(second.process, "close");
    expect(status).toBe(1);
    expect(second.output()).toContain(`Port ${ports.desk} is in use by another program`);
    expect(second.output()).toContain("PORT=");
  });

  test("a second desk on the same ports is told one command that moves them all", async () => {
    const second = run(ports);
    const [status] = await once(second.process, "close");
    expect(status).toBe(1);
    expect(second.output()).toContain(`Ports ${ports.desk}, ${ports.exchange}, ${ports.traces}, `);
    expect(second.output()).toContain(`PORT=${ports.desk + 1000} METRICS_PORT=${ports.deskMetrics + 1000} npm start`);
  });

  test("a variable that cannot be used is told before anything is started", async () => {
    const wrong = run(await freePorts(), { ORDERS_PER_SECOND: "many" });
    const [status] = await once(wrong.process, "exit");
    expect(status).toBe(1);
    expect(wrong.output()).toBe('ORDERS_PER_SECOND is "many"; give a number above 0, up to 1000, such as 20\n');
  });

  test("Ctrl-C while it starts ends it without a word", async () => {
    const starting = run(await freePorts());
    await eventually(async () => starting.output(), /^Starting an embedded PostgreSQL/);
    starting.process.kill("SIGINT");
    const [status] = await once(starting.process, "exit");
    expect(status).toBe(0);
    expect(starting.output()).toBe("Starting an embedded PostgreSQL (set DATABASE_URL to use your own) …\n");
  });

  test("Ctrl-C ends it and all that it started", async () => {
    desk.process.kill("SIGINT");
    const [status] = await once(desk.process, "exit");
    expect(status).toBe(0);
    for (const port of Object.values(ports)) {
      await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow("fetch failed");
    }
    expect(desk.output()).not.toMatch(/ended unasked|ECONN|^\s+at /m);
  });
});

async function post(path: string): Promise<string> {
  return (await fetch(`http://127.0.0.1:${ports.traces}${path}`, { method: "POST" })).text();
}

const json = { "content-type": "application/json" };

interface Running {
  readonly process: ChildProcess;
  output(): string;
}

function run(ports: Ports, env: NodeJS.ProcessEnv = {}): Running {
  const child = spawn(
    process.execPath,
    ["--conditions=telltale-source", fileURLToPath(new URL("start.ts", import.meta.url))],
    { env: { ...environment(ports), ...env }, stdio: ["ignore", "pipe", "pipe"] },
  );
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  return { process: child, output: () => output };
}

async function start(ports: Ports): Promise<Running> {
  const running = run(ports);
  try {
    await eventually(async () => {
      if (running.process.exitCode !== null) throw new Error(running.output());
      return running.output();
    }, /The trading desk is open/);
    return running;
  } catch (error) {
    running.process.kill("SIGKILL");
    throw error;
  }
}

/** Nothing of the developer's own set-up: no database, no backend, no options for Node. */
function environment(ports: Ports): NodeJS.ProcessEnv {
  return {
    PATH: process.env["PATH"],
    PORT: String(ports.desk),
    EXCHANGE_PORT: String(ports.exchange),
    TRACES_PORT: String(ports.traces),
    METRICS_PORT: String(ports.deskMetrics),
    EXCHANGE_METRICS_PORT: String(ports.exchangeMetrics),
  };
}

function placeOrder(ports: Ports, order: object): Promise<Response> {
  return fetch(`http://127.0.0.1:${ports.desk}/orders`, { method: "POST", headers: json, body: JSON.stringify(order) });
}

async function text(port: number, path: string): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  return response.text();
}

/** Asks again until the answer is as wanted, for at most 100 s: an embedded PostgreSQL takes its time on a busy machine. */
async function eventually(ask: () => Promise<string>, wanted: RegExp): Promise<string> {
  const deadline = performance.now() + 100_000;
  for (;;) {
    const answer = await ask();
    if (wanted.test(answer)) return answer;
    if (performance.now() > deadline) throw new Error(`waited in vain for ${wanted} in:\n${answer}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** All held at once before any is let go, so that they differ. */
async function freePorts(): Promise<Ports> {
  const servers = await Promise.all(
    Array.from({ length: 5 }, async () => {
      const server = createServer().listen(0, "127.0.0.1");
      await once(server, "listening");
      return server;
    }),
  );
  const [desk, exchange, traces, deskMetrics, exchangeMetrics] = servers.map((s) => (s.address() as AddressInfo).port);
  for (const server of servers) server.close();
  return { desk, exchange, traces, deskMetrics, exchangeMetrics } as Ports;
}
