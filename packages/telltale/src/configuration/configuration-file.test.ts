// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the syntax for variables in files is what is tested.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readConfiguration } from "../config.ts";
import type { Configuration } from "../configuration.ts";
import { ConfigurationError } from "./configuration-error.ts";

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "telltale-file-"));
});
afterEach(() => rmSync(cwd, { recursive: true }));

const read = (env: NodeJS.ProcessEnv = {}): Configuration => readConfiguration({ env, cwd });

function file(name: string, text: string): void {
  writeFileSync(join(cwd, name), text);
}

function messages(env: NodeJS.ProcessEnv = {}): readonly string[] {
  try {
    read(env);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems.map(({ message }) => message);
    throw error;
  }
  return [];
}

const yaml = `
service:
  name: checkout # a comment
tracing:
  exporters:
    - type: jaeger
      endpoint: http://jaeger:14268
  sampling: { type: ratio, ratio: 0.5 }
metrics:
  prometheus: { port: 9000 }
logging: false
`;
const toml = `
logging = false
service.name = "checkout"
[tracing]
exporters = [{ type = "jaeger", endpoint = "http://jaeger:14268" }]
sampling = { type = "ratio", ratio = 0.5 }
[metrics.prometheus]
port = 9000
`;
const json = JSON.stringify({
  service: { name: "checkout" },
  tracing: {
    exporters: [{ type: "jaeger", endpoint: "http://jaeger:14268" }],
    sampling: { type: "ratio", ratio: 0.5 },
  },
  metrics: { prometheus: { port: 9000 } },
  logging: false,
});

test.each([
  ["telltale.yaml", yaml],
  ["telltale.yml", yaml],
  ["telltale.toml", toml],
  ["telltale.json", json],
])("%s in the working directory is read", (name, text) => {
  file(name, text);
  const { service, tracing, metrics, logging } = read();
  expect(service.name).toBe("checkout");
  expect(tracing.exporters).toMatchObject([{ protocol: "thrift-http", endpoint: "http://jaeger:14268/api/traces" }]);
  expect(tracing.sampling).toEqual({ type: "ratio", ratio: 0.5 });
  expect([metrics.prometheus?.port, logging.enabled]).toEqual([9000, false]);
});

test("TELLTALE_CONFIG names another file, and the working directory is then not looked at", () => {
  file("other.json", '{"service":{"name":"other"}}');
  file("telltale.yaml", "service: { name: here }");
  expect(read({ TELLTALE_CONFIG: "other.json" }).service.name).toBe("other");
  expect(read({ TELLTALE_CONFIG: join(cwd, "other.json") }).service.name).toBe("other");
});

test("two files in the working directory are one too many", () => {
  file("telltale.yaml", "");
  file("telltale.json", "{}");
  expect(messages()).toEqual([
    "telltale.yaml is not the only configuration file: telltale.yaml and telltale.json are there; keep one of them",
  ]);
});

test("a file of comments only, and keys without a value, say nothing", () => {
  file("telltale.yaml", "# later\n");
  expect(read().tracing.enabled).toBe(true);
  file("telltale.yaml", "tracing:\n  # exporters: []\nservice:\n  name:\n");
  expect(read().service.name).toBeUndefined();
});

test("a fault is named by the file and the path in it", () => {
  file(
    "telltale.toml",
    '[tracing]\nexporters = [{ type = "otlp" }, { type = "zipkn" }]\n[metrics.prometheus]\nport = "x"\n',
  );
  expect(messages()).toEqual([
    'telltale.toml: tracing.exporters[1].type is "zipkn"; give one of otlp, jaeger, zipkin, console or file (did you mean "zipkin"?)',
    'telltale.toml: metrics.prometheus.port is "x"; give a whole number from 0 to 65535, such as 9464',
  ]);
});

test.each([
  ["telltale.yaml", "tracing:\n\t- x", /^telltale\.yaml cannot be parsed: .*line 2, column/],
  ["telltale.yaml", "a: 1\na: 2", /^telltale\.yaml cannot be parsed: Map keys must be unique at line 2, column 1/],
  ["telltale.toml", "[tracing", /^telltale\.toml cannot be parsed: .*line 1, column/],
  ["telltale.json", "{\n x }", /^telltale\.json cannot be parsed: it is not valid JSON/],
  ["telltale.json", "[]", /^telltale\.json is a list; give an object with service, /],
])("%s with %j cannot be parsed, and where is said", (name, text, message) => {
  file(name, text);
  expect(messages()).toEqual([expect.stringMatching(message)]);
});

describe("variables in a file", () => {
  const env = { NAME: "shop", PORT: "9000", OFF: "false", LIST: "b3,baggage", EMPTY: "", RATIO: "0.5", VERSION: "1.0" };

  test("are read as the variable's own text would be, in every format", () => {
    file(
      "telltale.json",
      '{"metrics":{"prometheus":{"port":"${PORT}"}},"service":{"version":"${VERSION}"},"logging":"${OFF}"}',
    );
    expect([read(env).metrics.prometheus?.port, read(env).service.version, read(env).logging.enabled]).toEqual([
      9000,
      "1.0",
      false,
    ]);
    rmSync(join(cwd, "telltale.json"));
    file(
      "telltale.yaml",
      "propagators: ${LIST}\ntracing: { sampling: { ratio: '${RATIO}' }, exporters: '${NONE:-console}' }\ninstrumentations: { http: { a: '${PORT}', b: ['${OFF}'] } }",
    );
    const { propagators, tracing, instrumentations } = read(env);
    expect([propagators, tracing.sampling]).toEqual([["b3", "baggage"], { type: "ratio", ratio: 0.5 }]);
    expect(tracing.exporters).toMatchObject([{ type: "console" }]);
    expect(instrumentations).toEqual({ http: { a: 9000, b: [false] } });
  });

  test.each([
    ["${NAME}", "shop"],
    ["${env:NAME}", "shop"],
    ["a-${NAME}-${PORT}", "a-shop-9000"],
    ["${NAME:-other}", "shop"],
    ["${MISSING:-other}", "other"],
    ["${EMPTY:-other}", "other"],
    ["${MISSING:-a:-b}", "a:-b"],
    ["${MISSING:-}", undefined],
    ["$${NAME}", "${NAME}"],
    ["$$$${NAME}", "$${NAME}"],
    ["$$${NAME}", "$shop"],
    ["$NAME", "$NAME"],
    ["costs 5$$", "costs 5$"],
  ])("%s gives %s", (text, name) => {
    file("telltale.yaml", `service: { name: '${text}' }`);
    expect(read(env).service.name).toBe(name);
  });

  test("cannot bring structure into the file", () => {
    file("telltale.yaml", "service: { name: '${INJECTION}' }");
    expect(read({ INJECTION: "x\nenabled: false" }).service.name).toBe("x\nenabled: false");
  });

  test.each([
    ["${MISSING}", "needs the variable MISSING, which is not set; set it, or give a default: ${MISSING:-default}"],
    ["${EMPTY}", "needs the variable EMPTY, which is not set; set it, or give a default: ${EMPTY:-default}"],
    ["${1ST}", "has a reference that cannot be read; write ${NAME} or ${NAME:-default}, and $$ for a dollar sign"],
    ["${NAME", "has a reference that cannot be read; write ${NAME} or ${NAME:-default}, and $$ for a dollar sign"],
    [
      "${NAME?oops}",
      "has a reference that cannot be read; write ${NAME} or ${NAME:-default}, and $$ for a dollar sign",
    ],
  ])("%s is refused", (text, fault) => {
    file("telltale.yaml", `tracing:\n  exporters:\n    - type: zipkin\n      endpoint: '${text}'`);
    expect(messages(env)).toEqual([`telltale.yaml: tracing.exporters[0].endpoint ${fault}`]);
  });
});

describe("OTEL_CONFIG_FILE", () => {
  const declarative = `
file_format: "1.0"
resource: { attributes: [{ name: region, value: "\${REGION}" }] }
distribution:
  telltale:
    logging: { level: debug }
    metrics: { prometheus: true }
`;

  test("is handed on, and telltale's part of it is read instead of telltale.yaml", () => {
    file("otel.yaml", declarative);
    file("telltale.yaml", "logging: { level: fatal }");
    const { declarativeFile, logging, metrics } = read({ OTEL_CONFIG_FILE: "otel.yaml" });
    expect([declarativeFile, logging.level, metrics.prometheus?.port]).toEqual(["otel.yaml", "debug", 9464]);
  });

  test("makes the other variables of OpenTelemetry count for nothing, not those of telltale", () => {
    file("otel.yaml", declarative);
    const env = { OTEL_CONFIG_FILE: "otel.yaml", OTEL_TRACES_EXPORTER: "OTLP", OTEL_SDK_DISABLED: "true" };
    expect(read(env).enabled).toBe(true);
    expect(read({ ...env, TELLTALE_LOGGING_LEVEL: "warn" }).logging.level).toBe("warn");
  });

  test("cannot stand beside another file of telltale", () => {
    file("otel.yaml", declarative);
    expect(messages({ OTEL_CONFIG_FILE: "otel.yaml", TELLTALE_CONFIG: "telltale.yaml" })).toEqual([
      "TELLTALE_CONFIG is given beside OTEL_CONFIG_FILE; put its content under distribution.telltale there, or unset one",
    ]);
  });

  test("can say that everything is disabled", () => {
    file("otel.yaml", "disabled: true");
    expect(read({ OTEL_CONFIG_FILE: "otel.yaml" }).enabled).toBe(false);
  });

  test("is checked where it is telltale's", () => {
    file("otel.yaml", declarative.replace("level: debug", "levle: debug"));
    expect(messages({ OTEL_CONFIG_FILE: "otel.yaml" })).toEqual([
      expect.stringMatching(
        /^otel\.yaml: distribution\.telltale\.logging\.levle is not an option; did you mean "level"\?/,
      ),
    ]);
  });
});
