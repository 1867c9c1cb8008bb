import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Instrument, instruments } from "@telltale/metrics";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { createNetwork, network } from "./network.ts";
import type { NetworkOptions } from "./network-options.ts";
import { P2pInstrumentation } from "./p2p-instrumentation.ts";

let networks = 0;
const folder = mkdtempSync(join(tmpdir(), "telltale-p2p-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A network that no other test has, on a clock that the test moves. */
function node(options: NetworkOptions = {}) {
  const clock = { ms: 1_000 };
  const net = createNetwork({ network: `network-${networks++}`, now: () => clock.ms, ...options });
  const values = (name: string, match: Readonly<Record<string, string>> = {}) => {
    const instrument = Array.from(instruments()).find((one) => one.name === name) as Instrument;
    instrument.refresh();
    return instrument
      .series()
      .filter(({ attributes }) => attributes["p2p.network"] === net.network)
      .filter(({ attributes }) => Object.entries(match).every(([key, value]) => attributes[key] === value))
      .map((one) => one.total());
  };
  const sum = (name: string, match = {}) => (values(name, match) as number[]).reduce((all, value) => all + value, 0);
  const times = (name: string, match = {}) => {
    const found = values(name, match) as unknown as readonly { readonly count: number; readonly sum?: number }[];
    return { count: found.reduce((n, one) => n + one.count, 0), sum: found.reduce((n, one) => n + (one.sum ?? 0), 0) };
  };
  return { clock, net, values, sum, times };
}

test("a dial is connecting until it succeeds or fails, and its time is that of the handshake", () => {
  const { clock, net, sum, times } = node();
  const [good, bad] = [net.dial({ transport: "quic" }), net.dial()];
  expect(sum("p2p.peers", { "p2p.peer.state": "connecting", "p2p.direction": "outbound" })).toBe(2);
  clock.ms += 40;
  good.succeeded();
  bad.failed(Object.assign(new Error("connect ECONNREFUSED 10.0.0.7:26656"), { code: "ECONNREFUSED" }));
  expect(sum("p2p.peers", { "p2p.peer.state": "connecting" })).toBe(0);
  expect(times("p2p.handshake.duration", { "p2p.transport": "quic" })).toEqual({ count: 1, sum: 0.04 });
  expect(sum("p2p.connection.attempts", { "p2p.outcome": "success" })).toBe(1);
  expect(sum("p2p.connection.attempts", { "p2p.outcome": "failure", "error.type": "ECONNREFUSED" })).toBe(1);
  expect(sum("p2p.connection.success_ratio")).toBe(0.5);
  good.failed();
  expect(sum("p2p.connection.attempts")).toBe(2);
  expect(sum("p2p.anomalies", { "p2p.anomaly": "closed_dial" })).toBe(1);
});

test("an outage is seen in the ratio of the window, and no attempts have no ratio", () => {
  const { clock, net, values } = node({ health: { windowMs: 60_000 } });
  for (let i = 0; i < 1_000; i++) net.dial().succeeded();
  clock.ms += 61_000;
  expect(values("p2p.connection.success_ratio")).toEqual([]);
  net.dial().failed("refused");
  expect(values("p2p.connection.success_ratio")).toEqual([0]);
});

test("a flood of accepted connections does not make the network look healthy", () => {
  const { net, sum, values } = node();
  for (let i = 0; i < 100; i++) net.dial({ direction: "inbound" }).succeeded();
  expect(values("p2p.connection.success_ratio")).toEqual([]);
  net.dial().failed("refused");
  expect(sum("p2p.connection.success_ratio")).toBe(0);
  expect(sum("p2p.health.score")).toBe(0);
});

test("messages and bytes are counted by direction and type", () => {
  const { net, sum } = node();
  const peer = net.peer("12D3KooW1");
  peer.message({ direction: "receive", type: "block", bytes: 1_000 });
  peer.message({ direction: "receive", type: "block", bytes: 24n });
  peer.message({ direction: "transmit", type: "vote", bytes: 100 });
  expect(sum("p2p.io", { "network.io.direction": "receive", "p2p.message.type": "block" })).toBe(1_024);
  expect(sum("p2p.messages", { "network.io.direction": "transmit" })).toBe(1);
});

test("peers are counted as they are, by direction and state", () => {
  const { clock, net, sum, times } = node();
  const peer = net.peer("a");
  net.peer("b", { direction: "inbound" });
  net.peer("c", { direction: "inbound" });
  expect(net.peer("a")).toBe(peer);
  clock.ms += 90_000;
  peer.closed("timeout");
  net.ban("b");
  net.ban("z");
  expect(sum("p2p.peers", { "p2p.peer.state": "connected", "p2p.direction": "inbound" })).toBe(1);
  expect(sum("p2p.peers", { "p2p.peer.state": "banned" })).toBe(2);
  expect(times("p2p.connection.duration", { "p2p.reason": "timeout", "p2p.direction": "outbound" }).sum).toBe(90);
  net.unban("z");
  expect(sum("p2p.peers", { "p2p.peer.state": "banned" })).toBe(1);
  peer.closed();
  peer.message({ direction: "receive" });
  expect(sum("p2p.anomalies", { "p2p.anomaly": "closed_peer" })).toBe(2);
  expect(sum("p2p.messages")).toBe(0);
});

test("a peer is unresponsive when it was silent for more than a minute", () => {
  const { clock, net, sum } = node();
  const [a, b] = [net.peer("a"), net.peer("b")];
  clock.ms += 60_000;
  expect(sum("p2p.unresponsive_peers")).toBe(0);
  clock.ms += 1;
  a.message({ direction: "transmit", bytes: 1 });
  b.rtt(20);
  expect(sum("p2p.unresponsive_peers")).toBe(1);
  a.message({ direction: "receive", bytes: 1 });
  expect(sum("p2p.unresponsive_peers")).toBe(0);
});

test("the state of the network is what the example of its format says", () => {
  const { clock, net, sum } = node();
  for (let i = 0; i < 42; i++) net.peer(`peer-${i}`);
  for (let i = 0; i < 20; i++) {
    if (i === 0) net.dial().failed("timeout");
    else net.dial().succeeded();
  }
  net.peer("peer-1").rtt(50);
  net.peer("peer-2").rtt(106.6);
  net.peer("peer-3").message({ direction: "receive", bytes: 5_000 });
  clock.ms += 10_000;
  const health = net.getHealthMetrics();
  expect(health).toMatchObject({ peer_count: 42, connection_success_rate: 0.95, bandwidth_usage: 500 });
  expect(health.avg_latency).toBeCloseTo(78.3, 9);
  expect(health.overall_health).toBeCloseTo(88.61, 2);
  expect(Math.abs(health.timestamp - Date.now() / 1_000)).toBeLessThan(5);
  expect(sum("p2p.health.score")).toBeCloseTo(88.61, 2);
});

test("what is not known is null, and not 0 or 100", () => {
  expect(node().net.getHealthMetrics()).toMatchObject({
    peer_count: 0,
    connection_success_rate: null,
    avg_latency: null,
    bandwidth_usage: null,
    overall_health: null,
  });
});

test("snapshots go to one file a day, which is whole at any time", async () => {
  const { net } = node();
  const paths = await Promise.all(Array.from({ length: 20 }, () => net.saveMetrics(join(folder, "day"))));
  expect(new Set(paths).size).toBeLessThanOrEqual(2);
  const saved = [...new Set(paths)].flatMap((path) => JSON.parse(readFileSync(path, "utf8")) as object[]);
  expect(saved).toHaveLength(20);
  expect(Object.keys(saved[0]!)).toEqual([
    "timestamp",
    "peer_count",
    "connection_success_rate",
    "avg_latency",
    "bandwidth_usage",
    "overall_health",
  ]);
  expect(readdirSync(join(folder, "day")).filter((name) => name.endsWith(".tmp"))).toEqual([]);
});

test("a file of snapshots is no larger than it may be: the oldest go", async () => {
  const { net } = node();
  let path = "";
  for (let i = 0; i < 12; i++) {
    net.peer(`peer-${i}`);
    path = await net.saveMetrics(join(folder, "capped"), { maxBytes: 700 });
  }
  expect(statSync(path).size).toBeLessThanOrEqual(700);
  const saved = JSON.parse(readFileSync(path, "utf8")) as { readonly peer_count: number }[];
  expect(saved.at(-1)?.peer_count).toBe(12);
  expect(saved.length).toBeGreaterThan(2);
});

test("a file that is no list of snapshots is put aside and not lost", async () => {
  const { net } = node();
  const path = await net.saveMetrics(join(folder, "broken"));
  writeFileSync(path, "[{");
  await net.saveMetrics(join(folder, "broken"));
  expect(readFileSync(`${path}.broken`, "utf8")).toBe("[{");
  expect(JSON.parse(readFileSync(path, "utf8"))).toHaveLength(1);
});

test("a folder that cannot be written rejects, and the next one is saved", async () => {
  const { net } = node();
  await expect(net.saveMetrics("/dev/null/nowhere")).rejects.toThrow(/ENOTDIR/);
  await expect(net.saveMetrics(join(folder, "after"))).resolves.toMatch(/p2p-network-/);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, -1, 2n ** 60n, null, "x", {}])(
  "%s is never recorded and never thrown at the application",
  (bad) => {
    const { net, sum, times } = node();
    const peer = net.peer("a");
    peer.rtt(bad as number);
    peer.message({ direction: "receive", type: "block", bytes: bad as number });
    net.dial().failed(bad);
    expect(times("p2p.peer.latency").count).toBe(0);
    expect(sum("p2p.io")).toBe(0);
    expect(sum("p2p.anomalies", { "p2p.anomaly": "bad_value" })).toBe(2);
    expect(sum("p2p.messages")).toBe(1);
  },
);

test("more peers than are kept: one that was silent for longest is forgotten and counted", () => {
  const { clock, net, sum, times } = node({ maxPeers: 3 });
  for (const id of ["a", "b", "c", "d"]) {
    net.peer(id);
    clock.ms += 1_000;
    net.peer("a").rtt(5);
  }
  expect(sum("p2p.peers", { "p2p.peer.state": "connected" })).toBe(3);
  expect(sum("p2p.anomalies", { "p2p.anomaly": "forgotten" })).toBe(1);
  expect(times("p2p.connection.duration", { "p2p.reason": "forgotten" }).count).toBe(1);
});

test("any story of peers leaves as many as a list of them has", () => {
  const event = fc.record({
    is: fc.constantFrom("connect", "close", "ban", "message"),
    id: fc.integer({ min: 0, max: 5 }).map(String),
  });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 50 }), (events) => {
      const { net, sum } = node({ network: "of-stories" });
      const kept = new Map<string, ReturnType<typeof net.peer>>();
      for (const { is, id } of events) {
        if (is === "connect") kept.set(id, net.peer(id));
        else if (is === "message") kept.get(id)?.message({ direction: "receive" });
        else {
          if (is === "ban") net.ban(id);
          else kept.get(id)?.closed();
          kept.delete(id);
        }
      }
      expect(sum("p2p.peers", { "p2p.peer.state": "connected" })).toBe(kept.size);
      net[Symbol.dispose]();
    }),
    { numRuns: 50 },
  );
});

test("network() gives the network that the instrumentation made, until it is disabled", () => {
  const instrumentation = new P2pInstrumentation({ network: "instrumented" });
  expect(network("instrumented")).toBe(instrumentation.network);
  instrumentation.disable();
  expect(instrumentation.network).toBeUndefined();
  expect(new P2pInstrumentation({ network: "off", enabled: false }).network).toBeUndefined();
});

test.each<[NetworkOptions, string]>([
  [{ network: "" }, "p2p.network"],
  [{ health: { targetPeers: 0 } }, "p2p.health.targetPeers"],
  [{ health: { latencyMs: [500, 5] } }, "p2p.health.latencyMs"],
  [{ health: { windowMs: Number.NaN } }, "p2p.health.windowMs"],
  [{ maxPeers: -1 }, "p2p.maxPeers"],
  [{ healt: {} } as never, "p2p.healt"],
])("%o is refused with the path of the option", (options, path) => {
  expect(() => createNetwork(options)).toThrow(
    expect.objectContaining({
      name: "TypeError",
      code: "TELLTALE_BAD_P2P_OPTION",
      message: expect.stringContaining(path),
    }),
  );
});
