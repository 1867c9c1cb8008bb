import { createRequire } from "node:module";
import { instrumentationAdjustments } from "../packages/telltale/src/instrumentation/instrumentation-adjustments.ts";
import {
  type InstrumentationEntry,
  instrumentationTable,
} from "../packages/telltale/src/instrumentation/instrumentation-table.ts";

const require = createRequire(import.meta.url);

/** docs/instrumentations.md, from the table that the loading itself uses. */
export function instrumentationPage(): string {
  return `<!-- Written by npm run generate; do not edit. -->

# Instrumentations

Each is loaded when the application first loads one of its modules, by \`import\` or \`require\`, and never otherwise. Switch one
off, on, or configure it by its name:

\`\`\`ts
import type { IncomingMessage } from "node:http";
import { bootstrap } from "telltale";

bootstrap({
  instrumentations: {
    redis: false,
    fs: true,
    http: { ignoreIncomingRequestHook: (request: IncomingMessage) => request.url === "/ping" },
  },
});
\`\`\`

or with \`OTEL_NODE_ENABLED_INSTRUMENTATIONS\` (then only those) and \`OTEL_NODE_DISABLED_INSTRUMENTATIONS\`.

| name | observes | from | default |
|---|---|---|---|
${instrumentationTable.map(row).join("\n")}

## Fast paths

Where it says "fast path", telltale configures and starts the instrumentation, and puts code of its own in the place of what
that does for each request, query or command: the same spans, names, attributes, metrics and hooks, at a fraction of the cost
([benchmarks.md](benchmarks.md)). All options of the instrumentation keep their meaning; \`engine: "contrib"\` keeps its code
too: \`instrumentations: { express: { engine: "contrib" } }\`. What differs on purpose:

- \`express\`: only request handlers have a span of their own. \`ignoreLayersType: []\` brings back those of middleware and
  routers. The route is known however a request is written (\`/PING\`, \`GET http://host/ping\`), and below applications that are
  mounted with \`app.use("/admin", admin)\`.
- \`http\`: \`url.query\` is as it was sent, but for what is redacted. A response that is cut off fails its client span.
- \`pg\`: the numbers of connections are kept for each pool, and \`error.type\` is on the duration of a query by promise too.
- \`ioredis\`: a command that waits for the connection has one span, in the trace that sent it.

More options of \`http\`:

| option | default | |
|---|---|---|
| \`serverTimingHeader\` | \`false\` | responses carry \`server-timing: traceparent;desc="00-…"\`, which scripts in a browser can read |
| \`traceResponseHeader\` | \`false\` | responses carry W3C's \`traceresponse\` |

\`propagators: ["tracecontext", "baggage", "request-id"]\` takes the correlation id of a request from \`x-request-id\`, or makes one; it is an
attribute of the server span, a header of the response and of all outgoing requests, and \`requestId()\` of \`@telltale/tracing\`.
`;
}

function row(entry: InstrumentationEntry): string {
  const version = entry.package.startsWith("@opentelemetry/") ? ` ${versionOf(entry.package)}` : "";
  const fast = instrumentationAdjustments[entry.name]?.fastPath ? ", fast path" : "";
  return `| \`${entry.name}\` | ${observes(entry)} | ${entry.package}${version}${fast} | ${entry.enabledByDefault ? "on" : "off"} |`;
}

function observes({ modules, startsWith, measures }: InstrumentationEntry): string {
  switch (startsWith) {
    case "module":
      return modules.map((name) => `\`${name}\``).join(", ");
    case "fetch":
      return "`fetch` and `undici`, from the first request on";
    case "metrics":
      return `${measures}, when metrics are on`;
  }
}

function versionOf(name: string): string {
  return require("../packages/telltale/package.json").dependencies[name];
}
