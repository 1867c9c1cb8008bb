/**
 * How long scrapers that come all at once hold the event loop, and what memory they take: 1,000 scrapes at the same time, and
 * 2,000 requests on one connection whose answers are never read. The clients are a process of their own.
 *
 *     node --expose-gc --conditions=telltale-source benchmarks/metrics/flood.ts
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { Agent, get } from "node:http";
import { connect } from "node:net";
import { performance } from "node:perf_hooks";
import { setTimeout as wait } from "node:timers/promises";
import { counter, prometheusEndpoint } from "@telltale/metrics";

const SERIES = 10_000;
const SCRAPES = 1_000;
const PIPELINED = 2_000;
/** How often the loop is asked whether it is held. */
const TICK_MS = 2;

const clients = { scrapes, pipelined };
const [kind, port] = process.argv.slice(2);
if (kind === undefined) await measure();
else await clients[kind as keyof typeof clients](Number(port));

async function measure(): Promise<void> {
  const orders = counter({ name: "flood.orders", maxSeries: SERIES + 1 });
  for (let id = 0; id < SERIES; id++) orders.add(id, { id, venue: "somewhere", side: id % 2 === 0 ? "buy" : "sell" });
  const endpoint = prometheusEndpoint({ port: 0 });
  await (await fetch(endpoint.url)).text();
  for (const name of Object.keys(clients)) {
    globalThis.gc?.();
    const before = process.memoryUsage.rss();
    const held = watch();
    const client = fork(import.meta.filename, [name, String(endpoint.port)]);
    await once(client, "exit");
    const { longestMs, togetherMs, peak } = held();
    const megabytes = ((peak - before) / 1e6).toFixed(0);
    console.log(
      `${name}: longest hold ${longestMs.toFixed(0)} ms, all holds ${togetherMs.toFixed(0)} ms, +${megabytes} MB`,
    );
  }
  await endpoint.shutdown();
}

/** The longest time between two turns of the loop, all such times above 10 ms together, and the most memory. */
function watch(): () => { readonly longestMs: number; readonly togetherMs: number; readonly peak: number } {
  let [longestMs, togetherMs, peak, last] = [0, 0, 0, performance.now()];
  const timer = setInterval(() => {
    const heldMs = performance.now() - last - TICK_MS;
    last += heldMs + TICK_MS;
    longestMs = Math.max(longestMs, heldMs);
    if (heldMs > 10) togetherMs += heldMs;
    peak = Math.max(peak, process.memoryUsage.rss());
  }, TICK_MS);
  return () => {
    clearInterval(timer);
    return { longestMs, togetherMs, peak };
  };
}

async function scrapes(port: number): Promise<void> {
  const agent = new Agent({ maxSockets: SCRAPES });
  const one = async (): Promise<void> => {
    const [response] = await once(get({ port, host: "127.0.0.1", path: "/metrics", agent }), "response");
    await once(response.resume(), "end");
  };
  await Promise.all(Array.from({ length: SCRAPES }, one));
  agent.destroy();
}

async function pipelined(port: number): Promise<void> {
  const socket = connect(port, "127.0.0.1").pause();
  await once(socket, "connect");
  socket.write("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(PIPELINED));
  await wait(3_000);
  socket.destroy();
}
