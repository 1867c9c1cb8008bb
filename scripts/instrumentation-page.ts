import { createRequire } from "node:module";
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
bootstrap({ instrumentations: { redis: false, fs: true, http: { ignoreIncomingRequestHook: (request) => request.url === "/ping" } } });
\`\`\`

or with \`OTEL_NODE_ENABLED_INSTRUMENTATIONS\` (then only those) and \`OTEL_NODE_DISABLED_INSTRUMENTATIONS\`.

| name | observes | from | default |
|---|---|---|---|
${instrumentationTable.map(row).join("\n")}
`;
}

function row(entry: InstrumentationEntry): string {
  const version = entry.package.startsWith("@opentelemetry/") ? ` ${versionOf(entry.package)}` : "";
  return `| \`${entry.name}\` | ${observes(entry)} | ${entry.package}${version} | ${entry.enabledByDefault ? "on" : "off"} |`;
}

function observes({ modules, startsWith }: InstrumentationEntry): string {
  switch (startsWith) {
    case "module":
      return modules.map((name) => `\`${name}\``).join(", ");
    case "fetch":
      return "`fetch` and `undici`, from the first request on";
    case "metrics":
      return "the event loop, garbage collection and heap, when metrics are on";
  }
}

function versionOf(name: string): string {
  return require("../packages/telltale/package.json").dependencies[name];
}
