import { expect, test } from "vitest";
import { readConfiguration } from "../config.ts";
import type { TelltaleOptions } from "../options.ts";
import type { ConfigurationError } from "./configuration-error.ts";

type Logging = Exclude<TelltaleOptions["logging"], boolean | undefined>;

const read = (logging: Logging) => readConfiguration({ options: { logging }, env: {}, cwd: "/srv" }).logging;

function problemOf(logging: unknown): string {
  try {
    read(logging as Logging);
  } catch (error) {
    return (error as ConfigurationError).problems.map(({ message }) => message).join("\n");
  }
  return "";
}

test("each sink is what its own package takes, with what has been given and the defaults of the schema", () => {
  const { sinks } = read({
    sinks: [
      { type: "console", format: "pretty", colors: "never", level: "warn" },
      { type: "file", path: "app.log", rotate: { maxSize: "100MB", interval: "daily" }, reopenOnSighup: "never" },
      { type: "elasticsearch", endpoint: "http://es:9200", index: "app-logs", apiKey: "k", dataStream: "always" },
      { type: "opensearch", endpoint: "https://os:9200", index: "app-{date}", username: "u", password: "p" },
      { type: "loki", endpoint: "http://loki:3100", labels: { env: "prod" }, maxQueueSize: "1MiB" },
      { type: "syslog", protocol: "tls", host: "log", facility: "local3" },
    ],
  });
  const queue = { maxQueueLength: 16_777_216, maxBatchLines: 2_000, scheduledDelayMs: 1_000 };
  const http = { ...queue, headers: {}, timeoutMs: 30_000, compression: "gzip" };
  expect(sinks).toEqual([
    { type: "console", level: "warn", format: "pretty", colors: false, stream: "stdout", sync: true },
    {
      type: "file",
      path: "/srv/app.log",
      rotate: { maxSizeBytes: 100_000_000, interval: "daily" },
      maxQueueLength: 16_777_216,
      reopenOnSighup: false,
    },
    {
      type: "elasticsearch",
      endpoint: "http://es:9200",
      index: "app-logs",
      template: true,
      apiKey: "k",
      dataStream: true,
      ...http,
    },
    {
      type: "opensearch",
      endpoint: "https://os:9200",
      index: "app-{date}",
      template: true,
      username: "u",
      password: "p",
      ...http,
    },
    {
      type: "loki",
      endpoint: "http://loki:3100",
      labels: { env: "prod" },
      lineLabels: ["level"],
      metadata: ["trace_id", "span_id"],
      ...http,
      maxQueueLength: 2 ** 20,
    },
    { type: "syslog", host: "log", protocol: "tls", facility: "local3", format: "json", ...queue, timeoutMs: 10_000 },
  ]);
});

test("a file that is never rotated has no rotation", () => {
  expect(read({ sinks: [{ type: "file", path: "/var/log/app.log" }] }).sinks[0]).not.toHaveProperty("rotate");
});

test("levels, redaction, sampling and the limit on repeated lines are there when asked for", () => {
  expect(read({})).toMatchObject({ levels: {}, redact: undefined, sampling: undefined, repeats: undefined });
  expect(
    read({
      levels: { "http.*": "debug" },
      redact: { paths: ["password"], shapes: ["token"] },
      sampling: { ratio: 0.1, upTo: "debug" },
      repeats: true,
    }),
  ).toMatchObject({
    levels: { "http.*": "debug" },
    redact: { paths: ["password"], shapes: ["token"] },
    sampling: { ratio: 0.1, upTo: "debug" },
    repeats: {},
  });
  expect(read({ repeats: { limit: 3 } }).repeats).toEqual({ limit: 3 });
});

test.each([
  [{ sinks: [{ type: "file" }] }, "logging.sinks[0].path is missing; give the file"],
  [{ sinks: [{ type: "file", path: "a", rotate: { maxFiles: 3 } }] }, "maxFiles is given without a reason to rotate"],
  [
    { sinks: [{ type: "file", path: "a", rotate: { maxSize: "100 parsecs" } }] },
    "a number of bytes or a size, such as 100MB",
  ],
  [{ sinks: [{ type: "file", path: "a", rotate: { size: 1 } }] }, "rotate.size is not an option"],
  [
    { sinks: [{ type: "elasticsearch" }] },
    "logging.sinks[0].endpoint is missing; give a URL, such as http://localhost:9200",
  ],
  [{ sinks: [{ type: "elasticsearch", endpoint: "es:9200" }] }, "is no URL that begins with http:// or https://"],
  [{ sinks: [{ type: "elasticsearch", endpoint: "http://es", index: "App Logs" }] }, "is no name of an index"],
  [{ sinks: [{ type: "loki", endpoint: "http://l", labels: { "a-b": "c" } }] }, "labels.a-b is no label"],
  [{ sinks: [{ type: "opensearch", endpoint: "http://l", password: "p" }] }, "password is given without a user"],
  [{ sinks: [{ type: "syslog", facility: "local9" }] }, "local8"],
  [{ levels: { "http.*": "loud" } }, 'logging.levels.http.* is "loud"; give one of'],
  [{ sampling: { ratio: 2 } }, "a number from 0 to 1"],
  [{ redact: { shapes: ["cards"] } }, 'did you mean "card"?'],
])("%o is refused", (logging, problem) => {
  if (problem === "local8") expect(problemOf(logging)).toContain("logging.sinks[0].facility");
  else expect(problemOf(logging)).toContain(problem);
});

test("a password in a URL is refused without being shown", () => {
  const problem = problemOf({ sinks: [{ type: "elasticsearch", endpoint: "http://ada:s3cret@es:9200" }] });
  expect(problem).toContain("has a user or password in it");
  expect(problem).not.toContain("s3cret");
});

test("sizes may be numbers, and texts with decimal or binary units", () => {
  const sizeOf = (maxSize: number | string) =>
    (
      read({ sinks: [{ type: "file", path: "a", rotate: { maxSize } }] }).sinks[0] as {
        rotate: { maxSizeBytes: number };
      }
    ).rotate.maxSizeBytes;
  expect([4_096, "4096", "1.5 kB", "2MiB", "1gb"].map(sizeOf)).toEqual([4_096, 4_096, 1_500, 2_097_152, 1_000_000_000]);
});
