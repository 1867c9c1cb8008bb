import fc from "fast-check";
import { expect, test } from "vitest";
import { createCounter } from "../../counter.ts";
import { createExponentialHistogram } from "../../exponential-histogram.ts";
import { createGauge } from "../../gauge.ts";
import { createHistogram } from "../../histogram.ts";
import { currentRevision, revise } from "../../revision.ts";
import { createUpDownCounter } from "../../up-down-counter.ts";
import { pageWriter } from "../page.ts";
import type { PageContents } from "../page-source.ts";
import { mirrorReader } from "./mirror-reader.ts";
import { mirrorWriter } from "./mirror-writer.ts";

test("whatever is recorded, bound and let go, the other thread's page is this one's", async () => {
  const step = fc.record({
    instrument: fc.nat(5),
    kind: fc.constantFrom("record", "record", "record", "bind", "unbind", "show", "hide", "collect"),
    value: fc.oneof(fc.nat(3_000), fc.double({ min: 0, max: 1e20, noNaN: true })),
    attributes: fc.record({ id: fc.nat(6).map(String), side: fc.constantFrom("buy", "sell") }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const all = [
        instrument(createCounter({ name: "m.counter", maxSeries: 8 })),
        instrument(createUpDownCounter({ name: "m.updown" })),
        instrument(createGauge({ name: "m.gauge" })),
        instrument(createHistogram({ name: "m.histogram", boundaries: [1, 10, 100] })),
        instrument(createHistogram({ name: "m.other", unit: "s" })),
        instrument(createExponentialHistogram({ name: "m.exponential" })),
      ];
      const shown = new Set(all);
      const bound: { unbind(): void }[] = [];
      const mirror = mirrored();
      for (const { instrument: nth, kind, value, attributes } of [...steps, { ...END, instrument: 0 }]) {
        const one = all[nth] as (typeof all)[number];
        if (kind === "record") one.record(value, attributes);
        else if (kind === "bind") bound.push(one.bind(attributes));
        else if (kind === "unbind") bound.pop()?.unbind();
        else if (kind === "show" || kind === "hide") {
          if (kind === "show") shown.add(one);
          else shown.delete(one);
          revise();
        } else {
          const contents = {
            resource: { run: 1 },
            scopes: [],
            alone: true,
            instruments: [...shown].map((shows) => shows.instrument),
          };
          // Twice, because there is nothing to ask for then, where all of it is shared.
          for (let i = 0; i < 2; i++) expect(await mirror(contents)).toEqual(lines(contents));
        }
      }
    }),
    { numRuns: 60 },
  );
});

test("instruments that have changed places keep their numbers", async () => {
  const level = createGauge({ name: "m.level" });
  const sizes = createHistogram({ name: "m.sizes", boundaries: [1] });
  const mirror = mirrored();
  await mirror({ resource: {}, scopes: [], instruments: [level, sizes] });
  level.record(7);
  sizes.record(2);
  const contents = { resource: {}, scopes: [], instruments: [sizes, level] };
  expect(await mirror(contents)).toEqual(lines(contents));
});

test("when nothing but numbers changed there is nothing to tell, and the numbers are there", async () => {
  const orders = createCounter({ name: "m.orders" });
  const sizes = createHistogram({ name: "m.sizes", boundaries: [1] });
  orders.add(1, { side: "buy" });
  sizes.record(2);
  const contents = { resource: {}, scopes: [], instruments: [orders, sizes] };
  const writer = mirrorWriter();
  const reader = mirrorReader(() => 1);
  expect(reader.contents()).toBeUndefined();
  const first = await writer.write(contents, 1);
  expect(first?.changes).toHaveLength(2);
  reader.take(structuredClone(first as NonNullable<typeof first>));
  orders.add(0.5, { side: "buy" });
  sizes.record(0.5);
  expect(await writer.write(contents, 1)).toBeUndefined();
  reader.sample();
  expect(lines(reader.contents() as PageContents)).toEqual(lines(contents));
  orders.add(1, { side: "sell" });
  expect((await writer.write(contents, 1))?.changes).toMatchObject([
    { from: 1, rows: [{ attributes: { side: "sell" } }] },
  ]);
});

test("where only totals are shown that can be shared, nothing is asked for until something else changes", async () => {
  const orders = createCounter({ name: "m.orders" });
  const open = createUpDownCounter({ name: "m.open" });
  const level = createGauge({ name: "m.level" });
  const sizes = createHistogram({ name: "m.sizes", boundaries: [1] });
  const contents = { resource: {}, scopes: [], instruments: [orders, open, level, sizes], alone: true };
  const writer = mirrorWriter();
  const reader = mirrorReader(currentRevision);
  const ask = async () => {
    const message = await writer.write(contents, currentRevision());
    if (message === undefined) reader.sample();
    else reader.take(structuredClone(message));
  };
  const buys = orders.bind({ side: "buy" });
  open.add(3);
  level.record(0.5);
  await ask();
  for (const value of [1, 2 ** 31, 0.1]) {
    buys.add(value);
    open.add(-value);
    level.record(value);
    expect(reader.knowsAll()).toBe(true);
    expect(lines(reader.contents() as PageContents)).toEqual(lines(contents));
  }
  orders.add(1, { side: "sell" });
  expect(reader.knowsAll()).toBe(false);
  await ask();
  expect(reader.knowsAll()).toBe(true);
  sizes.record(1);
  await ask();
  expect(reader.knowsAll()).toBe(false);
  expect(lines(reader.contents() as PageContents)).toEqual(lines(contents));
});

const END = { kind: "collect", value: 0, attributes: { id: "", side: "buy" } } as const;

/** The page of the other thread, after what it is told went there. */
function mirrored(): (contents: PageContents) => Promise<string[]> {
  const writer = mirrorWriter();
  const reader = mirrorReader(currentRevision);
  return async (contents) => {
    if (reader.knowsAll()) return lines(reader.contents() as PageContents);
    const message = await writer.write(contents, currentRevision());
    if (message === undefined) reader.sample();
    else reader.take(structuredClone(message));
    return lines(reader.contents() as PageContents);
  };
}

/** In the order of the alphabet: what is no table of numbers comes first over there. */
function lines(contents: PageContents): string[] {
  const writer = pageWriter({
    format: "text",
    scopeLabels: false,
    constantLabels: "",
    created: false,
    told: new Set(),
  });
  const pieces = Array.from(writer.pieces({ ...contents, only: undefined }), (piece) => Buffer.from(piece));
  const text = Buffer.concat(pieces).toString();
  return text
    .split("\n")
    .filter((line) => !line.includes("sample_age"))
    .sort();
}

type Recordable =
  | ReturnType<typeof createCounter>
  | ReturnType<typeof createHistogram>
  | ReturnType<typeof createGauge>;

function instrument(given: Recordable) {
  const record = "add" in given ? given.add : given.record;
  return { instrument: given, record, bind: (attributes: object) => given.bind(attributes as never) };
}
