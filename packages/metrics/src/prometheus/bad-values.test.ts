/** No value from the application breaks the page: each kind of bad value, by each way in, in each format. */
import { spawnSync } from "node:child_process";
import { type Attributes, DiagLogLevel, diag, type Meter } from "@opentelemetry/api";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import { afterEach, beforeEach, expect, test } from "vitest";
import { counter, forgetInstrument, gauge, histogram, instruments, meterProvider } from "../index.ts";
import { type PrometheusEndpoint, prometheusEndpoint } from "./endpoint.ts";

const MEGABYTES_10 = "x".repeat(10 * 1_024 * 1_024);
const formats = [
  "text/plain",
  "application/openmetrics-text;version=1.0.0",
  "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited",
] as const;

let told: string[];
let ours: Meter | undefined;
let endpoint: PrometheusEndpoint;
beforeEach(() => {
  told = [];
  ours = undefined;
  const tell = (message: string): void => void told.push(message);
  const ignore = (): void => {};
  diag.setLogger({ error: tell, warn: tell, info: ignore, debug: ignore, verbose: ignore }, DiagLogLevel.WARN);
  endpoint = prometheusEndpoint({ port: 0, keepPageMs: 0 });
});
afterEach(async () => {
  await endpoint.shutdown();
  for (const instrument of [...instruments()]) {
    if (!instrument.name.startsWith("telltale.")) forgetInstrument(instrument);
  }
  diag.disable();
});

/** By which an application's attributes come to a counter that is called `bad` in the end. */
const ways = {
  "a declared counter": (attributes: object) => counter({ name: "bad" }).add(1, attributes),
  "a bound counter": (attributes: object) =>
    counter({ name: "bad" })
      .bind(attributes as Attributes)
      .add(1),
  "our meter provider": (attributes: object) =>
    ourMeter()
      .createCounter("bad")
      .add(1, attributes as Attributes),
} as const;

const circular: { self?: unknown } = {};
circular.self = circular;
const thrower = Object.defineProperty({}, "side", {
  enumerable: true,
  get: () => {
    throw new Error("no");
  },
});
const badAttributes: readonly (readonly [what: string, attributes: object, labels: string])[] = [
  ["keys that collide after translation", { "a.b": "1", a_b: "2" }, '{a_b="1;2"}'],
  ["a key with a leading digit", { "9": "y" }, '{key_9="y"}'],
  ["an empty key", { "": "z" }, ""],
  ["a key of nothing that Prometheus knows", { 日本: "w" }, ""],
  ["le and quantile", { le: "1", quantile: "0.5" }, '{exported_le="1",exported_quantile="0.5"}'],
  ["__name__", { __name__: "other" }, '{key_name_="other"}'],
  ["a symbol", { a: Symbol("x") }, ""],
  ["a function", { a: () => 1 }, ""],
  ["an object", { a: {} }, ""],
  ["an object in a list", { a: [{}] }, ""],
  ["a circular list", { a: [circular] }, ""],
  ["null and undefined", { a: null, b: undefined }, ""],
  ["a BigInt", { a: 12n }, '{a="12"}'],
  ["NaN", { a: Number.NaN }, '{a="NaN"}'],
  ["a throwing getter", thrower, ""],
  ["a lone surrogate", { a: "\ud800" }, '{a="\ufffd"}'],
  ["quotes, newlines and backslashes", { a: '"\n\\' }, '{a="\\"\\n\\\\"}'],
  ["a label of 10 MB", { a: MEGABYTES_10 }, `{a="${"x".repeat(4_096)}"}`],
];

const cases = Object.keys(ways).flatMap((way) => badAttributes.map(([what]) => [what, way] as const));

test.each(cases)("%s as an attribute, by %s", async (what, way) => {
  const add = ways[way as keyof typeof ways];
  const [, given, labels] = badAttributes.find(([name]) => name === what) as (typeof badAttributes)[number];
  expect(() => {
    add(given);
    add(given);
    gauge({ name: "good" }).record(1);
  }).not.toThrow();
  const page = await everyPage();
  expect(page.split("\n").filter((line) => line.startsWith("bad_total"))).toEqual([`bad_total${labels} 2`]);
  expect(page).toContain("good 1\n");
});

test.each(Object.keys(ways))("a key of 10 MB is left out, and not told in full, by %s", async (way) => {
  const add = ways[way as keyof typeof ways];
  for (const value of ["x", "y"]) add({ [MEGABYTES_10]: value, a: "1" });
  gauge({ name: "good" }).record(1);
  expect(await everyPage()).toContain('bad_total{a="1"} 2\n');
  expect(told.filter((message) => message.length > 300)).toEqual([]);
});

const badNames: Readonly<Record<string, unknown>> = {
  "a symbol": Symbol("x"),
  "a function": () => 1,
  "an object": {},
  "a BigInt": 12n,
  "an empty text": "",
  "a text with a leading digit": "9lives",
  "no letter of ASCII": "日本",
  "10 MB": MEGABYTES_10,
  null: null,
  undefined: undefined,
};

test.each(Object.keys(badNames))(
  "%s as a name is refused where it is declared, and breaks nothing by the provider",
  async (what) => {
    const name = badNames[what];
    const declare = () => counter({ name: name as string });
    expect(declare).toThrow(expect.objectContaining({ code: "TELLTALE_BAD_INSTRUMENT" }));
    expect(() => declare()).not.toThrow("xxxxxxxxxx".repeat(20));
    expect(() =>
      ourMeter()
        .createCounter(name as string)
        .add(1),
    ).not.toThrow();
    gauge({ name: "good" }).record(1);
    expect(await everyPage()).toContain("good 1\n");
  },
);

test.each([
  ["a counter", () => counter({ name: "sizes.count" }).add(1)],
  ["a gauge", () => gauge({ name: "sizes.count" }).record(1)],
  ["a histogram", () => histogram({ name: "sizes.bucket" }).record(1)],
])("%s whose name is a part of a histogram's is left out and told once, and the rest goes out", async (_, record) => {
  histogram({ name: "sizes", boundaries: [1] }).record(2);
  record();
  gauge({ name: "good" }).record(1);
  const page = await everyPage();
  expect(page).toContain("sizes_count 1\n");
  expect(page.match(/^# TYPE sizes/gm)).toEqual(["# TYPE sizes"]);
  expect(page).toContain("good 1\n");
  expect(told.filter((message) => message.includes("left out of the Prometheus page"))).toHaveLength(1);
});

test("all of that on one page, from the SDK's own instruments too, is taken by Prometheus' own parser", async () => {
  const bad = new MeterProvider({ readers: [endpoint.reader] }).getMeter("theirs").createCounter("bad");
  for (const [, attributes] of badAttributes) {
    try {
      bad.add(1, attributes as Attributes);
    } catch {
      // The SDK reads attributes where it is called, so a getter that throws is heard there.
    }
  }
  const declared = counter({ name: "bad.declared" });
  for (const [, attributes] of badAttributes) declared.add(1, attributes);
  histogram({ name: "sizes", boundaries: [1] }).record(2);
  counter({ name: "sizes.count" }).add(1);
  gauge({ name: "good" }).record(1);
  const page = await everyPage();
  expect(page).toContain("good 1\n");
  const { error, stderr } = spawnSync("promtool", ["check", "metrics"], { input: page, encoding: "utf8" });
  if (error === undefined) expect(stderr).not.toMatch(/error while linting|text format parsing error/);
});

function ourMeter(): Meter {
  ours ??= meterProvider({ readers: [endpoint.reader] }).getMeter("ours");
  return ours;
}

/** The page as text; it has to be whole in every format. */
async function everyPage(): Promise<string> {
  const [text, openMetrics, protobuf] = await Promise.all(
    formats.map(async (accept) => {
      const response = await fetch(endpoint.url, { headers: { accept } });
      expect(response.status).toBe(200);
      return response.text();
    }),
  );
  expect(openMetrics).toMatch(/# EOF\n$/);
  expect(protobuf).toContain("good");
  return text as string;
}
