import { fileURLToPath } from "node:url";
import fc from "fast-check";
import protobuf from "protobufjs";
import { expect, test } from "vitest";
import { histogram, upDownCounter } from "../index.ts";
import type { Series } from "../instrument.ts";
import { protobufBlock } from "./protobuf-block.ts";
import { labelBytes } from "./protobuf-metric.ts";

const root = new protobuf.Root();
root.loadSync(fileURLToPath(new URL("./io.prometheus.client.proto", import.meta.url)), { keepCase: true });
const MetricFamily = root.lookupType("io.prometheus.client.MetricFamily");

test("counts that grow from nothing to 2^53 are exact at every size, beside rows that stay small", () => {
  const instrument = histogram({ name: "block.sizes", boundaries: [1, 2] });
  const count = fc.oneof(
    fc.nat(300),
    fc.integer({ min: 0, max: 2 ** 32 + 5 }),
    fc.bigInt(0n, 2n ** 50n).map(Number),
    fc.constantFrom(127, 128, 2 ** 21 - 1, 2 ** 21, 2 ** 28, 2 ** 31, 2 ** 32, 2 ** 49 - 1, 2 ** 49),
  );
  const increments = fc.array(fc.tuple(fc.nat(2), fc.array(count, { minLength: 4, maxLength: 4 })), { maxLength: 8 });
  fc.assert(
    fc.property(increments, (steps) => {
      const numbers = [0, 1, 2].map(() => [0, 0, 0, 0]);
      const rows = numbers.map((_, i) => series(i));
      const block = protobufBlock({ instrument, type: "histogram", rows, labels });
      expect(values(block.refresh(page(numbers)))).toEqual(numbers);
      for (const [row, more] of steps) {
        const [below = 0, middle = 0, above = 0, sum = 0] = more;
        const before = numbers[row] as number[];
        const upTo = [below, below + middle, below + middle + above, sum];
        numbers[row]?.splice(0, 4, ...before.map((n, i) => n + (upTo[i] as number)));
        expect(values(block.refresh(page(numbers)))).toEqual(numbers);
      }
    }),
  );
});

test("a value that is written over is the double that was recorded", () => {
  const level = upDownCounter({ name: "block.level" });
  const bound = level.bind({ id: 1 });
  const block = protobufBlock({ instrument: level, type: "gauge", rows: level.series(), labels });
  for (const value of [0.1, 0.2, -1e300, 2 ** 53]) {
    bound.add(value);
    const total = level.series()[0]?.total() as number;
    const { metric } = decoded(block.refresh(Float64Array.of(total)));
    expect(metric).toMatchObject([{ gauge: { value: total } }]);
  }
});

/** What a block asks of a series; its numbers come apart, so that nobody has to record 2^50 values. */
function series(id: number): Series {
  return {
    attributes: { id, long: "x".repeat(60 * id) },
    startTimeMs: 1_700_000_000_000 + id,
    bindings: 0,
    total: () => undefined,
    drain: () => undefined,
    mark: () => undefined,
  };
}

/** Of each row the counts up to each limit and the sum, and the count again. */
function page(rows: readonly (readonly number[])[]): Float64Array {
  return Float64Array.from(rows.flatMap((row) => [...row, row.at(-2) as number]));
}

function labels({ attributes }: Series): Uint8Array {
  return labelBytes(new Map(Object.entries(attributes).map(([name, value]) => [name, String(value)])));
}

interface Decoded {
  readonly metric: readonly {
    readonly histogram: {
      readonly sample_count: string;
      readonly sample_sum: number;
      readonly bucket: readonly { readonly cumulative_count: string; readonly upper_bound: number | string }[];
    };
  }[];
}

function decoded(bytes: Uint8Array): Decoded {
  return MetricFamily.toObject(MetricFamily.decode(bytes), { longs: String, json: true }) as Decoded;
}

/** Of each row the counts up to each limit and the sum. */
function values(bytes: Uint8Array): number[][] {
  return decoded(bytes).metric.map(({ histogram: { sample_count, sample_sum, bucket } }) => {
    expect(bucket.map(({ upper_bound }) => upper_bound)).toEqual([1, 2, "Infinity"]);
    expect(sample_count).toBe(bucket.at(-1)?.cumulative_count);
    return [...bucket.map(({ cumulative_count }) => Number(cumulative_count)), sample_sum];
  });
}
