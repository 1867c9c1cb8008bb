import { expect, test } from "vitest";
import { builtins } from "./builtins.ts";
import { executeTemplate } from "./execute.ts";
import { parseTemplate } from "./parser.ts";
import { GoMap, GoSlice, GoStruct, type Value } from "./value.ts";

const data = new GoStruct("struct {}", {
  Name: "desk",
  Count: 3n,
  Ratio: 0.25,
  Labels: GoMap.ofStrings({ job: "api", instance: "a:1" }),
  Items: new GoSlice("[]string", ["x", "y"]),
  Any: new GoMap("map[string]interface {}", new Map<string, Value>([["a", 1n]]), null),
});

function run(text: string): string {
  return executeTemplate(parseTemplate("t", text, builtins), data, new Map());
}

test.each([
  ["text only", "text only"],
  ["{{ .Name }}", "desk"],
  ["{{.Labels.job}} {{ .Labels.absent }}|", "api |"],
  ["{{ .Labels }}", "map[instance:a:1 job:api]"],
  ["{{ .Any.b }}", "<no value>"],
  ["a {{- 1 -}} b", "a1b"],
  ["a{{/* nothing */}}b {{- /* trims */ -}} c", "abc"],
  ["{{ if .Ratio }}yes{{ else }}no{{ end }}", "yes"],
  ["{{ if eq .Count 1 }}one{{ else if eq .Count 3 }}three{{ else }}many{{ end }}", "three"],
  ["{{ with .Labels.absent }}{{ . }}{{ else with .Name }}{{ . }}{{ end }}", "desk"],
  ["{{ with $x := .Name }}{{ $x }}{{ end }}", "desk"],
  ["{{ range .Items }}[{{ . }}]{{ else }}none{{ end }}", "[x][y]"],
  ["{{ range $i, $e := .Items }}{{ $i }}{{ $e }}{{ end }}", "0x1y"],
  ["{{ range $k, $v := .Labels }}{{ $k }}={{ $v }},{{ end }}", "instance=a:1,job=api,"],
  ["{{ range .Items }}{{ if eq . `y` }}{{ break }}{{ end }}{{ . }}{{ end }}", "x"],
  ["{{ range .Items }}{{ if eq . `x` }}{{ continue }}{{ end }}{{ . }}{{ end }}", "y"],
  ["{{ range 3 }}{{ . }}{{ end }}", "012"],
  ["{{ $x := 1 }}{{ range .Items }}{{ $x = 2 }}{{ end }}{{ $x }}", "2"],
  ['{{ define "item" }}<{{ . }}>{{ end }}{{ range .Items }}{{ template "item" . }}{{ end }}', "<x><y>"],
  ['{{ block "b" .Name }}[{{ . }}]{{ end }}', "[desk]"],
  ["{{ and 1 0 2 }} {{ or 0 `` `z` }} {{ not 0 }}", "0 z true"],
  [
    "{{ lt 1 2 }} {{ le 2 2 }} {{ gt 1.5 1.0 }} {{ ge `b` `a` }} {{ ne 1 2 }} {{ eq 1 2 3 1 }}",
    "true true true true true true",
  ],
  [
    "{{ len .Items }} {{ len `äö` }} {{ index .Items 1 }} {{ index .Labels `job` }} {{ slice `abcd` 1 3 }}",
    "2 4 y api bc",
  ],
  ["{{ print 1 2 `a` 3 }} {{ println `a` 1 }}", "1 2a3 a 1\n"],
  ["{{ 1e6 }} {{ 1000000 }} {{ 0x10 }} {{ 1_000 }} {{ 'a' }} {{ 1.0 }} {{ 017 }}", "1e+06 1000000 16 1000 97 1 15"],
  ['{{ "a\\tb\\x41\\u00e4" }} {{ `raw\\n` }}', "a\tbAä raw\\n"],
  [
    '{{ html "<a href=\'x\'>" }} {{ urlquery "a b&c/d" }} {{ js "it\'s" }}',
    "&lt;a href=&#39;x&#39;&gt; a+b%26c%2Fd it\\'s",
  ],
  ["{{ .Name | printf `%s-%s` `a` }}", "a-desk"],
  ["{{ (index .Items 0) }}{{ ($.Labels).job }}", "xapi"],
])("%s gives %s", (text, expected) => {
  expect(run(text)).toBe(expected);
});

test.each([
  [
    "%d|%5d|%-5d|%05d|%+d|%x|%X|%o|%b|%c|%q|%U",
    [42n, 42n, 42n, 42n, 42n, 255n, 255n, 8n, 5n, 65n, 65n, 65n],
    "42|   42|42   |00042|+42|ff|FF|10|101|A|'A'|U+0041",
  ],
  [
    "%v|%.2f|%8.3f|%e|%g|%.3g|%G",
    [0.1, 1.005, 3.75, 123456.789, 1e21, 1234.5, 1e-7],
    "0.1|1.00|   3.750|1.234568e+05|1e+21|1.23e+03|1E-07",
  ],
  ["%s|%10s|%-6s|%.2s|%q|%x|%v", ["a", "b", "c", "def", 'g"', "hi", "j"], 'a|         b|c     |de|"g\\""|6869|j'],
  ["%t|%v|%5t", [true, false, true], "true|false| true"],
  ["%d %s", ["x", 3n], "%!d(string=x) %!s(int=3)"],
  ["%s %%", [], "%!s(MISSING) %"],
  ["%d", [1n, 2n], "1%!(EXTRA int=2)"],
  ["%*d|%.*f", [5n, 3n, 1n, 2.25], "    3|2.2"],
  ["%", [], "%!(NOVERB)"],
  ["%T %T %T", [1n, "a", 1.5], "int string float64"],
  ["%.4g|%.4g|%.4g", [1.0625, 2.0635, 12345], "1.062|2.063|1.234e+04"],
  ["%6.2f|%-8.1f|%08.2f|%+.1f|% d", [-1.5, 2.25, -3.75, 2, 7n], " -1.50|2.2     |-0003.75|+2.0| 7"],
] as readonly [string, Value[], string][])("printf %s is as in Go", (format, values, expected) => {
  const { call } = builtins.get("printf")!;
  expect(call(format, ...values)).toBe(expected);
});

test.each([
  ["{{ .Absent }}", 't:1:3: executing "t" at <.Absent>: can\'t evaluate field Absent in type struct {}'],
  [
    "{{ eq .Ratio 1 }}",
    't:1:3: executing "t" at <eq .Ratio 1>: error calling eq: incompatible types for comparison: float64 and int',
  ],
  ["ä\n{{ index .Items 7 }}", 't:2:3: executing "t" at <index .Items 7>: error calling index: index out of range: 7'],
  ["{{ printf 3 }}", 't:1:10: executing "t" at <3>: expected string; found 3'],
  ["{{ .Name 3 }}", 't:1:3: executing "t" at <.Name>: Name has arguments but cannot be invoked as function'],
  ['{{ template "absent" }}', 't:1:12: executing "t" at <{{template "absent"}}>: template "absent" not defined'],
  ["{{ nil }}", 't:1:3: executing "t" at <nil>: nil is not a command'],
  ["{{ len 3 }}", 't:1:3: executing "t" at <len 3>: error calling len: len of type int'],
  ["{{ not }}", 't:1:3: executing "t" at <not>: wrong number of args for not: want 1 got 0'],
])("%s fails with the place", (text, message) => {
  expect(() => run(text)).toThrow(`template: ${message}`);
});

test.each([
  ["{{ foo }}", 'function "foo" not defined'],
  ["{{ $x }}", 'undefined variable "$x"'],
  ["{{ .a ", "unclosed action"],
  ["{{ if }}{{ end }}", "missing value for if"],
  ["{{ if 1 }}", "unexpected EOF"],
  ["{{ end }}", "unexpected {{end}}"],
  ["{{ break }}", "{{break}} outside {{range}}"],
  ["{{ 1 | 2 }}", "non executable command in pipeline stage 2"],
  ["{{ (1 }}", "unclosed left paren"],
  ["{{ 1) }}", "unexpected right paren"],
  ['{{ "a }}', "unterminated quoted string"],
  ["{{ `a }}", "unterminated raw quoted string"],
  ["{{/* a }}", "unclosed comment"],
  ["{{ 3x }}", 'bad number syntax: "3x"'],
  ["{{ . ! }}", 'unexpected "!" in operand'],
  ["{{ $a, $b := 1 }}", "too many declarations in command"],
  ['{{ "a".b }}', 'unexpected . after term "\\"a\\""'],
  ["{{ .a.b@ }}", "bad character U+0040 '@'"],
])("%s is refused with Go's message", (text, message) => {
  expect(() => parseTemplate("t", text, builtins)).toThrow(`template: t:1: ${message}`);
});

test("a template that calls itself without end is ended with its name", () => {
  expect(() => run('{{ define "r" }}{{ template "r" }}{{ end }}{{ template "r" }}')).toThrow(
    "exceeded maximum template depth",
  );
});
