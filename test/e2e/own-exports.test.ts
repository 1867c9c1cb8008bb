/** telltale does not observe itself: its exporters' requests and its own endpoint are in nobody's figures. */
import { otlpReceiver } from "@telltale/testing";
import { expect, test } from "vitest";
import { startApplication } from "./application.ts";
import { freePort } from "./servers.ts";

const source = `
import http from "node:http";
import { logs } from "@opentelemetry/api";
const server = http.createServer(async (request, response) => {
  if (request.url === "/leaf") return void response.end();
  logs.getLogger("orders").emit({ body: "asked" });
  const url = "http://127.0.0.1:" + server.address().port + "/leaf";
  await fetch(url).then((answer) => answer.text());
  await new Promise((resolve) => http.get(url, (answer) => answer.resume().on("end", resolve)));
  response.end();
}).listen(0, "127.0.0.1", () => console.log("listening on " + server.address().port));
`;

const exporters = [
  { name: "OTLP as JSON", env: { OTEL_EXPORTER_OTLP_PROTOCOL: "http/json" }, tracesPath: "/v1/traces" },
  { name: "OTLP as protobuf", env: { OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf" }, tracesPath: "/v1/traces" },
  { name: "Zipkin", env: { OTEL_TRACES_EXPORTER: "zipkin" }, tracesPath: "/api/v2/spans" },
];

test.each(exporters)("requests of exporters are not counted, and the application's are: $name", async (exporter) => {
  await using receiver = await otlpReceiver();
  const prometheusPort = await freePort();
  const service = await startApplication({
    source,
    register: true,
    env: {
      OTEL_SERVICE_NAME: "orders",
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_EXPORTER_ZIPKIN_ENDPOINT: `${receiver.url}/api/v2/spans`,
      OTEL_METRICS_EXPORTER: "otlp,prometheus",
      OTEL_EXPORTER_PROMETHEUS_PORT: `${prometheusPort}`,
      OTEL_METRIC_EXPORT_INTERVAL: "100",
      OTEL_METRIC_EXPORT_TIMEOUT: "100",
      OTEL_BSP_SCHEDULE_DELAY: "50",
      OTEL_BLRP_SCHEDULE_DELAY: "50",
      TELLTALE_STRICT: "1",
      ...exporter.env,
    },
  });
  await (await service.request("/")).text();
  const sent = (path: string, count: number): Promise<true> =>
    receiver.waitFor(() => receiver.requests.filter((request) => request.path === path).length >= count || undefined);
  await Promise.all([sent(exporter.tracesPath, 1), sent("/v1/metrics", 3), sent("/v1/logs", 1)]);

  await scrape(prometheusPort);
  expect(counts(await scrape(prometheusPort))).toEqual({
    // One by fetch, one by http, which have different attributes.
    http_client_request_duration_seconds_count: [
      ["127.0.0.1", service.port, 1],
      ["127.0.0.1", service.port, 1],
    ],
    http_server_request_duration_seconds_count: [[undefined, undefined, 3]],
  });
});

async function scrape(port: number): Promise<string> {
  return (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
}

/** The address, port and value of each count of HTTP requests. */
function counts(text: string): Record<string, unknown[]> {
  const found: Record<string, unknown[]> = {};
  for (const [, name, labels, value] of text.matchAll(/^(http_\w+_count)\{(.*)\} (\d+)/gm)) {
    const label = (key: string): string | undefined => new RegExp(`${key}="([^"]*)"`).exec(labels!)?.[1];
    const port = label("server_port");
    found[name!] ??= [];
    found[name!]!.push([label("server_address"), port === undefined ? undefined : Number(port), Number(value)]);
  }
  return found;
}
