import { otlpReceiver } from "@telltale/testing";
import { expect, test } from "vitest";
import { startApplication } from "./application.ts";

test("a backend that goes away is told once, is told again when it is back, and the application serves on", async () => {
  const before = await otlpReceiver();
  const application = await startApplication({
    source: `
      import { createServer } from "node:http";
      const server = createServer((request, response) => response.end("pong"));
      server.listen(0, "127.0.0.1", () => console.log("listening on " + server.address().port));
    `,
    register: true,
    env: {
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${before.url}/v1/traces`,
      // Shorter than the first pause between two attempts, and long enough for an answer on a busy machine.
      OTEL_EXPORTER_OTLP_TIMEOUT: "750",
      OTEL_BSP_SCHEDULE_DELAY: "20",
      OTEL_METRICS_EXPORTER: "none",
      OTEL_LOGS_EXPORTER: "none",
    },
  });
  await application.request("/");
  await before.waitForSpans(1);
  await before.close();
  const told = application.waitForOutput(/do not reach/);
  for (let i = 0; i < 20; i++) expect(await (await application.request("/")).text()).toBe("pong");
  await told;
  for (let i = 0; i < 20; i++) await application.request("/");

  await using after = await otlpReceiver({ port: before.port });
  const back = application.waitForOutput(/is reached again; \d+ spans were lost meanwhile/);
  while (after.spans().length === 0) await application.request("/");
  await back;
  const { stderr, signal } = await application.stop("SIGTERM");
  expect(signal).toBe("SIGTERM");
  expect(stderr.trim().split("\n")).toHaveLength(2);
});
