import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type OtlpReceiver, otlpReceiver } from "@telltale/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startApplication } from "./application.ts";

let receiver: OtlpReceiver;
let folder: string;
beforeEach(async () => {
  receiver = await otlpReceiver();
  folder = mkdtempSync(join(tmpdir(), "telltale-declarative-"));
});
afterEach(async () => {
  rmSync(folder, { recursive: true });
  await receiver.close();
});

const SERVICE = `
  import { createServer } from "node:http";
  const server = createServer((request, response) => response.end("pong"));
  server.listen(0, "127.0.0.1", () => console.log("listening on " + server.address().port));
`;

function written(text: string): string {
  const file = join(folder, "otel.yaml");
  writeFileSync(file, text);
  return file;
}

test("OTEL_CONFIG_FILE builds traces, metrics and logs, instrumentations included, and our part under distribution counts", async () => {
  const file = written(`
file_format: "1.0"
resource:
  attributes:
    - name: service.name
      value: declared
propagator:
  composite_list: "tracecontext,baggage"
tracer_provider:
  processors:
    - batch:
        exporter:
          otlp_http:
            endpoint: ${receiver.url}/v1/traces
meter_provider:
  readers:
    - periodic:
        exporter:
          otlp_http:
            endpoint: ${receiver.url}/v1/metrics
logger_provider:
  processors:
    - batch:
        exporter:
          otlp_http:
            endpoint: ${receiver.url}/v1/logs
distribution:
  telltale:
    logging:
      level: debug
`);
  const application = await startApplication({
    source: `
      import { bootstrap } from "telltale";
      bootstrap().logger("declared").debug("said by level");
      ${SERVICE}`,
    register: true,
    // The specification: with the file, the other variables are ignored.
    env: { OTEL_CONFIG_FILE: file, OTEL_SERVICE_NAME: "ignored", OTEL_TRACES_EXPORTER: "nonsense" },
  });
  expect(await (await application.request("/")).text()).toBe("pong");
  const ended = await application.stop("SIGTERM");
  expect(ended).toMatchObject({ signal: "SIGTERM", stderr: "" });
  expect(ended.stdout).toContain("said by level");
  expect(receiver.spans().map(({ name, kind }) => [name, kind])).toEqual([["GET", "server"]]);
  expect(receiver.spans()[0]!.resource.attributes["service.name"]).toBe("declared");
  expect(receiver.metrics().map(({ name }) => name)).toContain("http.server.request.duration");
  expect(receiver.logs().map(({ body }) => body)).toEqual(["said by level"]);
  expect(receiver.problems()).toEqual([]);
});

test("a file that the SDK cannot use is an error that names it, not silence", async () => {
  const file = written(
    `file_format: "1.0"\ntracer_provider:\n  processors:\n    - batch: { exporter: { zipkn: {} } }\n`,
  );
  const application = await startApplication({
    source: `console.log("the application runs");`,
    until: "started",
    register: true,
    env: { OTEL_CONFIG_FILE: file },
  });
  const ended = await application.exited;
  expect(ended).toMatchObject({ code: 0, stdout: "the application runs\n" });
  expect(ended.stderr).toContain(file);
  expect(ended.stderr).toContain("running on without telemetry");
});
