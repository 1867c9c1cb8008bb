/**
 * Lines to Elasticsearch or OpenSearch by the bulk API; they agree on the few requests that are needed here. Why not their clients:
 * docs/decisions/0008-log-sinks.md.
 */
import { diag } from "@opentelemetry/api";
import type { LogLevel } from "../log-level.ts";
import type { LogSink } from "../log-sink.ts";
import { ecsDocument } from "./ecs-document.ts";
import { type HttpAnswer, type HttpOptions, type HttpSender, httpSender } from "./http-sender.ts";
import { indexTemplate } from "./index-template.ts";
import { LineQueue, type QueueOptions, type Sent } from "./line-queue.ts";
import { queueSink } from "./queue-sink.ts";
import { mapInSlices } from "./time-slices.ts";

export interface ElasticsearchSinkOptions extends HttpOptions, QueueOptions {
  /** The least severe level that is sent. @default all that loggers let through */
  readonly level?: LogLevel;
  /**
   * The data stream or index; `{date}` in the name of an index stands for the line's day, `2026.11.22`, in UTC.
   * @default "logs-telltale-default"
   */
  readonly index?: string;
  /** Whether `index` is a data stream. @default unless it has `{date}` */
  readonly dataStream?: boolean;
  /** Whether an index template with the fields' types is made when there is none of its name, `telltale-` and the index. @default true */
  readonly template?: boolean;
  /** In place of a user and password. */
  readonly apiKey?: string;
  /** Fields of every document, such as `service.environment`. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

/** @throws TypeError with code TELLTALE_BAD_ENDPOINT. */
export function elasticsearchSink(options: ElasticsearchSinkOptions): LogSink {
  const { index = "logs-telltale-default", template = true, fields = {} } = options;
  const dataStream = options.dataStream ?? !index.includes("{date}");
  const sender = httpSender({
    ...options,
    headers: { ...(options.apiKey !== undefined && { authorization: `ApiKey ${options.apiKey}` }), ...options.headers },
  });
  const name = `Elasticsearch at ${new URL(options.endpoint).host}`;
  let prepared = !template;
  const queue = new LineQueue(name, options, async (lines) => {
    if (!prepared) {
      await makeTemplate(sender, { index, dataStream });
      prepared = true;
    }
    const documents = await mapInSlices(lines, (line) => bulkItem(line, { index, fields }));
    const answer = await sender.request({
      method: "POST",
      path: `${index.includes("{date}") ? "" : `/${encodeURIComponent(index)}`}/_bulk?filter_path=${ANSWERED}`,
      contentType: "application/x-ndjson",
      body: documents.join(""),
    });
    return outcome(lines, answer);
  });
  return queueSink(queue, { level: options.level, close: () => sender.close() });
}

const ANSWERED = "errors,items.*.status,items.*.error.type,items.*.error.reason";

/** The action and its document, a line each. `create` is the one action that data streams take. */
function bulkItem(
  line: string,
  to: { readonly index: string; readonly fields: Readonly<Record<string, unknown>> },
): string {
  const document = ecsDocument(line, to.fields);
  const date = String(document["@timestamp"]).slice(0, 10).replaceAll("-", ".");
  const target = to.index.includes("{date}") ? { _index: to.index.replace("{date}", date) } : {};
  return `{"create":${JSON.stringify(target)}}\n${JSON.stringify(document)}\n`;
}

/** A node that is overloaded, restarting or behind a proxy that is; anything else will be the same next time. */
const passing: ReadonlySet<number> = new Set([401, 403, 408, 429, 500, 502, 503, 504]);

interface BulkAnswer {
  readonly errors?: boolean;
  readonly items?: readonly Readonly<Record<string, BulkResult>>[];
}

interface BulkResult {
  readonly status?: number;
  readonly error?: { readonly type?: string; readonly reason?: string };
}

function outcome(lines: readonly string[], { status, body, retryAfterMs }: HttpAnswer): Sent {
  const after = retryAfterMs === undefined ? {} : { retryAfterMs };
  if (status === 413) return { retry: lines, refused: 0, tooLarge: true };
  if (passing.has(status)) return { retry: lines, refused: 0, reason: `HTTP status ${status}`, ...after };
  if (status >= 300)
    return { retry: [], refused: lines.length, reason: `HTTP status ${status}: ${body.slice(0, 300)}` };
  const answer = JSON.parse(body) as BulkAnswer;
  if (answer.errors !== true) return { retry: [], refused: 0 };
  return { ...itemOutcome(lines, answer.items ?? []), ...after };
}

/** Only the items that failed for the time being are sent again. */
function itemOutcome(lines: readonly string[], items: readonly Readonly<Record<string, BulkResult>>[]): Sent {
  const retry: string[] = [];
  let refused = 0;
  let reason: string | undefined;
  for (const [i, item] of items.entries()) {
    const { status = 0, error } = Object.values(item)[0] ?? {};
    // 409: it is there already.
    if (status < 300 || status === 409) continue;
    reason ??= `${error?.type ?? `status ${status}`}: ${error?.reason ?? "no reason given"}`;
    if (passing.has(status)) retry.push(lines[i]!);
    else refused++;
  }
  return { retry, refused, ...(reason !== undefined && { reason }) };
}

/** @throws Error when the backend does not answer, so that lines are kept. One that refuses the template gets them without. */
async function makeTemplate(
  sender: HttpSender,
  options: { readonly index: string; readonly dataStream: boolean },
): Promise<void> {
  const path = `/_index_template/telltale-${encodeURIComponent(options.index.replaceAll(/[{}*]/g, ""))}`;
  const found = await sender.request({ method: "GET", path });
  if (found.status === 200) return;
  if (passing.has(found.status)) throw new Error(`HTTP status ${found.status} for its index template`);
  const body = JSON.stringify(indexTemplate(options));
  const made = await sender.request({ method: "PUT", path, contentType: "application/json", body });
  if (made.status < 300) return;
  if (passing.has(made.status)) throw new Error(`HTTP status ${made.status} for its index template`);
  diag.warn(
    `telltale: the index template ${path} was refused with HTTP status ${made.status}: ${made.body.slice(0, 300)}`,
  );
}
