import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";

test("a record on a bound instrument allocates nothing", () => {
  const script = `
    import { counter, exponentialHistogram, gauge, histogram, upDownCounter } from ${JSON.stringify(new URL("./index.ts", import.meta.url).href)};
    const side = { side: "buy" };
    const bound = {
      counter: counter({ name: "c" }).bind(side),
      fractions: counter({ name: "f" }).bind(side),
      updown: upDownCounter({ name: "u" }).bind(side),
      gauge: gauge({ name: "g" }).bind(side),
      histogram: histogram({ name: "h", unit: "s" }).bind(side),
      exponential: exponentialHistogram({ name: "e", unit: "s" }).bind(side),
    };
    const unbound = counter({ name: "n" });
    const values = Float64Array.from({ length: 1024 }, (_, i) => Math.exp(Math.sin(i) * 3));
    const work = {
      counter: () => { for (let i = 0; i < 1e6; i++) bound.counter.add(1); },
      fractions: () => { for (let i = 0; i < 1e6; i++) bound.fractions.add(values[i & 1023]); },
      updown: () => { for (let i = 0; i < 1e6; i++) bound.updown.add(i & 1 ? 3 : -3); },
      gauge: () => { for (let i = 0; i < 1e6; i++) bound.gauge.record(values[i & 1023]); },
      histogram: () => { for (let i = 0; i < 1e6; i++) bound.histogram.record(values[i & 1023]); },
      exponential: () => { for (let i = 0; i < 1e6; i++) bound.exponential.record(values[i & 1023]); },
      unbound: () => { for (let i = 0; i < 1e6; i++) unbound.add(1, side); },
    };
    const bytes = {};
    for (const [name, run] of Object.entries(work)) {
      for (let warm = 0; warm < 5; warm++) run();
      gc();
      const before = process.memoryUsage().heapUsed;
      run();
      bytes[name] = (process.memoryUsage().heapUsed - before) / 1e6;
    }
    console.log(JSON.stringify(bytes));`;
  // A new space that a million boxed numbers do not fill, so that no collection hides them; and a compiler that is done when
  // the loop goes on, because a loop that still waits for it runs in the interpreter, which boxes every number.
  const flags = [
    ...["--conditions=telltale-source", "--expose-gc", "--no-concurrent-recompilation"],
    ...["--max-semi-space-size=256", "--min-semi-space-size=256", "--input-type=module"],
  ];
  const { stdout, stderr } = spawnSync(process.execPath, [...flags, "--eval", script], {
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  const bytesPerRecord = JSON.parse(stdout) as Record<string, number>;
  expect(Object.keys(bytesPerRecord)).toHaveLength(7);
  // What measuring itself allocates, over a million records; a boxed number in each would be 12 or more.
  for (const bytes of Object.values(bytesPerRecord)) expect(bytes).toBeLessThan(0.1);
});
