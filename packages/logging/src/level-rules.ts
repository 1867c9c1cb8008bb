/** Which level a logger has, by its name. A rule is a whole name or a pattern in which `*` stands for any characters. */
import { checkLevel, type LogLevel } from "./log-level.ts";

export class LevelRules {
  #ofAll: LogLevel = "info";
  readonly #rules = new Map<string, { readonly level: LogLevel; readonly matches: (name: string) => boolean }>();

  /** The level of the name's own rule, else of the longest pattern that matches, else of all. */
  levelOf(name: string): LogLevel {
    return this.ruleOf(name) ?? this.#ofAll;
  }

  /** As `levelOf`; `undefined` when no rule is for the name. */
  ruleOf(name: string): LogLevel | undefined {
    const own = this.#rules.get(name);
    if (own !== undefined) return own.level;
    let found: LogLevel | undefined;
    let length = -1;
    for (const [pattern, { level, matches }] of this.#rules) {
      if (pattern.length <= length || !matches(name)) continue;
      found = level;
      length = pattern.length;
    }
    return found;
  }

  /** Of all names that no rule is for. @throws RangeError with code TELLTALE_BAD_LOG_LEVEL. */
  setDefault(level: LogLevel): void {
    checkLevel(level);
    this.#ofAll = level;
  }

  /** The result tells which names the rule is for. @throws RangeError with code TELLTALE_BAD_LOG_LEVEL. */
  set(nameOrPattern: string, level: LogLevel): (name: string) => boolean {
    checkLevel(level);
    const matches = matcherOf(nameOrPattern);
    this.#rules.set(nameOrPattern, { level, matches });
    return matches;
  }

  clear(): void {
    this.#rules.clear();
  }
}

function matcherOf(pattern: string): (name: string) => boolean {
  if (!pattern.includes("*")) return (name) => name === pattern;
  const texts = pattern.split("*").map((text) => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  const expression = new RegExp(`^${texts.join(".*")}$`, "s");
  return (name) => expression.test(name);
}
