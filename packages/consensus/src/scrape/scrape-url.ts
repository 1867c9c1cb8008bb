/** The metrics of a running node, asked for again and again. */
import { context, createContextKey, diag } from "@opentelemetry/api";
import type { MappedSample } from "./map-metrics.ts";
import { type MetricsTextOptions, metricsText } from "./metrics-text.ts";
import { type System, systems } from "./systems.ts";

export interface ScrapeOptions {
  /** Such as `http://127.0.0.1:26660/metrics`. */
  readonly url: string | URL;
  /** @default the `chain_id` of the node, else the system's name */
  readonly chain?: string;
  /** @default found by the metrics that only it has */
  readonly system?: System;
  /** @default 15000 */
  readonly intervalMs?: number;
  /** How long an answer may take, its last byte included. @default 5000 */
  readonly timeoutMs?: number;
  /** A larger page is not read. @default 10485760 */
  readonly maxBytes?: number;
  /** Such as `authorization`. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ScrapeStatus {
  readonly polls: number;
  readonly failures: number;
  /** Why the last one failed; undefined when it did not. */
  readonly lastError: string | undefined;
}

export interface Scrape extends AsyncDisposable {
  /** Asks now, or waits for the asking that is under way; rejects when it fails. */
  poll(): Promise<readonly MappedSample[]>;
  status(): ScrapeStatus;
  /** Ends it and takes the node's gauges out of the metrics. Harmless when repeated. */
  stop(): Promise<void>;
}

/** As OpenTelemetry's core calls it: what is asked for here is no request of the application. */
const SUPPRESS_TRACING = createContextKey("OpenTelemetry SDK Context Key SUPPRESS_TRACING");

/** A page that is older than so many intervals says nothing of the present. */
const FRESH_INTERVALS = 3;

/**
 * Starts to ask a node for its metrics. One that does not answer is told of once, and its gauges leave the metrics.
 * @throws TypeError with code TELLTALE_BAD_SCRAPE_OPTION
 */
export function startScrape(options: ScrapeOptions): Scrape {
  const { url, intervalMs, timeoutMs, maxBytes, headers, ...source } = checked(options);
  const text = metricsText({ ...source, freshForMs: intervalMs * FRESH_INTERVALS });
  const ending = new AbortController();
  const status = { polls: 0, failures: 0, lastError: undefined as string | undefined };
  let underWay: Promise<readonly MappedSample[]> | undefined;

  const ask = async (): Promise<readonly MappedSample[]> => {
    status.polls++;
    try {
      const signal = AbortSignal.any([ending.signal, AbortSignal.timeout(timeoutMs)]);
      const samples = text.read(await pageOf(url, { headers, signal, maxBytes }));
      if (samples.length === 0) throw new Error("the page has no metric of CometBFT, etcd or a beacon node");
      status.lastError = undefined;
      return samples;
    } catch (error) {
      status.failures++;
      const isNew = status.lastError === undefined;
      status.lastError = reasonOf(error);
      if (isNew && !ending.signal.aborted) {
        diag.warn(`telltale: no metrics from ${url.origin}${url.pathname}: ${status.lastError}; it is asked again`);
      }
      throw error;
    }
  };
  const poll = (): Promise<readonly MappedSample[]> => {
    underWay ??= context.with(context.active().setValue(SUPPRESS_TRACING, true), ask).finally(() => {
      underWay = undefined;
    });
    return underWay;
  };
  // Its failures are in the status, and told.
  const pollQuietly = (): Promise<unknown> => poll().catch(() => {});
  const timer = setInterval(pollQuietly, intervalMs).unref();
  void pollQuietly();

  const stop = async (): Promise<void> => {
    clearInterval(timer);
    ending.abort();
    await underWay?.catch(() => {});
    text[Symbol.dispose]();
  };
  return { poll, status: () => ({ ...status }), stop, [Symbol.asyncDispose]: stop };
}

async function pageOf(
  url: URL,
  {
    headers,
    signal,
    maxBytes,
  }: { readonly headers: Readonly<Record<string, string>>; readonly signal: AbortSignal; readonly maxBytes: number },
): Promise<string> {
  const response = await fetch(url, { headers: { accept: "text/plain", ...headers }, signal });
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(`it answered ${response.status}`);
  }
  const decoder = new TextDecoder();
  const parts: string[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw new Error(`its page has more than ${maxBytes} bytes; raise maxBytes if it may`);
    parts.push(decoder.decode(chunk, { stream: true }));
  }
  return parts.join("") + decoder.decode();
}

const optionNames = ["url", "chain", "system", "intervalMs", "timeoutMs", "maxBytes", "headers"];

function checked(options: ScrapeOptions) {
  for (const name of Object.keys(options)) {
    if (!optionNames.includes(name)) throw badOption(`${name} is not an option; there are ${optionNames.join(", ")}`);
  }
  const { intervalMs = 15_000, timeoutMs = 5_000, maxBytes = 10_485_760, headers = {}, chain, system } = options;
  const url = URL.parse(String(options.url));
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw badOption(`url is ${JSON.stringify(options.url)}; give one such as "http://127.0.0.1:26660/metrics"`);
  }
  if (url.username !== "" || url.password !== "") {
    throw badOption("url holds a user or a password; give them in headers.authorization");
  }
  for (const [name, value] of Object.entries({ intervalMs, timeoutMs, maxBytes })) {
    if (typeof value === "number" && value > 0 && value < 2 ** 31) continue;
    throw badOption(`${name} is ${String(value)}; give a number above 0`);
  }
  if (system !== undefined && !Object.hasOwn(systems, system)) {
    throw badOption(`system is ${JSON.stringify(system)}; there are ${Object.keys(systems).join(", ")}`);
  }
  const source: MetricsTextOptions = { ...(chain === undefined ? {} : { chain }), ...(system && { system }) };
  return { url, intervalMs, timeoutMs, maxBytes, headers, ...source };
}

function badOption(message: string): TypeError {
  return Object.assign(new TypeError(`scrape.${message}`), { code: "TELLTALE_BAD_SCRAPE_OPTION" });
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return "it did not answer in time";
  // Of fetch, what went wrong is in the cause.
  const { code, message } = (error.cause ?? {}) as { readonly code?: unknown; readonly message?: unknown };
  return [code, message].find((one) => typeof one === "string" && one !== "")?.toString() ?? error.message;
}
