/** What the OTLP specification asks beyond what the definitions can say: sizes of ids, names, keys that come once. */
import { bigintIn, type OtlpTree, type ReportProblem, stringIn, treeIn, treesIn } from "./otlp-tree.ts";

export function checkRules(request: OtlpTree, report: ReportProblem): void {
  walk(request, "", report);
}

function walk(tree: OtlpTree, path: string, report: ReportProblem): void {
  checkId(tree, "traceId", 32, path, report);
  checkId(tree, "spanId", 16, path, report);
  checkId(tree, "parentSpanId", 16, path, report);
  for (const [field, value] of Object.entries(tree)) {
    const at = path === "" ? field : `${path}.${field}`;
    if (field === "attributes") checkKeys(treesIn(tree, field), at, report);
    if (field === "spans")
      for (const [i, span] of treesIn(tree, field).entries()) checkSpan(span, `${at}[${i}]`, report);
    if (field === "metrics") {
      for (const [i, metric] of treesIn(tree, field).entries()) checkName(metric, `${at}[${i}]`, report);
    }
    if (Array.isArray(value)) {
      for (const [i, inner] of value.entries()) if (isTree(inner)) walk(inner, `${at}[${i}]`, report);
    } else if (isTree(value)) {
      walk(treeIn(tree, field), at, report);
    }
  }
}

function checkId(tree: OtlpTree, field: string, digits: number, path: string, report: ReportProblem): void {
  const id = stringIn(tree, field);
  if (id === "") return;
  if (id.length !== digits) report(`${path}.${field}`, `"${id}" has ${id.length / 2} bytes, not ${digits / 2}`);
  else if (/^0+$/.test(id)) report(`${path}.${field}`, "an id of zeros, which is not valid");
}

function checkKeys(attributes: readonly OtlpTree[], path: string, report: ReportProblem): void {
  const seen = new Set<string>();
  for (const attribute of attributes) {
    const key = stringIn(attribute, "key");
    if (key === "") report(path, "an attribute with an empty key");
    if (seen.has(key)) report(path, `the key "${key}" twice`);
    seen.add(key);
  }
}

function checkSpan(span: OtlpTree, path: string, report: ReportProblem): void {
  checkName(span, path, report);
  if (stringIn(span, "traceId") === "" || stringIn(span, "spanId") === "") report(path, "a span without its ids");
  if (bigintIn(span, "endTimeUnixNano") < bigintIn(span, "startTimeUnixNano")) report(path, "ends before it starts");
}

function checkName(tree: OtlpTree, path: string, report: ReportProblem): void {
  if (stringIn(tree, "name") === "") report(path, "has no name");
}

function isTree(value: unknown): value is OtlpTree {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}
