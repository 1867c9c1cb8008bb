import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runTestScript } from "./run-script.ts";

const root = join(import.meta.dirname, "../../../..");
const own = join(root, "packages/promql/test-scripts");
/** Scripts of Prometheus itself, where a copy lies beside the repository. */
const published = join(root, "../shared/promqltest");

describe.each([own, published].filter(existsSync))("%s", (folder) => {
  test.each(readdirSync(folder))("%s passes", (name) => {
    const { evaluations, failures } = runTestScript(readFileSync(join(folder, name), "utf8"));
    expect(failures).toEqual([]);
    expect(evaluations).toBeGreaterThan(0);
  });
});

describe("a script fails", () => {
  const load = 'load 1m\n  up{job="a"} 1+1x5\n  down 10+1x5\n\n';

  test.each([
    ["where a value differs", 'eval instant at 2m up\n  up{job="a"} 4', "expected 4"],
    ["where a series is missing", 'eval instant at 2m up\n  up{job="a"} 3\n  up{job="b"} 3', "not found"],
    ["where there is one too many", "eval instant at 2m up", "unexpected"],
    ["where an error was expected", "eval instant at 2m up\n  expect fail", "expected an error"],
    [
      "where the error is another",
      "eval instant at 2m up + on () (up or down)\n  expect fail msg: oh",
      "expected the error oh, got: found duplicate series",
    ],
    ["where a warning is missing", 'eval instant at 2m up\n  expect warn\n  up{job="a"} 3', "expected the warning"],
    [
      "where an info is not expected",
      'eval instant at 2m rate(up[2m])\n  expect no_info\n  {job="a"} 0.01667',
      "unexpected infos",
    ],
    ["where a point of a range differs", 'eval range from 0 to 1m step 1m up\n  up{job="a"} 1 3', "expected 3"],
    [
      "where the order differs",
      'eval instant at 2m sort(up or down)\n  expect ordered\n  down 12\n  up{job="a"} 3',
      "elsewhere",
    ],
  ])("%s", (_, evaluation, problem) => {
    const { failures } = runTestScript(load + evaluation);
    expect(failures).toHaveLength(1);
    expect(failures[0]!.problem).toContain(problem);
  });
});

test("a script that cannot be read is an error with its line", () => {
  expect(() => runTestScript("load 1m\n  up 1 2 oh")).toThrow("line 2:");
  expect(() => runTestScript("\nevaluate up")).toThrow("line 2: invalid evaluation command");
});
