/** What the examples have in common as programs. */

/**
 * The number that an option was given.
 * @throws TypeError that names the option, what it got and what would work.
 */
export function numberOption(
  name: string,
  text: string,
  { min = 0, whole = false }: { readonly min?: number; readonly whole?: boolean } = {},
): number {
  const number = Number(text);
  if (text.trim() !== "" && number >= min && (!whole || Number.isInteger(number))) return number;
  throw new TypeError(`--${name} is "${text}"; give a ${whole ? "whole " : ""}number from ${min}`);
}

/** Says in a line what is wrong with how an example was started, and fails: a stack trace would tell nobody more. */
export function failInALine(error: unknown): void {
  console.error(error instanceof Error ? error.message : error);
  const { code } = Object(error) as { readonly code?: unknown };
  if (code === "TELLTALE_PORT_IN_USE") console.error("Here that option is --port; 0 takes any port that is free.");
  process.exitCode = 1;
}
