import fc from "fast-check";
import { expect, test } from "vitest";
import { counter } from "../counter.ts";
import { exponentialHistogram } from "../exponential-histogram.ts";
import { gauge } from "../gauge.ts";
import { histogram } from "../histogram.ts";
import type { Instrument } from "../instrument.ts";
import { cumulativeMetric } from "../metric-producer.ts";
import { metricText } from "./metric-text.ts";
import { pageWriter } from "./page.ts";
import { protobufPageWriter } from "./protobuf-page.ts";
import { chunkPool, type RenderedPage, renderPage } from "./rendered-page.ts";
import type { TextFormat, TextOptions } from "./text-format.ts";

test("the text that is kept between scrapes is what would be written anew, whatever was recorded in between", () => {
  let names = 0;
  const value = fc.oneof(fc.nat(1_200), fc.double({ min: 0, max: 1e25, noNaN: true }), fc.constant(2 ** 31));
  const label = fc.oneof(
    fc.constantFrom("a", "b", 'q"', "back\\slash", "new\nline", "😀", "1"),
    fc.integer({ max: 3, min: 1 }),
  );
  const records = fc.array(fc.record({ value, label }), { maxLength: 40 });
  fc.assert(
    fc.property(
      fc.array(records, { minLength: 1, maxLength: 6 }),
      fc.constantFrom("text", "openmetrics"),
      (rounds, format) => {
        const instruments = [
          counter({ name: `kept.counter.${names}`, maxSeries: 6 }),
          gauge({ name: `kept.gauge.${names}`, maxSeries: 6 }),
          histogram({ name: `kept.histogram.${names++}`, boundaries: [1, 10, 1_000] }),
        ] as const;
        const writer = pageWriter(options(format as TextFormat));
        for (const round of rounds) {
          for (const one of round) {
            instruments[0].add(one.value, { label: one.label });
            instruments[1].record(one.value - 100, { label: one.label });
            instruments[2].record(one.value, { label: one.label });
          }
          const kept = text(writer.pieces({ ...nothing, instruments }));
          const anew = instruments.map((instrument) => writtenAnew(instrument, format as TextFormat)).join("");
          expect(lines(kept)).toEqual(lines(anew));
        }
      },
    ),
    { numRuns: 40 },
  );
});

test("a page of many series is written in pieces, and the event loop runs between them", async () => {
  const many = counter({ name: "pieces.counter", maxSeries: 20_001 });
  for (let i = 0; i < 20_000; i++) many.add(i, { id: `series number ${i}`, side: "buy" });
  const writer = pageWriter(options("text"));
  let pieces = 0;
  let turns = 0;
  function* heldUp(): Generator<Uint8Array> {
    for (const piece of writer.pieces({ ...nothing, instruments: [many] })) {
      pieces++;
      setImmediate(() => turns++);
      // Longer than the event loop is held at a stretch, whatever the machine.
      for (const until = performance.now() + 3; performance.now() < until; );
      yield piece;
    }
  }
  const page = await renderPage(heldUp(), chunkPool());
  expect(pieces).toBeGreaterThan(4);
  expect(turns).toBe(pieces);
  const written = Buffer.concat(page.chunks).toString();
  expect(written.length).toBe(page.length);
  expect(written.split("\n")).toHaveLength(20_000 + 2);
  expect(written).toContain('pieces_counter_total{id="series number 777",side="buy"} 777\n');
});

test.each(["text", "openmetrics", "protobuf"] as const)(
  "a page that is still being sent stays as it is while the next ones are written: %s",
  async (format) => {
    const many = counter({ name: `lent.counter.${format}`, maxSeries: 6_001 });
    const wide = histogram({ name: `lent.histogram.${format}` });
    const bound = Array.from({ length: 6_000 }, (_, id) => many.bind({ id: `${id}` }));
    const sizes = Array.from({ length: 300 }, (_, id) => wide.bind({ id: `${id}` }));
    const made = () =>
      format === "protobuf"
        ? protobufPageWriter({ scopeLabels: false, constants: {}, told: new Set() })
        : pageWriter(options(format));
    const writer = made();
    const sources = { ...nothing, instruments: [many, wide] };
    const pool = chunkPool();
    const pages: { readonly page: RenderedPage; readonly bytes: string }[] = [];
    for (let round = 0; round < 12; round++) {
      // Rounds in which numbers get longer, stay as long, and do not change at all.
      for (let i = 0; round % 4 !== 3 && i < bound.length; i += 1 + (round % 3)) bound[i]?.add(10 ** (round % 5));
      for (const one of sizes) if (round % 4 !== 3) one.record(round);
      const page = await renderPage(writer.pieces(sources), pool);
      const bytes = Buffer.concat(page.chunks);
      expect(bytes.length).toBe(page.length);
      const anew = Buffer.concat(Array.from(made().pieces(sources), (piece) => Buffer.from(piece)));
      expect(bytes.equals(anew)).toBe(true);
      pages.push({ page, bytes: bytes.toString("latin1") });
      // Some are sent soon, others late.
      if (round % 3 === 2) for (const { page } of pages.splice(0, 2)) page.release();
      for (const { page, bytes } of pages) expect(Buffer.concat(page.chunks).toString("latin1") === bytes).toBe(true);
    }
  },
);

test("a series that is let go while the page is being written takes nothing from the others", () => {
  const many = counter({ name: "leaving.counter", maxSeries: 10_001 });
  const bound = Array.from({ length: 10_000 }, (_, id) => many.bind({ id: `${id}` }));
  for (const [id, one] of bound.entries()) one.add(id);
  const pieces = pageWriter(options("text")).pieces({ ...nothing, instruments: [many] });
  const written: string[] = [];
  for (const piece of pieces) {
    written.push(Buffer.from(piece).toString());
    bound[written.length]?.unbind();
    if (written.length > 1) bound[9_000]?.add(0.5);
  }
  const samples = written.join("").matchAll(/id="(\d+)"\} (.*)$/gm);
  const wrong = Array.from(samples).filter(([, id, value]) => id !== value);
  expect(wrong.map(([, id]) => id)).toEqual(["9000"]);
});

test("OpenMetrics names counters without _total, gives units, floats as limits, and an end", () => {
  const instruments = [
    counter({ name: "om.orders", unit: "By", description: 'The "orders".' }),
    histogram({ name: "om.latency", unit: "s", boundaries: [0.5, 1] }),
  ] as const;
  instruments[0].add(3);
  instruments[1].record(0.7);
  const seconds = (instrument: Instrument) => (instrument.series()[0]?.startTimeMs as number) / 1_000;
  const writer = pageWriter({ ...options("openmetrics"), created: true });
  expect(text(writer.pieces({ ...nothing, resource: { "service.name": "desk" }, instruments }))).toBe(
    `# HELP target Target metadata
# TYPE target info
target_info{service_name="desk"} 1
# HELP om_orders_bytes The \\"orders\\".
# TYPE om_orders_bytes counter
# UNIT om_orders_bytes bytes
om_orders_bytes_total 3
om_orders_bytes_created ${seconds(instruments[0])}
# TYPE om_latency_seconds histogram
# UNIT om_latency_seconds seconds
om_latency_seconds_bucket{le="0.5"} 0
om_latency_seconds_bucket{le="1.0"} 1
om_latency_seconds_bucket{le="+Inf"} 1
om_latency_seconds_sum 0.7
om_latency_seconds_count 1
om_latency_seconds_created ${seconds(instruments[1])}
# EOF
`,
  );
});

test("an exponential histogram is written with powers of two as limits", () => {
  const sizes = exponentialHistogram({ name: "octaves.sizes", unit: "By" });
  for (const value of [0, 1, 1.5, 3, 3, 1_000]) sizes.record(value);
  expect(text(pageWriter(options("text")).pieces({ ...nothing, instruments: [sizes] }))).toMatchInlineSnapshot(`
    "# TYPE octaves_sizes_bytes histogram
    octaves_sizes_bytes_bucket{le="0"} 1
    octaves_sizes_bytes_bucket{le="1"} 2
    octaves_sizes_bytes_bucket{le="2"} 3
    octaves_sizes_bytes_bucket{le="4"} 5
    octaves_sizes_bytes_bucket{le="8"} 5
    octaves_sizes_bytes_bucket{le="16"} 5
    octaves_sizes_bytes_bucket{le="32"} 5
    octaves_sizes_bytes_bucket{le="64"} 5
    octaves_sizes_bytes_bucket{le="128"} 5
    octaves_sizes_bytes_bucket{le="256"} 5
    octaves_sizes_bytes_bucket{le="512"} 5
    octaves_sizes_bytes_bucket{le="1024"} 6
    octaves_sizes_bytes_bucket{le="+Inf"} 6
    octaves_sizes_bytes_sum 1008.5
    octaves_sizes_bytes_count 6
    "
  `);
});

test("an instrument of ours and a metric of the same name elsewhere share one family", () => {
  const ours = counter({ name: "shared.orders" });
  ours.add(1, { from: "us" });
  const theirs = counter({ name: "shared.orders", scope: { name: "another" } });
  theirs.add(2, { from: "them" });
  theirs.add(4, { from: "us" });
  const told = new Set<string>();
  const written = text(pageWriter({ ...options("text"), told }).pieces({ ...nothing, instruments: [ours, theirs] }));
  expect(written).toBe(
    '# TYPE shared_orders_total counter\nshared_orders_total{from="us"} 1\nshared_orders_total{from="them"} 2\n',
  );
  expect([...told]).toEqual([expect.stringContaining("shared_orders_total has two series")]);
});

const nothing = { resource: {}, scopes: [], only: undefined };

function options(format: TextFormat): TextOptions {
  return { format, scopeLabels: false, constantLabels: "", created: false, told: new Set() };
}

function text(pieces: Iterable<Uint8Array>): string {
  return Array.from(pieces, (piece) => Buffer.from(piece).toString()).join("");
}

function writtenAnew(instrument: Instrument, format: TextFormat): string {
  const metric = cumulativeMetric(instrument, 0);
  if (metric === undefined) return "";
  const base = instrument.name.replaceAll(".", "_");
  const family = {
    name: instrument.kind === "counter" ? `${base}_total` : base,
    type: instrument.kind as "counter" | "gauge" | "histogram",
  };
  return [...metricText(family, [{ metric, scope: instrument.scope }], options(format))].join("");
}

function lines(page: string): string[] {
  return page.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
}
