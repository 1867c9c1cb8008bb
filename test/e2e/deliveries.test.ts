/** What an application can ask of its own exports: on the handle, as metrics, and as a health check. */
import { otlpReceiver } from "@telltale/testing";
import { expect, test } from "vitest";
import { startApplication } from "./application.ts";
import { freePort } from "./servers.ts";

test("an application knows what arrived, what was lost and since when, by exporter and sink", async () => {
  await using receiver = await otlpReceiver();
  const [nobody, port] = [await freePort(), await freePort()];
  const application = await startApplication({
    source: `
      import { createServer } from "node:http";
      import { bootstrap } from "telltale";
      const telemetry = bootstrap({
        tracing: { exporters: [{ type: "otlp", endpoint: "http://user:secret@127.0.0.1:${nobody}/v1/traces", timeoutMs: 200 }] },
        metrics: { exporters: [{ type: "otlp", endpoint: "${receiver.url}" }], prometheus: { port: ${port} } },
        logging: { sinks: [{ type: "otlp", endpoint: "${receiver.url}" }, { type: "file", path: "app.log" }] },
        instrumentations: { http: false, runtime: false },
        shutdownTimeoutMs: 10_000,
      });
      createServer(async (request, response) => {
        telemetry.tracer.startSpan("lost").end();
        for (let i = 0; i < 3; i++) telemetry.logger("desk").info("line");
        await telemetry.flush();
        response.end(JSON.stringify(telemetry.deliveries()));
      }).listen(0, "127.0.0.1", function () { console.log("listening on " + this.address().port); });
    `,
  });
  const beganMs = Date.now();
  const deliveries = (await (await application.request("/")).json()) as Record<string, unknown>[];
  const taken = { pending: 0, lost: 0 };
  expect(deliveries).toEqual([
    {
      ...{ signal: "traces", to: `http://127.0.0.1:${nobody}/v1/traces`, sent: 0, pending: 0, lost: 1 },
      ...{ failingSinceMs: expect.any(Number), reason: expect.stringMatching(/ECONNREFUSED|no answer within/) },
    },
    { signal: "metrics", to: `${receiver.url}/v1/metrics`, sent: 1, ...taken },
    { signal: "logs", to: `${receiver.url}/v1/logs`, sent: 3, ...taken },
    { signal: "logs", to: expect.stringMatching(/app\.log$/), sent: 3, ...taken },
  ]);
  expect(deliveries[0]!["failingSinceMs"]).toBeGreaterThanOrEqual(beganMs - 1);

  const page = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const place = `telltale_destination="http://127.0.0.1:${nobody}/v1/traces"`;
  expect(page.split("\n").filter((line) => line.startsWith("telltale_export_") && line.includes(place))).toEqual([
    expect.stringMatching(/^telltale_export_items_total\{.*telltale_outcome="sent".*\} 0$/),
    expect.stringMatching(/^telltale_export_items_total\{.*telltale_outcome="lost".*\} 1$/),
    expect.stringMatching(/^telltale_export_pending\{.*\} 0$/),
    expect.stringMatching(/^telltale_export_failing\{.*\} 1$/),
  ]);

  const verbose = () => fetch(`http://127.0.0.1:${port}/readyz?verbose`);
  await expect.poll(async () => (await verbose()).text(), { interval: 10 }).toMatch(/exports .*traces to http/);
  expect((await verbose()).status).toBe(200);
});
