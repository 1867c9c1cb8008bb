import { afterEach, expect, test } from "vitest";
import { counter, gauge, histogram } from "../index.ts";
import { type PrometheusEndpoint, type PrometheusEndpointOptions, prometheusEndpoint } from "./endpoint.ts";

const opened: PrometheusEndpoint[] = [];
afterEach(async () => {
  for (const endpoint of opened.splice(0)) await endpoint.shutdown();
});

counter({ name: "utf8.orders", unit: "By", description: "Orders." }).add(3, { "http.route": "/a", side: "buy" });
histogram({ name: "utf8.latency", unit: "s", boundaries: [0.5] }).record(0.7);
gauge({ name: "plain" }).record(1, { 'say "hi"\\': "x", le: "1", __name__: "evil" });
const NAMES = "?name[]=utf8.orders_bytes_total&name[]=utf8.latency_seconds&name[]=plain";

test("names go out as they are to who asks for UTF-8, in quotes where they are not plain", async () => {
  const endpoint = open({ utf8Names: true });
  const page = await read(endpoint, "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8", NAMES);
  expect(page).toEqual({
    type: "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=allow-utf-8",
    text:
      `# HELP "utf8.orders_bytes" Orders.
# TYPE "utf8.orders_bytes" counter
# UNIT "utf8.orders_bytes" bytes
{"utf8.orders_bytes_total","http.route"="/a",side="buy"} 3
# TYPE "utf8.latency_seconds" histogram
# UNIT "utf8.latency_seconds" seconds
{"utf8.latency_seconds_bucket",le="0.5"} 0
{"utf8.latency_seconds_bucket",le="1.0"} 1
`.replace('le="1.0"', 'le="+Inf"') +
      `{"utf8.latency_seconds_sum"} 0.7
{"utf8.latency_seconds_count"} 1
# TYPE plain gauge
plain{key_name_="evil",exported_le="1","say \\"hi\\"\\\\"="x"} 1
# EOF
`,
  });
  const text = await read(endpoint, "text/plain;version=1.0.0;escaping=allow-utf-8", NAMES);
  expect(text.type).toBe("text/plain; version=1.0.0; charset=utf-8; escaping=allow-utf-8");
  expect(text.text).toContain('{"utf8.orders_bytes_total","http.route"="/a",side="buy"} 3\n');
});

test.each([
  ["text/plain;version=0.0.4", "text/plain; version=0.0.4; charset=utf-8"],
  ["text/plain;version=1.0.0;escaping=underscores", "text/plain; version=0.0.4; charset=utf-8; escaping=underscores"],
  ["text/plain;version=1.0.0;escaping=values", "text/plain; version=0.0.4; charset=utf-8; escaping=underscores"],
])("to who asks with %s names have underscores all the same", async (accept, type) => {
  const page = await read(open({ utf8Names: true }), accept);
  expect(page.type).toBe(type);
  expect(page.text).toContain('utf8_orders_bytes_total{http_route="/a",side="buy"} 3\n');
});

test.each(["main", "worker"] as const)(
  "names have underscores when nobody chose UTF-8, and the %s thread says so",
  async (serve) => {
    const endpoint = open({ serve });
    await endpoint.ready;
    const page = await read(endpoint, "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8");
    expect(page.type).toBe("application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores");
    expect(page.text).toContain('utf8_orders_bytes_total{http_route="/a",side="buy"} 3\n');
  },
);

test("a worker thread writes them too", async () => {
  const endpoint = open({ utf8Names: true, serve: "worker" });
  await endpoint.ready;
  const page = await read(endpoint, "text/plain;version=1.0.0;escaping=allow-utf-8");
  expect(page.text).toContain('{"utf8.orders_bytes_total","http.route"="/a",side="buy"} 3\n');
});

function open(options: PrometheusEndpointOptions = {}): PrometheusEndpoint {
  const endpoint = prometheusEndpoint({ port: 0, ...options });
  opened.push(endpoint);
  return endpoint;
}

async function read({ url }: PrometheusEndpoint, accept: string, query = "") {
  const response = await fetch(`${url}${query}`, { headers: { accept } });
  return { type: response.headers.get("content-type"), text: await response.text() };
}
