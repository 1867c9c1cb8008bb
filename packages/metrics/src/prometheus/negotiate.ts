import type { IncomingHttpHeaders } from "node:http";
import type { TextFormat } from "./text-format.ts";

/** The format a scraper likes best. Prometheus asks for OpenMetrics first, browsers and curl for anything. */
export function formatFor({ accept }: IncomingHttpHeaders): TextFormat {
  let best: TextFormat = "text";
  let bestQuality = 0;
  for (const range of (accept ?? "").split(",")) {
    const [type = "", ...parameters] = range.split(";").map((part) => part.trim().toLowerCase());
    const format = type === "application/openmetrics-text" ? "openmetrics" : "text";
    if (format === "text" && type !== "text/plain") continue;
    const version = parameters.find((parameter) => parameter.startsWith("version="))?.slice(8);
    // Version 0.0.1 of OpenMetrics is what Prometheus falls back to; we write 1.0.0.
    if (format === "openmetrics" && version !== undefined && !version.startsWith("1.")) continue;
    const quality = qualityOf(parameters);
    if (quality <= bestQuality) continue;
    best = format;
    bestQuality = quality;
  }
  return best;
}

/** Whether the scraper takes gzip. */
export function takesGzip(headers: IncomingHttpHeaders): boolean {
  return String(headers["accept-encoding"] ?? "")
    .split(",")
    .map((part) => part.trim().toLowerCase().split(";"))
    .some(([coding, ...parameters]) => coding === "gzip" && qualityOf(parameters.map((p) => p.trim())) > 0);
}

function qualityOf(parameters: readonly string[]): number {
  const text = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2);
  const quality = Number(text ?? 1);
  return Number.isNaN(quality) ? 0 : quality;
}
