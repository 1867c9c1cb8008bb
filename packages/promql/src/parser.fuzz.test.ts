import fc from "fast-check";
import { expect, test } from "vitest";
import { formatQuery } from "./format.ts";
import { PromqlParseError } from "./parse-error.ts";
import { type ParseOptions, parse } from "./parser.ts";
import { printExpression } from "./print.ts";
import type { Expression } from "./syntax-tree.ts";

const options: ParseOptions = { experimentalFunctions: true, fillModifiers: true };

const words = [
  ...[
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "=",
    "==",
    "!=",
    "=~",
    "!~",
    "<",
    ">=",
    "+",
    "-",
    "*",
    "/",
    "%",
    "^",
    "@",
  ],
  ...["and", "or", "unless", "atan2", "by", "without", "on", "ignoring", "group_left", "bool", "offset", "fill"],
  ...["5m", "1h30m", "1", "0x1f", "1e3", "Inf", "NaN", '"text"', "'t'", "`t`", '"\\xff"', "#c\n", "start()", "end()"],
  ...["a", "a:b", 'job="api"', "sum", "topk", "count_values", "rate", "time()", "vector", "step()", "max", " ", "\n"],
];

const query = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.array(fc.constantFrom(...words), { maxLength: 25 }).map((parts) => parts.join("")),
  fc.array(fc.constantFrom(...words), { maxLength: 25 }).map((parts) => parts.join(" ")),
);

test("any text either parses or has a fault with a place within it", () => {
  fc.assert(
    fc.property(query, (text) => {
      const fault = faultOf(text);
      if (fault?.position === undefined) return;
      expect(fault.position.start).toBeGreaterThanOrEqual(0);
      expect(fault.position.start).toBeLessThanOrEqual(text.length);
      expect(fault.message).toMatch(/^(\d+:\d+|unknown position): parse error: /);
    }),
    { numRuns: 5_000 },
  );
});

const name = fc.constantFrom("a", "b:c", "sum", "start", "fill", "offset", "up");
const label = fc.constantFrom("job", "le", "by", "a.b", "é");
const duration = fc.constantFrom("5m", "1h30m", "90s", "100ms", "(5m)", "step()", "1m+30s");
const matcher = fc
  .tuple(label, fc.constantFrom("=", "!=", "=~", "!~"), fc.constantFrom("x", "", 'q"', "\\n", ".*"))
  .map(([key, operator, value]) => `${JSON.stringify(key)}${operator}${JSON.stringify(value)}`);
const shift = fc.constantFrom("", " offset 5m", " offset -1h", " @ 1.5", " @ start()", " @ end() offset 1m");

const { vector } = fc.letrec<{ vector: string; scalar: string }>((tie) => ({
  vector: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc
      .tuple(name, fc.array(matcher, { maxLength: 3 }), shift)
      .map(([metric, matchers, shifted]) => `${metric}{${matchers.join(",")}}${shifted}`),
    tie("vector").map((inner) => `(${inner})`),
    tie("vector").map((inner) => `-${inner}`),
    fc
      .tuple(fc.constantFrom("sum", "count"), tie("vector"))
      .map(([operator, inner]) => `${operator} by (job) (${inner})`),
    fc.tuple(tie("vector"), duration, shift).map(([inner, range, shifted]) => `rate((${inner})[${range}:]${shifted})`),
    fc
      .tuple(tie("vector"), fc.constantFrom("+", "*", "^", "%", "atan2", "and", "unless"), tie("vector"))
      .map(([left, operator, right]) => `${left} ${operator} ${right}`),
    fc
      .tuple(tie("vector"), fc.constantFrom("/", "== bool", ">"), tie("vector"))
      .map(([left, operator, right]) => `(${left}) ${operator} on (job, le) group_left (up) (${right})`),
    fc
      .tuple(tie("scalar"), fc.constantFrom("-", "/", "^", "<= bool"), tie("vector"))
      .map(([left, operator, right]) => `${left} ${operator} ${right}`),
  ),
  scalar: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom("1", "0x1f", "1e300", "Inf", "NaN", "5m", "time()", ".5"),
    fc.tuple(tie("scalar"), tie("scalar")).map(([left, right]) => `${left} ^ ${right}`),
    tie("scalar").map((inner) => `-${inner}`),
    tie("vector").map((inner) => `scalar(${inner})`),
  ),
}));

test("a query that is printed or formatted parses to the same tree", () => {
  fc.assert(
    fc.property(vector, (text) => {
      const tree = parse(text, options);
      expect(withoutPlaces(parse(printExpression(tree), options))).toEqual(withoutPlaces(tree));
      expect(withoutPlaces(parse(formatQuery(text, options), options))).toEqual(withoutPlaces(tree));
    }),
    { numRuns: 1_000 },
  );
});

test.each([
  ["arguments", (n: number) => `rate(${"a,".repeat(n)}b)`],
  ["sums", (n: number) => `sum(${Array.from({ length: n / 100 }, () => `(${"a+".repeat(98)}a)`).join("*")})`],
  ["matchers", (n: number) => `{${'a="b",'.repeat(n)}}`],
  ["bytes that are no text", (n: number) => `"${"\\xff".repeat(n)}"`],
  ["a comment", (n: number) => `1 #${"x".repeat(n)}`],
  ["blanks", (n: number) => `1${" ".repeat(n)}`],
  ["a name", (n: number) => "a".repeat(n)],
  ["open braces", (n: number) => "{".repeat(n)],
])("ten times as many %s take about ten times as long", (_, make) => {
  const [few, many] = [make(5_000), make(50_000)];
  let ratio = Number.POSITIVE_INFINITY;
  // Where time grows with the square the ratio is 100 each time; otherwise it is above 60 by bad luck only.
  for (let tries = 0; tries < 10 && ratio >= 60; tries++) ratio = cpuMs(many) / Math.max(cpuMs(few), 0.2);
  expect(ratio).toBeLessThan(60);
});

test.each(["(", "-", "a+", "sum(", "-(", "a[", "a[(", "a[1+", "a offset -", "a + ("])(
  "a hundred thousand times %s is a fault, not a crash",
  (part) => {
    expect(faultOf(part.repeat(100_000))).toBeInstanceOf(PromqlParseError);
  },
);

function faultOf(text: string): PromqlParseError | undefined {
  try {
    parse(text, options);
    return undefined;
  } catch (error) {
    if (error instanceof PromqlParseError) return error;
    throw error;
  }
}

/** The processor's time, as what others do on the machine must not count. */
function cpuMs(text: string): number {
  const before = process.threadCpuUsage();
  faultOf(text);
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1_000;
}

function withoutPlaces(tree: Expression): unknown {
  return JSON.parse(
    JSON.stringify(tree, (key, value: unknown) => {
      if (key.toLowerCase().endsWith("position")) return undefined;
      // Infinity is printed with its sign, which before a power is an operator.
      if (isPlus(value)) return value.expression;
      // They are printed in order.
      if (key === "matchers") return (value as readonly object[]).map((matcher) => JSON.stringify(matcher)).sort();
      return typeof value === "number" ? String(value) : value;
    }),
  );
}

function isPlus(value: unknown): value is { readonly expression: unknown } {
  return (value as { operator?: string } | null)?.operator === "+" && (value as { type?: string }).type === "unary";
}
