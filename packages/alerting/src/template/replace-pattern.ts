import { RE2JS } from "re2js";

const compiled = new Map<string, RE2JS>();

/** Whether a pattern of RE2 is found in a text. @throws Error */
export function matchesPattern(pattern: string, text: string): boolean {
  return compile(pattern).matcher(text).find();
}

/** Go's ReplaceAllString: `$1`, `${1}` and `${name}` stand for what groups matched. @throws Error */
export function replacePattern(pattern: string, replacement: string, text: string): string {
  const expression = compile(pattern);
  const matcher = expression.matcher(text);
  const names = expression.namedGroups() as Readonly<Record<string, number>>;
  let out = "";
  let end = 0;
  while (matcher.find()) {
    out += text.slice(end, matcher.start());
    out += replacement.replace(/\$(?:\$|(\w+)|\{(\w+)\})/g, (whole, bare?: string, braced?: string) => {
      if (whole === "$$") return "$";
      const name = (bare ?? braced)!;
      const group = /^\d+$/.test(name) ? Number(name) : names[name];
      return group === undefined || group > matcher.groupCount() ? "" : (matcher.group(group) ?? "");
    });
    end = matcher.end();
  }
  return out + text.slice(end);
}

function compile(pattern: string): RE2JS {
  const known = compiled.get(pattern);
  if (known !== undefined) return known;
  const expression = RE2JS.compile(pattern);
  compiled.set(pattern, expression);
  return expression;
}
