/** One thing that is wrong with the configuration. */
export interface ConfigurationProblem {
  /** The option's path (`tracing.sampling.ratio`), the variable's name, or the file and the path in it. */
  readonly name: string;
  /** What it got and what would work, in a sentence that begins with `name`; secrets are masked. */
  readonly message: string;
}

/** The configuration cannot be used: `problems` holds everything that is wrong with it, `message` says it. */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
  readonly code = "TELLTALE_BAD_CONFIGURATION";
  readonly problems: readonly ConfigurationProblem[];

  constructor(problems: readonly ConfigurationProblem[]) {
    const head = problems.length === 1 ? "a problem" : `${problems.length} problems`;
    super(`telltale: ${head} in the configuration\n${problems.map(({ message }) => `  - ${message}`).join("\n")}`);
    this.problems = problems;
  }
}

/** Takes note of a problem; `fault` goes on from the name: "is 3; give …". */
export type Report = (name: string, fault: string) => void;

/** Gathers problems, each once: a general variable is read for every signal, but its fault is told once. */
export function gatherProblems(): {
  readonly report: Report;
  readonly problems: () => readonly ConfigurationProblem[];
} {
  const found = new Map<string, ConfigurationProblem>();
  return {
    report(name, fault) {
      const message = `${name} ${fault}`;
      found.set(message, { name, message });
    },
    problems: () => [...found.values()],
  };
}

/** A value as an error may show it: short, and without passwords and tokens. */
export function shown(value: unknown): string {
  if (typeof value === "string") {
    // Masked before it is cut: half a password would not be recognised.
    const text = masked(value).replace(/[\r\n]+/g, " ");
    return `"${text.length > 80 ? `${text.slice(0, 77)}...` : text}"`;
  }
  if (Array.isArray(value)) return "a list";
  if (value === null || ["number", "boolean", "bigint", "undefined"].includes(typeof value)) return String(value);
  return typeof value === "function" ? "a function" : "an object";
}

function masked(text: string): string {
  return (
    text
      // user:password@host or token@host, with a scheme or without
      .replace(/((?:^|[\s"',=])(?:[a-z][a-z0-9+.-]*:)?\/\/)[^\s]*@/gi, "$1****@")
      .replace(/(^|[\s"',=])[^\s/@"']*:[^\s/@]*@/g, "$1****@")
      .replace(
        /([?&;,\s]|^)([\w.-]*(?:key|token|secret|password|passwd|auth|signature|credential)[\w.-]*)=[^&;,\s"]*/gi,
        "$1$2=****",
      )
      .replace(/\b(bearer|basic|apikey|token)\s+[^\s",;]+/gi, "$1 ****")
  );
}
