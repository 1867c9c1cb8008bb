import { toRecord } from "@telltale/promql";
import { expect, test } from "vitest";
import { namesOf, samplesOf } from "./metrics-page.ts";

const target = { job: "desk", instance: "a" };

function read(line: string): readonly unknown[] {
  return samplesOf(`# HELP x Whatever.\n${line}\n`, { timeMs: 7, target }).map(({ labels, timeMs, value }) => {
    expect(timeMs).toBe(7);
    return [{ ...toRecord(labels) }, value];
  });
}

test.each<[string, Record<string, string>, number]>([
  ["orders_total 3", { __name__: "orders_total" }, 3],
  ['orders_total{venue="a b",side="buy"} 3.5e+06', { __name__: "orders_total", venue: "a b", side: "buy" }, 3.5e6],
  ['x{text="say \\"}\\" \\\\ \\n#"} 1', { __name__: "x", text: 'say "}" \\ \n#' }, 1],
  ['x{le="+Inf"} +Inf 1700000000', { __name__: "x", le: "+Inf" }, Number.POSITIVE_INFINITY],
  ['x_bucket{le="1"} 4 # {trace_id="0af7"} 0.3 1700000000.1', { __name__: "x_bucket", le: "1" }, 4],
  ['{"http.requests",code="200"} NaN', { __name__: "http.requests", code: "200" }, Number.NaN],
  ['{"http.requests","http.route"="/"} -0.5', { __name__: "http.requests", "http.route": "/" }, -0.5],
  ["x{} -Inf", { __name__: "x" }, Number.NEGATIVE_INFINITY],
])("%s is a sample", (line, labels, value) => {
  expect(read(line)).toEqual([[{ ...labels, ...target }, value]]);
});

test("labels that the target has are told apart, as Prometheus does", () => {
  expect(read('x{job="its own"} 1')).toEqual([[{ __name__: "x", exported_job: "its own", ...target }, 1]]);
});

test.each(["", "# TYPE x counter", "x", "x{a=} 1", 'x{a="b} 1', "x one", "<html>", "# EOF"])("%j is none", (line) => {
  expect(read(line)).toEqual([]);
});

test("the names of a page are those of its samples", () => {
  expect(namesOf('# TYPE c counter\nb{x="1"} 1\nb{x="2"} 1\na 2\n')).toEqual(new Set(["a", "b"]));
});
