import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { type Instrument, instruments } from "@telltale/metrics";
import { afterEach, expect, test } from "vitest";
import { type WebSocket as ServerSocket, WebSocketServer } from "ws";
import { type ReconnectingSocket, type ReconnectingSocketOptions, reconnectingSocket } from "./reconnecting-socket.ts";
import { createTrading } from "./trading.ts";

const open: (ReconnectingSocket | WebSocketServer)[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

let channels = 0;

/** A venue on a port of its own, and a client of it that does not wait for long. */
async function venue(options: Partial<ReconnectingSocketOptions> = {}) {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const connection = createTrading().connection({ venue: "local", channel: `ws-${channels++}` });
  const arrival = nextClient(server);
  const socket = reconnectingSocket(connection, {
    url: `ws://127.0.0.1:${port}`,
    backOff: { initialMs: 1, maxMs: 5 },
    ...options,
  });
  open.push(server, socket);
  const first = await arrival;
  await expect.poll(() => connection.state).toBe("connected");
  return { server, connection, socket, port, first };
}

const nextClient = async (server: WebSocketServer) => (await once(server, "connection"))[0] as ServerSocket;

function reconnectsOf(channel: string) {
  const instrument = Array.from(instruments()).find(({ name }) => name === "trading.connection.reconnects");
  const series = (instrument as Instrument).series().filter((one) => one.attributes["trading.channel"] === channel);
  return Object.fromEntries(series.map((one) => [String(one.attributes["trading.reason"]), one.total()]));
}

test("subscribes at each opening, and comes back when the server closes or the line breaks", async () => {
  const subscriptions: string[] = [];
  const { server, connection, first } = await venue({ onOpen: (socket) => socket.send("subscribe") });
  server.on("connection", (client) => client.on("message", (data) => subscriptions.push(String(data))));
  const second = nextClient(server);
  first.close(1012, "restart");
  const back = await second;
  await expect.poll(() => reconnectsOf(connection.channel)).toEqual({ maintenance: 1 });
  await expect.poll(() => subscriptions).toEqual(["subscribe"]);
  back.terminate();
  await expect.poll(() => subscriptions).toEqual(["subscribe", "subscribe"]);
  await expect.poll(() => connection.state).toBe("connected");
  expect(reconnectsOf(connection.channel)).toEqual({ maintenance: 1, network: 1 });
});

test("a server that says nothing is left for another connection", async () => {
  const { server, connection } = await venue({ silenceTimeoutMs: 30 });
  await nextClient(server);
  await expect.poll(() => reconnectsOf(connection.channel)["stale"]).toBeGreaterThanOrEqual(1);
});

test("messages are measured, and a gap is told", async () => {
  const gaps: unknown[] = [];
  const { first } = await venue({
    onMessage: (data) => {
      const { s, u } = JSON.parse(String(data));
      return { symbol: s, seq: u };
    },
    onGap: (message) => gaps.push(message),
  });
  for (const u of [1, 2, 5, 6]) first.send(JSON.stringify({ s: "BTCUSDT", u }));
  first.send("not JSON");
  await expect.poll(() => gaps).toEqual([{ symbol: "BTCUSDT", seq: 5 }]);
});

test("a venue that is gone is tried again and again, and its long loss is told once", async () => {
  const losses: number[] = [];
  const { server, connection, socket, port, first } = await venue({
    longLossAfterMs: 30,
    onLongLoss: (lostMs) => losses.push(lostMs),
  });
  server.close();
  first.terminate();
  await expect.poll(() => losses).toHaveLength(1);
  expect(losses[0]).toBeGreaterThanOrEqual(29);
  expect(connection.state).not.toBe("connected");
  expect(socket.send("lost")).toBe(false);
  const again = new WebSocketServer({ port, host: "127.0.0.1" });
  open.push(again);
  await expect.poll(() => connection.state).toBe("connected");
  expect(socket.send("there")).toBe(true);
  expect(losses).toHaveLength(1);
});

test("closed for good, it does not come back", async () => {
  const { server, connection, socket, first } = await venue();
  const gone = once(first, "close");
  socket.close();
  socket.close();
  await gone;
  expect(connection.state).toBe("disconnected");
  expect(server.clients.size).toBe(0);
});
