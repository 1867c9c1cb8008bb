import { context, createContextKey } from "@opentelemetry/api";
import { type Compression, compress } from "./compress.ts";
import { connectionsTo, type TlsMaterial } from "./connections.ts";
import { backoffMs, isRetryable, MAX_RETRIES, retryAfterMs } from "./retry.ts";

export interface HttpSenderOptions extends TlsMaterial {
  readonly endpoint: string;
  readonly contentType: string;
  /** Stronger than what the sender writes by itself. */
  readonly headers: Readonly<Record<string, string>>;
  /** For one body, with all its retries, in milliseconds. */
  readonly timeoutMs: number;
  readonly compression: Compression;
}

export interface HttpAnswer {
  readonly contentType: string;
  readonly body: Buffer;
}

/** Posts bodies to one endpoint. */
export interface HttpSender {
  /**
   * Resolves when the server has taken the body; the bytes are not read any more then. What OTLP calls retryable is tried
   * again within the timeout. Rejects with code TELLTALE_EXPORT_REFUSED or TELLTALE_EXPORT_TIMEOUT, or Node's of the connection.
   */
  send(body: Uint8Array): Promise<HttpAnswer>;
  close(): void;
}

/** The key of `suppressTracing` in @opentelemetry/core, which is not loaded for it: exports make no spans and no figures. */
const SUPPRESS_TRACING = createContextKey("OpenTelemetry SDK Context Key SUPPRESS_TRACING");

/** OTLP specification, "User Agent". */
const USER_AGENT = "OTel-OTLP-Exporter-JavaScript/0.300.0 telltale";

/** Of an answer, more than any server has to say. In bytes. */
const MAX_ANSWER_BYTES = 65_536;

export function httpSender(options: HttpSenderOptions): HttpSender {
  const { timeoutMs } = options;
  const connections = connectionsTo(options.endpoint, options);
  const headers = { "Content-Type": options.contentType, "User-Agent": USER_AGENT, ...options.headers };

  async function send(plain: Uint8Array): Promise<HttpAnswer> {
    const deadlineMs = performance.now() + timeoutMs;
    const compressed = compress(plain, options.compression);
    // Without waiting where there is nothing to wait for: whoever calls measures what beginning to send takes.
    const { body, encoding } = compressed instanceof Promise ? await compressed : compressed;
    const all = {
      ...headers,
      ...(encoding !== undefined && { "Content-Encoding": encoding }),
      "Content-Length": body.length,
    };
    for (let attempt = 0; ; attempt++) {
      const outcome = await post(body, all, deadlineMs - performance.now());
      if (outcome.answer !== undefined) return outcome.answer;
      const waitMs = outcome.retry === undefined ? undefined : (outcome.retry.afterMs ?? backoffMs(attempt));
      const isLast = waitMs === undefined || attempt === MAX_RETRIES || performance.now() + waitMs > deadlineMs;
      if (isLast) throw outcome.error;
      // Whoever waits for the outcome has a deadline of their own; a process that has nothing else to do may end.
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs).unref());
    }
  }

  function post(body: Uint8Array, all: Record<string, string | number>, leftMs: number): Promise<Outcome> {
    return new Promise((resolve) => {
      const request = connections.request({ method: "POST", headers: all });
      let failure: NodeJS.ErrnoException | undefined;
      let outcome: Outcome | undefined;
      const deadline = setTimeout(() => {
        failure ??= timedOut(timeoutMs);
        request.destroy();
      }, leftMs).unref();
      request.on("response", (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        const answered = (): void => {
          const { statusCode = 0, statusMessage = "" } = response;
          const answer = { contentType: response.headers["content-type"] ?? "", body: Buffer.concat(chunks) };
          if (statusCode >= 200 && statusCode <= 299) outcome = { answer };
          else {
            const error = refused(`HTTP ${statusCode} ${statusMessage}`.trim(), answer);
            const afterMs = retryAfterMs(response.headers["retry-after"]);
            outcome = { error, ...(isRetryable(statusCode) && { retry: { afterMs } }) };
          }
        };
        response.on("data", (chunk: Buffer) => {
          size += chunk.length;
          if (size <= MAX_ANSWER_BYTES) chunks.push(chunk);
          else if (outcome === undefined) {
            answered();
            request.destroy();
          }
        });
        response.on("end", answered);
        // The rest of a cut answer does not matter: its status has come.
        response.on("error", answered);
      });
      request.on("error", (error) => {
        failure ??= error;
      });
      // Comes last, and not before all of the body has been written.
      request.on("close", () => {
        clearTimeout(deadline);
        resolve(outcome ?? failedOutcome(failure ?? closedEarly(), { reusedSocket: request.reusedSocket }));
      });
      request.end(body);
    });
  }

  return {
    send: (body) => context.with(context.active().setValue(SUPPRESS_TRACING, true), () => send(body)),
    close: () => connections.release(),
  };
}

interface Outcome {
  readonly answer?: HttpAnswer;
  readonly error?: Error;
  /** Absent when trying again is of no use. */
  readonly retry?: { readonly afterMs: number | undefined };
}

/** A connection that was kept may be closed by the server just when it is used again: that says nothing of the server. */
function failedOutcome(error: NodeJS.ErrnoException, { reusedSocket }: { readonly reusedSocket: boolean }): Outcome {
  if (error.code === "TELLTALE_EXPORT_TIMEOUT" || !isRetryable(error.code)) return { error };
  return { error, retry: { afterMs: reusedSocket && error.code === "ECONNRESET" ? 0 : undefined } };
}

function timedOut(timeoutMs: number): Error {
  return Object.assign(new Error(`no answer within ${timeoutMs} ms`), { code: "TELLTALE_EXPORT_TIMEOUT" });
}

function closedEarly(): NodeJS.ErrnoException {
  return Object.assign(new Error("the connection was closed without an answer"), { code: "ECONNRESET" });
}

/** Of a plain text, so much is quoted. In characters. */
const QUOTED = 200;

function refused(status: string, { contentType, body }: HttpAnswer): Error {
  const text = /^(text\/plain|application\/json)\b/.test(contentType) ? body.toString().trim().slice(0, QUOTED) : "";
  return Object.assign(new Error(text === "" ? status : `${status}: ${text}`), { code: "TELLTALE_EXPORT_REFUSED" });
}
