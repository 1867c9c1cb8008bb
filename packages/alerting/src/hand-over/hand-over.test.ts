import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import type { SentAlert } from "../rule-group/alert.ts";
import { startHandOver } from "./hand-over.ts";

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

interface Taken {
  readonly url: string | undefined;
  readonly authorization: string | undefined;
  readonly alerts: readonly { readonly labels: Record<string, string> }[];
}

/** An Alertmanager that answers as it is told to at the time. */
async function alertmanager(
  answer: (response: ServerResponse, request: IncomingMessage) => void = (response) => response.end(),
) {
  const taken: Taken[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { authorization } = request.headers;
    taken.push({ url: request.url, authorization, alerts: JSON.parse(Buffer.concat(chunks).toString()) });
    answer(response, request);
  }).listen(0, "127.0.0.1");
  servers.push(server);
  await once(server, "listening");
  return { taken, host: `127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const alert = (venue: string): SentAlert => ({
  labels: { alertname: "Down", venue },
  annotations: { summary: "gone" },
  startsAtMs: Date.UTC(2024, 0, 1),
  endsAtMs: Date.UTC(2024, 0, 2),
  resolved: false,
  generatorUrl: "http://source",
});

const unavailable = (response: ServerResponse) => response.writeHead(503).end("not now");

function recorder() {
  const said: string[] = [];
  return {
    said,
    receive: (alerts: readonly SentAlert[]) =>
      void said.push(`tell ${alerts.map(({ labels }) => labels["venue"]).join(" ")}`),
    forget: () => void said.push("forget"),
  };
}

test("every Alertmanager gets every alert, by its API of version 2", async () => {
  const [first, second] = [await alertmanager(), await alertmanager()];
  const handOver = startHandOver({ urls: [`http://${first.host}`, `http://me:s%40crt@${second.host}/path/`] });
  handOver.receive([alert("a"), alert("b")]);
  await handOver.settled();
  expect(first.taken).toHaveLength(1);
  expect(first.taken[0]).toMatchObject({
    url: "/api/v2/alerts",
    authorization: undefined,
    alerts: [
      {
        labels: { alertname: "Down", venue: "a" },
        annotations: { summary: "gone" },
        startsAt: "2024-01-01T00:00:00.000Z",
        endsAt: "2024-01-02T00:00:00.000Z",
        generatorURL: "http://source",
      },
      { labels: { venue: "b" } },
    ],
  });
  const authorization = `Basic ${Buffer.from("me:s@crt").toString("base64")}`;
  expect(second.taken).toMatchObject([{ url: "/path/api/v2/alerts", authorization }]);
});

test("one that answers is enough; the others' reasons are told", async () => {
  const [works, fails] = [await alertmanager(), await alertmanager(unavailable)];
  const fallBack = recorder();
  const reasons: string[] = [];
  const handOver = startHandOver({
    urls: [`http://${fails.host}`, `http://${works.host}`],
    fallBack,
    onFailure: (reason) => reasons.push(reason),
  });
  handOver.receive([alert("a")]);
  await handOver.settled();
  expect(reasons).toEqual([`http://${fails.host} answered 503: not now`]);
  expect(fallBack.said).toEqual([]);
});

test("when none takes them the alerts are told here, until one takes them again", async () => {
  let works = false;
  const { host } = await alertmanager((response) => (works ? response.end() : unavailable(response)));
  const fallBack = recorder();
  const handOver = startHandOver({ urls: [`http://${host}`, "http://127.0.0.1:1"], fallBack });
  for (const [venue, isUp] of [
    ["a", false],
    ["b", false],
    ["c", true],
    ["d", true],
  ] as const) {
    works = isUp;
    handOver.receive([alert(venue)]);
    await handOver.settled();
  }
  expect(fallBack.said).toEqual(["tell a", "tell b", "forget"]);
});

test("many go in batches, in their order, and what comes meanwhile waits", async () => {
  const { taken, host } = await alertmanager();
  const handOver = startHandOver({ urls: [`http://${host}`] });
  handOver.receive(Array.from({ length: 600 }, (_, i) => alert(String(i))));
  handOver.receive([alert("last")]);
  await handOver.settled();
  expect(taken.map(({ alerts }) => alerts.length)).toEqual([256, 256, 89]);
  expect(taken[2]!.alerts.at(-1)!.labels["venue"]).toBe("last");
});

test("when too many wait the oldest are dropped, and that is told", async () => {
  const { taken, host } = await alertmanager();
  const reasons: string[] = [];
  const handOver = startHandOver({
    urls: [`http://${host}`],
    maxQueued: 2,
    onFailure: (reason) => reasons.push(reason),
  });
  handOver.receive(["a", "b", "c", "d"].map(alert));
  await handOver.settled();
  expect(taken.flatMap(({ alerts }) => alerts.map(({ labels }) => labels["venue"]))).toEqual(["c", "d"]);
  expect(reasons).toEqual(["2 alerts were dropped: more than 2 waited"]);
});

test("stopping ends what hangs, and tells nobody of it", async () => {
  let asked = () => {};
  const isAsked = new Promise<void>((resolve) => {
    asked = resolve;
  });
  const { host } = await alertmanager(() => asked());
  const fallBack = recorder();
  const reasons: string[] = [];
  const handOver = startHandOver({ urls: [`http://${host}`], fallBack, onFailure: (reason) => reasons.push(reason) });
  handOver.receive([alert("a")]);
  await isAsked;
  await handOver.stop();
  expect([...fallBack.said, ...reasons]).toEqual([]);
});

test("an address that is none is told at once", () => {
  expect(() => startHandOver({ urls: ["alertmanager:9093"] })).toThrow("is no address of an Alertmanager; give one");
});
