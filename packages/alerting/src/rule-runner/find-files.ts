import { existsSync, readdirSync } from "node:fs";
import { join, parse, sep } from "node:path";

/**
 * The files that patterns of paths name, each once, in order; `*`, `?` and `[…]` stand for anything within a name, as with Prometheus.
 * @throws Error for a path without any of them that is not there
 */
export function findFiles(patterns: readonly string[], folder = "."): readonly string[] {
  const found = new Set<string>();
  for (const pattern of patterns) {
    const { root } = parse(pattern);
    const segments = pattern
      .slice(root.length)
      .split(/[\\/]/)
      .filter((segment) => segment !== "" && segment !== ".");
    let paths: readonly string[] = [root === "" ? folder : root];
    for (const segment of segments) paths = paths.flatMap((path) => within(path, segment));
    if (paths.length === 0 && !isPattern(pattern)) {
      const message = `${pattern} is not there; give a file, or a pattern such as alerts${sep}*.yaml`;
      throw Object.assign(new Error(message), { code: "TELLTALE_RULE_FILE_MISSING" });
    }
    for (const path of paths.toSorted()) found.add(path);
  }
  return [...found];
}

function isPattern(text: string): boolean {
  return /[*?[]/.test(text);
}

function within(folder: string, segment: string): readonly string[] {
  const path = join(folder, segment);
  if (!isPattern(segment)) return existsSync(path) ? [path] : [];
  const source = segment
    .replace(/[\\^$.+(){}|]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  const pattern = new RegExp(`^${source}$`, "s");
  return namesIn(folder)
    .filter((name) => pattern.test(name))
    .map((name) => join(folder, name));
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
