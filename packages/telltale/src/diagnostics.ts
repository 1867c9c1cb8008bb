import { type DiagLogger, DiagLogLevel, diag } from "@opentelemetry/api";
import type { Configuration } from "./configuration.ts";

/** Sends the SDK's and telltale's own diagnostics to standard error, one line each, so that they never mix with output. */
export function reportDiagnostics(level: Configuration["diagnosticsLevel"]): void {
  const logger: DiagLogger = {
    error: write,
    warn: write,
    info: write,
    debug: write,
    verbose: write,
  };
  diag.setLogger(logger, { logLevel: levels[level], suppressOverrideMessage: true });
}

const levels: Record<Configuration["diagnosticsLevel"], DiagLogLevel> = {
  none: DiagLogLevel.NONE,
  error: DiagLogLevel.ERROR,
  warn: DiagLogLevel.WARN,
  info: DiagLogLevel.INFO,
  debug: DiagLogLevel.DEBUG,
  verbose: DiagLogLevel.VERBOSE,
  all: DiagLogLevel.ALL,
};

function write(message: string, ...details: unknown[]): void {
  const rest = details.map((detail) => ` ${describe(detail)}`).join("");
  process.stderr.write(`${message.startsWith("telltale") ? "" : "telltale: "}${message}${rest}\n`);
}

function describe(detail: unknown): string {
  if (detail instanceof Error) return detail.message;
  if (typeof detail === "string") return detail;
  try {
    return JSON.stringify(detail) ?? String(detail);
  } catch {
    return String(detail);
  }
}
