import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import { type DiagLogger, DiagLogLevel, diag } from "@opentelemetry/api";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type ElasticsearchSinkOptions, elasticsearchSink } from "./elasticsearch-sink.ts";

type Document = Record<string, unknown>;

/**
 * What Elasticsearch answers, from its documentation: bulk items by status, in order; templates; overload; silence. No server
 * can be installed from a package registry.
 */
class Backend {
  readonly documents: { readonly index: string; readonly document: Document }[] = [];
  readonly requests: {
    readonly method: string;
    readonly path: string;
    readonly headers: IncomingMessage["headers"];
  }[] = [];
  templates = new Map<string, unknown>();
  /** The status of each item of a bulk request, by its document. */
  item: (document: Document) => number = () => 201;
  /** Instead of a bulk answer; `"hang"` gives none, `"cut"` closes the connection within the answer. */
  answers: (number | "hang" | "cut")[] = [];
  maxBytes = Number.POSITIVE_INFINITY;
  retryAfter: string | undefined;
  #bulks = 0;
  #waiting: (() => void)[] = [];
  readonly #server = createServer((request, response) => void this.#handle(request, response));

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  /** Settles when so many bulk requests have been answered, or left without one. */
  async bulks(count: number): Promise<void> {
    while (this.#bulks < count) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const raw = Buffer.concat(chunks);
    const body = (request.headers["content-encoding"] === "gzip" ? gunzipSync(raw) : raw).toString("utf8");
    const [path = ""] = request.url!.split("?");
    this.requests.push({ method: request.method!, path, headers: request.headers });
    if (path.startsWith("/_index_template/")) this.#template(request.method!, path, body, response);
    else this.#bulk(request, path, body, response);
  }

  #template(method: string, path: string, body: string, response: ServerResponse): void {
    const name = path.split("/")[2]!;
    if (method === "PUT") this.templates.set(name, JSON.parse(body));
    response.writeHead(method === "GET" && !this.templates.has(name) ? 404 : 200).end("{}");
  }

  #bulk(request: IncomingMessage, path: string, body: string, response: ServerResponse): void {
    const answer = Buffer.byteLength(body) > this.maxBytes ? 413 : this.answers.shift();
    if (answer === "cut") {
      response.writeHead(200, { "content-length": 100 }).write("{");
      setImmediate(() => request.socket.destroy());
    } else if (typeof answer === "number") {
      response.writeHead(answer, this.retryAfter === undefined ? {} : { "retry-after": this.retryAfter }).end("no");
    } else if (answer === undefined) {
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(this.#index(path, body)));
    }
    this.#bulks++;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #index(path: string, body: string): object {
    if (!body.endsWith("\n")) throw new Error("The bulk request must be terminated by a newline");
    const lines = body.slice(0, -1).split("\n");
    const items: object[] = [];
    let errors = false;
    for (let i = 0; i < lines.length; i += 2) {
      const action = JSON.parse(lines[i]!) as { readonly create: { readonly _index?: string } };
      const document = JSON.parse(lines[i + 1]!) as Document;
      const index = action.create._index ?? decodeURIComponent(path.split("/")[1]!);
      const status = this.item(document);
      if (status < 300) this.documents.push({ index, document });
      else errors = true;
      items.push({
        create: { status, ...(status >= 300 && { error: { type: `type_${status}`, reason: "because" } }) },
      });
    }
    return { errors, items };
  }
}

let backend: Backend;
let endpoint: string;
let warnings: string[] = [];
const ignore = () => {};
const heard: DiagLogger = {
  error: ignore,
  warn: (text) => warnings.push(text),
  info: ignore,
  debug: ignore,
  verbose: ignore,
};

beforeEach(async () => {
  backend = new Backend();
  endpoint = await backend.listen();
  warnings = [];
  diag.setLogger(heard, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
});
afterEach(() => {
  backend.close();
  diag.disable();
});

const open = (options: Partial<ElasticsearchSinkOptions> = {}) =>
  elasticsearchSink({ endpoint, scheduledDelayMs: 5, template: false, ...options });
const line = (fields: object) =>
  `${JSON.stringify({ level: "info", time: "2026-11-22T05:02:58.746Z", logger: "orders", ...fields })}\n`;
const numbers = () => backend.documents.map(({ document }) => document["i"]);
const upTo = (end: number) => Array.from({ length: end }, (_, i) => i);

test("a line is a document of the Elastic Common Schema", async () => {
  const sink = open({ fields: { "service.environment": "test" } });
  const ids = { trace_id: "1".repeat(32), span_id: "2".repeat(16), trace_flags: "01" };
  const err = {
    type: "RangeError",
    message: "too much",
    stack: "RangeError: too much\n at x",
    code: "E_MUCH",
    limit: 7,
  };
  const fields = { event_name: "order.refused", orderId: 7, service: { a: 1 }, err, msg: "refused" };
  sink.write(line({ "service.name": "desk", ...ids, ...fields }));
  await sink.close!();
  expect(backend.documents).toEqual([
    {
      index: "logs-telltale-default",
      document: {
        "@timestamp": "2026-11-22T05:02:58.746Z",
        "ecs.version": "8.17.0",
        "log.level": "info",
        "log.logger": "orders",
        message: "refused",
        "service.name": "desk",
        "service.environment": "test",
        "trace.id": ids.trace_id,
        "span.id": ids.span_id,
        "event.action": "order.refused",
        "error.type": "RangeError",
        "error.message": "too much",
        "error.stack_trace": err.stack,
        "error.code": "E_MUCH",
        "labels.error": '{"limit":7}',
        orderId: 7,
        "labels.service": { a: 1 },
      },
    },
  ]);
});

test("many lines go in few compressed requests over one connection, in order", async () => {
  const sink = open();
  for (let i = 0; i < 10_000; i++) sink.write(line({ i }));
  await sink.close!();
  expect(numbers()).toEqual(upTo(10_000));
  expect(backend.requests.length).toBeLessThanOrEqual(6);
  expect(backend.requests.every(({ headers }) => headers["content-encoding"] === "gzip")).toBe(true);
});

describe("where documents go", () => {
  test("into a data stream whose template is made first, once", async () => {
    const sink = open({ template: true, index: "logs-shop-test" });
    for (let i = 0; i < 2; i++) {
      sink.write(line({ i }));
      await sink.flush!();
    }
    await sink.close!();
    expect(backend.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "GET /_index_template/telltale-logs-shop-test",
      "PUT /_index_template/telltale-logs-shop-test",
      "POST /logs-shop-test/_bulk",
      "POST /logs-shop-test/_bulk",
    ]);
    expect(backend.templates.get("telltale-logs-shop-test")).toMatchObject({
      index_patterns: ["logs-shop-test"],
      data_stream: {},
      template: { mappings: { properties: { "@timestamp": { type: "date" } } } },
    });
  });

  test("a template that is there is left alone", async () => {
    backend.templates.set("telltale-logs-shop-test", "mine");
    const sink = open({ template: true, index: "logs-shop-test" });
    sink.write(line({ i: 0 }));
    await sink.close!();
    expect(backend.templates.get("telltale-logs-shop-test")).toBe("mine");
    expect(numbers()).toEqual([0]);
  });

  test("into an index for each line's day", async () => {
    const sink = open({ template: true, index: "app-logs-{date}" });
    sink.write(line({ i: 0 }));
    sink.write(line({ i: 1, time: "2026-11-23T00:00:00.000Z" }));
    await sink.close!();
    expect(backend.documents.map(({ index }) => index)).toEqual(["app-logs-2026.11.22", "app-logs-2026.11.23"]);
    const template = backend.templates.get("telltale-app-logs-date") as object;
    expect(template).toMatchObject({ index_patterns: ["app-logs-*"] });
    expect(template).not.toHaveProperty("data_stream");
  });
});

test.each([
  [{ username: "ada", password: "s3cret" }, `Basic ${Buffer.from("ada:s3cret").toString("base64")}`],
  [{ apiKey: "abc==" }, "ApiKey abc=="],
  [{ headers: { authorization: "Bearer t" } }, "Bearer t"],
])("credentials %o are sent with each request", async (options, authorization) => {
  const sink = open(options);
  sink.write(line({}));
  await sink.close!();
  expect(backend.requests[0]!.headers.authorization).toBe(authorization);
});

describe("what fails", () => {
  test("of a batch only the items that were refused for the time being are sent again", async () => {
    const sink = open();
    let calls = 0;
    backend.item = ({ i }) => {
      calls++;
      if (calls > 10) return 201;
      return i === 3 ? 429 : i === 5 ? 503 : i === 7 ? 400 : 201;
    };
    for (let i = 0; i < 10; i++) sink.write(line({ i }));
    await sink.flush!();
    expect([sink.pending!(), sink.sent!(), typeof sink.failingSinceMs!()]).toEqual([2, 7, "number"]);
    await sink.flush!();
    expect(calls).toBe(12);
    expect(numbers()).toEqual([0, 1, 2, 4, 6, 8, 9, 3, 5]);
    expect([sink.sent!(), sink.dropped!(), sink.failingSinceMs!()]).toEqual([9, 1, undefined]);
    expect(warnings).toEqual([
      expect.stringContaining("refuses log lines: type_429: because"),
      expect.stringContaining("does not take log lines"),
    ]);
    await sink.close!();
  });

  test.each([429, 502, 503, 401, "hang", "cut"] as const)(
    "after %s all are sent again, without being asked",
    async (answer) => {
      // Only what hangs is waited for; what is taken too late would be sent twice.
      const sink = open({ timeoutMs: answer === "hang" ? 1_000 : 30_000 });
      backend.answers = [answer];
      for (let i = 0; i < 100; i++) sink.write(line({ i }));
      await backend.bulks(2);
      await sink.close!();
      expect(numbers()).toEqual(upTo(100));
      expect(sink.dropped!()).toBe(0);
      expect(warnings).toHaveLength(1);
    },
  );

  test("the backend says when it wants to be asked again", async () => {
    const sink = open();
    backend.answers = [503];
    backend.retryAfter = "1";
    const startedMs = performance.now();
    sink.write(line({ i: 0 }));
    await backend.bulks(2);
    expect(performance.now() - startedMs).toBeGreaterThan(950);
    await sink.close!();
    expect(numbers()).toEqual([0]);
  });

  test("a request that is refused as a whole is not sent again", async () => {
    const sink = open();
    backend.answers = [400];
    for (let i = 0; i < 3; i++) sink.write(line({ i }));
    await sink.flush!();
    expect([sink.pending!(), sink.dropped!()]).toEqual([0, 3]);
    expect(warnings).toEqual([expect.stringContaining("HTTP status 400: no")]);
    await sink.close!();
  });

  test("a request that is too large is sent in parts, and a line that is too large alone is dropped", async () => {
    const sink = open();
    backend.maxBytes = 20_000;
    for (let i = 0; i < 500; i++) sink.write(line({ i, ...(i === 250 && { text: "x".repeat(30_000) }) }));
    await sink.flush!();
    expect(numbers()).toEqual(upTo(500).filter((i) => i !== 250));
    expect([sink.pending!(), sink.dropped!()]).toEqual([0, 1]);
    await sink.close!();
  });

  test("a backend that is away costs bounded memory: the newest lines are dropped, counted and told of once", async () => {
    backend.close();
    const sink = open({ maxQueueLength: 10_000 });
    const one = line({ i: 1 });
    for (let i = 0; i < 1_000; i++) sink.write(one);
    const kept = Math.floor(10_000 / one.length);
    expect([sink.pending!(), sink.dropped!()]).toEqual([kept, 1_000 - kept]);
    await sink.flush!();
    expect(sink.takeUndelivered!()).toHaveLength(kept);
    expect(warnings.filter((text) => text.includes("is full"))).toHaveLength(1);
    expect(warnings.filter((text) => text.includes("ECONNREFUSED"))).toHaveLength(1);
  });
});

test("an endpoint that is no URL is refused without being shown", () => {
  expect(() => open({ endpoint: "ada:s3cret@es" })).toThrow(
    expect.objectContaining({ code: "TELLTALE_BAD_ENDPOINT", message: expect.not.stringContaining("s3cret") }),
  );
});
