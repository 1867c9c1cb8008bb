import { labelsOf, type Sample } from "@telltale/promql";
import { expect, test } from "vitest";
import { LearnedSamples, readLearnedSamples } from "./learned-samples.ts";

const sample = (name: string, timeMs: number, value: number): Sample => ({
  labels: labelsOf({ __name__: name, job: "desk" }),
  timeMs,
  value,
});

function read(texts: readonly string[]) {
  const found: string[] = [];
  readLearnedSamples(texts, (key, samples) => {
    for (const { labels, timeMs, value } of samples) found.push(`${key} ${labels.key} ${timeMs} ${value}`);
  });
  return found;
}

test("what was taken down is read again in order, by texts of which each has what is new", () => {
  const learned = new LearnedSamples();
  expect(learned.take()).toBeUndefined();
  learned.record("q", 1, [sample("a", 1, 0.1), sample("b", 1, 2)]);
  learned.record("r", 1, [sample("b", 1, 3)]);
  const first = learned.take()!;
  learned.record("q", 2, [sample("b", 2, -0), sample("c", 2, 1e308)]);
  const second = learned.take()!;
  expect(learned.count).toBe(5);
  const [a, b, c] = ["a", "b", "c"].map((name) => sample(name, 0, 0).labels.key);
  expect(read([first, second])).toEqual([`q ${a} 1 0.1`, `q ${b} 1 2`, `r ${b} 1 3`, `q ${b} 2 0`, `q ${c} 2 1e+308`]);
  expect(second).not.toContain('"a"');
});

test("samples that nothing is learned from are not taken down", () => {
  const learned = new LearnedSamples();
  learned.record("q", 1, [sample("a", 1, Number.NaN), { ...sample("b", 1, 1), stale: true }]);
  expect([learned.count, learned.take()]).toEqual([0, undefined]);
});

test("what cannot be read ends the reading", () => {
  const learned = new LearnedSamples();
  learned.record("q", 1, [sample("a", 1, 1)]);
  const text = learned.take()!;
  expect(read([text, "{", text])).toHaveLength(1);
  learned.begin();
  learned.record("q", 2, [sample("a", 2, 2)]);
  expect(read([learned.take()!])).toHaveLength(1);
});
