/** A process that is killed while it learns baselines: no more is lost than what it learned in its last second. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as pass } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startChild } from "../e2e/child.ts";
import { learningDesk, numberOf } from "./learning-desk.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "killed-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The last batch that is in the file: in what is kept of all, or was added since. */
function lastKept(): number {
  using database = new DatabaseSync(join(folder, "alerting.db"), { readOnly: true });
  const texts = (sql: string) => (database.prepare(sql).all() as { text: string }[]).map(({ text }) => text);
  const wholes = texts("SELECT text FROM kept WHERE name = 'baselines'").flatMap((text) =>
    Object.values(JSON.parse(text) as Record<string, string>).flatMap((one) => JSON.parse(one) as { lastMs: number }[]),
  );
  const added = texts("SELECT text FROM added").flatMap((text) => JSON.parse(text) as { timeMs: number }[]);
  return numberOf(Math.max(...wholes.map(({ lastMs }) => lastMs), ...added.map(({ timeMs }) => timeMs)));
}

test("what was learned before a kill -9 is known to the next process", async () => {
  const program = join(import.meta.dirname, "learning-program.ts");
  const flags = ["--conditions=telltale-source", "--disable-warning=ExperimentalWarning"];
  const child = await startChild(process.execPath, [...flags, program, folder], {
    cwd: folder,
    env: { PATH: process.env["PATH"] },
  });
  await child.waitForOutput(/learning/);
  while (lastKept() < 300) await pass(50);
  await child.stop("SIGKILL");
  const last = lastKept();
  const next = learningDesk(folder);
  next.feed(last + 1);
  const whole = join(folder, "whole");
  mkdirSync(whole);
  const through = learningDesk(whole);
  for (let number = 0; number <= last + 1; number++) through.feed(number);
  expect(next.band(last + 1)).toEqual(through.band(last + 1));
  expect(next.band(last + 1)).toHaveLength(4);
  for (const { alerting } of [next, through]) await alerting.stop({ withinMs: 0 });
});
