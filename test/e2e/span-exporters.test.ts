/** Exporters that need no server, and Jaeger's agent, as an application configures them. */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startApplication } from "./application.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "telltale-exporters-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** An application that ends a trace of two spans, leaves another open, and then does what `ending` says. */
function run(exporter: object, ending: string) {
  return startApplication({
    source: `
      import { context, ROOT_CONTEXT, trace } from "@opentelemetry/api";
      import { bootstrap } from "telltale";
      bootstrap({
        service: { name: "desk" },
        tracing: { exporters: [${JSON.stringify(exporter)}] },
        metrics: { exporters: [] },
        logging: { sinks: [] },
      });
      const tracer = trace.getTracer("desk");
      const below = (parent, name) => tracer.startSpan(name, {}, trace.setSpan(ROOT_CONTEXT, parent)).end();
      const order = tracer.startSpan("POST /orders");
      below(order, "place");
      order.end();
      below(tracer.startSpan("open"), "below open");
      ${ending}`,
    until: "started",
    // Enough on a machine that is busy with other things.
    env: { TELLTALE_SHUTDOWN_TIMEOUT_MS: "20000" },
  });
}

const endings = [
  ["ends by itself", ""],
  ["calls process.exit()", "process.exit(0);"],
  ["crashes", `setImmediate(() => { throw new Error("boom"); });`],
] as const;

describe.each(endings)("an application that %s", (_name, ending) => {
  test("leaves its spans in the file", async () => {
    const path = join(folder, "deeper", "spans.jsonl");
    await (await run({ type: "file", path }, ending)).exited;
    const names = readFileSync(path, "utf8")
      .trim()
      .split("\n")
      .flatMap((line) => JSON.parse(line).resourceSpans)
      .flatMap(({ scopeSpans }) => scopeSpans)
      .flatMap(({ spans }) => spans.map(({ name }: { name: string }) => name));
    expect(names).toEqual(["place", "POST /orders", "below open"]);
  });

  test("has printed its traces, what was still open among them", async () => {
    const { stdout } = await (await run({ type: "console" }, ending)).exited;
    expect(stdout).toMatch(/desk .* 2 spans\nPOST \/orders .*\n└─ place .*\n\n/);
    expect(stdout).toMatch(/desk .* 1 span, the root has not ended\nbelow open /);
  });

  test.each(["thrift-udp", "thrift-udp-compact"])("has sent its spans by %s", async (protocol) => {
    const agent = createSocket("udp4").bind(0, "127.0.0.1");
    const packets: Buffer[] = [];
    agent.on("message", (packet) => packets.push(packet));
    await once(agent, "listening");
    const endpoint = `127.0.0.1:${agent.address().port}`;
    await (await run({ type: "jaeger", protocol, endpoint }, ending)).exited;
    const names = ["emitBatch", "desk", "POST /orders", "place", "below open"];
    const sent = () => names.filter((name) => Buffer.concat(packets).includes(name));
    // What was sent before the end may be handed over after it.
    await expect.poll(sent).toEqual(names);
    agent.close();
  });
});
