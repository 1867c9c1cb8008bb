import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Clock } from "../clock.ts";
import { startAlerting } from "../engine/engine.ts";

test("alerts whose labels name no service are about the process that is watched", async () => {
  const folder = mkdtempSync(join(tmpdir(), "own-service-"));
  const timers = new Map<symbol, { readonly timeMs: number; readonly call: () => void }>();
  let nowMs = Date.UTC(2026, 0, 1);
  const clock: Clock = {
    now: () => nowMs,
    at(timeMs, call) {
      const id = Symbol();
      timers.set(id, { timeMs, call });
      return { [Symbol.dispose]: () => void timers.delete(id) };
    },
  };
  const alertOf = (name: string) => `{ alert: ${name}, expr: vector(1) }`;
  writeFileSync(
    join(folder, "rules.yaml"),
    `groups: [{ name: g, rules: [${alertOf("A")}, ${alertOf("B")}, { alert: C, expr: vector(1), labels: { job: other } }] }]`,
  );
  const targets = { "": { job: "desk", instance: "host" } };
  const alerting = startAlerting({ folder, rules: ["rules.yaml"], clock, targets, intervalMs: 1_000 });
  try {
    while (alerting.incidents().length === 0) {
      const [id, next] = [...timers].sort(([, a], [, b]) => a.timeMs - b.timeMs)[0]!;
      timers.delete(id);
      nowMs = Math.max(nowMs, next.timeMs);
      next.call();
      await setImmediate();
    }
    expect(
      alerting
        .incidents()
        .map(({ title }) => title)
        .sort(),
    ).toEqual(["A and 1 more", "C"]);
    const [a] = alerting.incidents().filter(({ title }) => title.startsWith("A"));
    expect(a!.members.map(({ because }) => because?.text)).toEqual([
      undefined,
      "began together with A; both are about desk",
    ]);
  } finally {
    await alerting.stop({ withinMs: 0 });
    rmSync(folder, { recursive: true, force: true });
  }
});
