import type { IncomingHttpHeaders } from "node:http";
import type { Escaping } from "./naming.ts";
import type { TextFormat } from "./text-format.ts";

export type PageFormat = TextFormat | "protobuf";

/** One form of the page. */
export interface PageForm {
  readonly format: PageFormat;
  readonly escaping: Escaping;
}

/** What a scraper asks for. */
export interface AskedForm {
  readonly format: PageFormat;
  /** Undefined when it says nothing of `escaping`, as Prometheus before 3. */
  readonly escaping: string | undefined;
}

/** What a scraper likes best. Prometheus asks for protobuf when it takes native histograms, else for OpenMetrics. */
export function formFor({ accept }: IncomingHttpHeaders): AskedForm {
  let best: AskedForm = { format: "text", escaping: undefined };
  let bestQuality = 0;
  for (const range of (accept ?? "").split(",")) {
    const [type = "", ...parameters] = range.split(";").map((part) => part.trim().toLowerCase());
    const format = formatOf(type, parameters);
    if (format === undefined) continue;
    const quality = qualityOf(parameters);
    if (quality <= bestQuality) continue;
    best = { format, escaping: parameters.find((parameter) => parameter.startsWith("escaping="))?.slice(9) };
    bestQuality = quality;
  }
  return best;
}

function formatOf(type: string, parameters: readonly string[]): PageFormat | undefined {
  const has = (parameter: string): boolean => parameters.includes(parameter);
  switch (type) {
    case "text/plain":
      return "text";
    case "application/openmetrics-text": {
      const version = parameters.find((parameter) => parameter.startsWith("version="))?.slice(8);
      // Version 0.0.1 of OpenMetrics is what Prometheus falls back to; we write 1.0.0.
      return version === undefined || version.startsWith("1.") ? "openmetrics" : undefined;
    }
    case "application/vnd.google.protobuf":
      return has("proto=io.prometheus.client.metricfamily") && has("encoding=delimited") ? "protobuf" : undefined;
    default:
      return undefined;
  }
}

/** How a page is compressed, the best first: zstd is smaller and takes less time. */
export type Coding = "zstd" | "gzip";

/** The compression that the scraper likes best; undefined for none. */
export function codingFor(headers: IncomingHttpHeaders): Coding | undefined {
  const qualities = new Map<string, number>();
  for (const range of String(headers["accept-encoding"] ?? "").split(",")) {
    const [coding = "", ...parameters] = range.split(";").map((part) => part.trim().toLowerCase());
    qualities.set(coding, qualityOf(parameters));
  }
  let best: Coding | undefined;
  // Who names no quality for the plain page takes it when nothing else will do.
  let bestQuality = qualities.get("identity") ?? 0;
  for (const coding of codings()) {
    const quality = qualities.get(coding) ?? qualities.get("*") ?? 0;
    const better = best === undefined ? quality > 0 && quality >= bestQuality : quality > bestQuality;
    if (!better) continue;
    best = coding;
    bestQuality = quality;
  }
  return best;
}

/** Bun and others that stand in for Node may lack zstd. */
function codings(): readonly Coding[] {
  return typeof process.getBuiltinModule("node:zlib").zstdCompress === "function" ? ["zstd", "gzip"] : ["gzip"];
}

function qualityOf(parameters: readonly string[]): number {
  const text = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2);
  const quality = Number(text ?? 1);
  return Number.isNaN(quality) ? 0 : quality;
}
