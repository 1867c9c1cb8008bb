import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type OtlpReceiver, otlpReceiver } from "@telltale/testing";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { type Application, type ApplicationOptions, startApplication } from "./application.ts";

let receiver: OtlpReceiver;
beforeEach(async () => {
  receiver = await otlpReceiver();
});
afterEach(() => receiver.close());

const ONE_SPAN = `
  const { trace } = require("@opentelemetry/api");
  trace.getTracer("register").startSpan("one").end();
  console.log("the application runs");
`;

async function run(options: Partial<ApplicationOptions>): Promise<Awaited<Application["exited"]>> {
  const application = await startApplication({
    source: ONE_SPAN,
    language: "cjs",
    until: "started",
    register: true,
    ...options,
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, ...options.env },
  });
  return application.exited;
}

describe("starting", () => {
  test.for(["--import", "--require"])("node %s telltale/register observes an application", async (flag) => {
    const ended = await run({ register: false, nodeArgs: [flag, "telltale/register"] });
    expect(ended).toMatchObject({ code: 0, stdout: "the application runs\n", stderr: "" });
    expect(receiver.spans().map(({ name }) => name)).toEqual(["one"]);
  });

  test("a second bootstrap() gives the first handle, and warns when its options are ignored", async () => {
    const ended = await run({
      language: "esm",
      source: `
        import { bootstrap } from "telltale";
        const first = bootstrap();
        console.log(first === bootstrap({ service: { name: "other" } }));
      `,
    });
    expect(ended.stdout).toBe("true\n");
    expect(ended.stderr).toBe("telltale: bootstrap() was called before; the options of this call are ignored\n");
  });

  test("require() and import of telltale give the one handle", async () => {
    const ended = await run({
      register: false,
      language: "esm",
      source: `
        import { createRequire } from "node:module";
        import { bootstrap } from "telltale";
        console.log(bootstrap() === createRequire(import.meta.url)("telltale").bootstrap());
      `,
    });
    expect(ended.stdout).toBe("true\n");
  });

  test("telemetry that is switched off does nothing, and loggers go on", async () => {
    const ended = await run({
      env: { OTEL_SDK_DISABLED: "true" },
      source: `${ONE_SPAN} require("telltale").bootstrap().logger("off").info("still logged");`,
    });
    expect(ended).toMatchObject({ code: 0, stderr: "" });
    expect(ended.stdout).toContain("still logged");
    expect(receiver.requests).toEqual([]);
  });
});

describe("wrong configuration", () => {
  const wrong = { OTEL_TRACES_EXPORTER: "OTLP", OTEL_BSP_SCHEDULE_DELAY: "10s", TELLTALE_LOGING_LEVEL: "debug" };

  test("is printed, all of it, and the application runs on without telemetry", async () => {
    const ended = await run({ env: wrong });
    expect(ended).toMatchObject({ code: 0, stdout: "the application runs\n" });
    for (const text of [
      "OTEL_TRACES_EXPORTER",
      '"OTLP"',
      "OTEL_BSP_SCHEDULE_DELAY",
      '"10s"',
      "TELLTALE_LOGGING_LEVEL",
    ]) {
      expect(ended.stderr).toContain(text);
    }
    expect(ended.stderr).toContain("running on without telemetry");
    expect(ended.stderr).not.toContain("    at ");
    expect(receiver.requests).toEqual([]);
  });

  test("ends the process when TELLTALE_STRICT=1", async () => {
    const ended = await run({ env: { ...wrong, TELLTALE_STRICT: "1" } });
    expect(ended.code).toBe(1);
    expect(ended.stdout).toBe("");
    expect(ended.stderr).toContain("OTEL_TRACES_EXPORTER");
  });

  test("throws from bootstrap(), naming the option and the nearest right name", async () => {
    const ended = await run({
      register: false,
      source: `
        try {
          require("telltale").bootstrap({ tracing: { exporters: [{ type: "zipkn" }] }, metrics: { prometeus: true } });
        } catch (error) {
          console.log(error.name, error.code, error.message);
        }
      `,
    });
    expect(ended.stdout).toContain("ConfigurationError TELLTALE_BAD_CONFIGURATION");
    expect(ended.stdout).toContain("tracing.exporters[0].type");
    expect(ended.stdout).toContain('"zipkin"');
    expect(ended.stdout).toContain("metrics.prometeus");
    expect(ended.stdout).toContain('"prometheus"');
  });

  test("a busy Prometheus port is named, and nothing is half started", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    onTestFinished(() => void other.close());
    await new Promise((resolve) => other.once("listening", resolve));
    const { port } = other.address() as AddressInfo;
    const ended = await run({
      env: { OTEL_METRICS_EXPORTER: "prometheus", OTEL_EXPORTER_PROMETHEUS_PORT: String(port) },
    });
    expect(ended).toMatchObject({ code: 0, stdout: "the application runs\n" });
    expect(ended.stderr).toContain(`127.0.0.1:${port}`);
    expect(ended.stderr).toContain("OTEL_EXPORTER_PROMETHEUS_PORT");
    expect(receiver.requests).toEqual([]);
  });
});

describe("resource", () => {
  test("says which service, which process and whose distribution", async () => {
    await run({ env: { OTEL_SERVICE_NAME: "named", OTEL_RESOURCE_ATTRIBUTES: "team=desk,service.name=ignored" } });
    expect(receiver.spans()[0]!.resource.attributes).toMatchObject({
      "service.name": "named",
      team: "desk",
      "telemetry.distro.name": "telltale",
      "telemetry.distro.version": "0.1.0",
      "telemetry.sdk.language": "nodejs",
      "process.runtime.name": "nodejs",
      "process.pid": expect.any(Number),
      "host.name": expect.any(String),
      "os.type": process.platform,
    });
  });

  test("without a name, the service is called as the nearest package.json says", async () => {
    await run({});
    expect(receiver.spans()[0]!.resource.attributes["service.name"]).toBe("telltale-workspace");
  });

  test("secrets on the command line do not leave the process", async () => {
    const secrets = ["--token=s3cret-a", "--password", "s3cret-b", "postgres://me:s3cret-c@db/x", "--verbose"];
    await run({ args: secrets });
    const args = receiver.spans()[0]!.resource.attributes["process.command_args"] as readonly string[];
    expect(args.slice(-5)).toEqual([
      "--token=[REDACTED]",
      "--password",
      "[REDACTED]",
      "postgres://me:[REDACTED]@db/x",
      "--verbose",
    ]);
    expect(JSON.stringify(receiver.spans()[0]!.resource)).not.toContain("s3cret");
  });
});

describe("propagation", () => {
  const SERVICE = `
    const { createServer } = require("node:http");
    const server = createServer(async (request, response) => {
      if (request.url === "/headers") return response.end(JSON.stringify(request.headers));
      response.end(await (await fetch("http://127.0.0.1:" + server.address().port + "/headers")).text());
    });
    server.listen(0, "127.0.0.1", () => console.log("listening on " + server.address().port));
  `;
  const TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
  const SPAN_ID = "b7ad6b7169203331";

  test.for([
    [
      "tracecontext,baggage",
      { traceparent: `00-${TRACE_ID}-${SPAN_ID}-01`, baggage: "desk=7" },
      ["traceparent", "baggage"],
    ],
    ["b3", { b3: `${TRACE_ID}-${SPAN_ID}-1` }, ["b3"]],
    [
      "b3multi",
      { "x-b3-traceid": TRACE_ID, "x-b3-spanid": SPAN_ID, "x-b3-sampled": "1" },
      ["x-b3-traceid", "x-b3-spanid"],
    ],
  ] as const)("%s is understood and passed on", async ([propagators, headers, passedOn]) => {
    const application = await startApplication({
      source: SERVICE,
      language: "cjs",
      register: true,
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_PROPAGATORS: propagators },
    });
    const response = await application.request("/", { headers });
    const seen = (await response.json()) as Record<string, string>;
    for (const header of passedOn) expect(seen).toHaveProperty(header);
    expect(JSON.stringify(seen)).toContain(TRACE_ID);
    await application.stop("SIGTERM");
    expect(new Set(receiver.spans().map(({ traceId }) => traceId))).toEqual(new Set([TRACE_ID]));
    expect(receiver.spans().some(({ parentSpanId }) => parentSpanId === SPAN_ID)).toBe(true);
  });

  test("named baggage becomes attributes of the spans, other baggage does not", async () => {
    const application = await startApplication({
      source: SERVICE,
      language: "cjs",
      register: true,
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, TELLTALE_TRACING_BAGGAGE_ATTRIBUTES: "desk" },
    });
    await application.request("/", { headers: { baggage: "desk=7,secret=x" } });
    await application.stop("SIGTERM");
    const served = receiver.spans().find(({ kind }) => kind === "server")!;
    expect(served.attributes["desk"]).toBe("7");
    expect(served.attributes).not.toHaveProperty("secret");
  });
});
