import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ExportResult } from "@opentelemetry/core";
import { JsonTraceSerializer } from "@opentelemetry/otlp-transformer";
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createSpanExporter } from "../span-exporter.ts";
import { rotatingFile } from "./rotating-file.ts";

let folder = "";
let path = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "telltale-file-"));
  path = join(folder, "spans.jsonl");
});
afterEach(() => rmSync(folder, { recursive: true }));

const memory = new InMemorySpanExporter();
const tracer = new TracerProvider({
  spanProcessors: [new SimpleSpanProcessor({ exporter: memory })],
}).getTracer("desk");

function spans(count: number) {
  memory.reset();
  for (let i = 0; i < count; i++) tracer.startSpan(`place ${i}`, { attributes: { note: "line\nbreak" } }).end();
  return memory.getFinishedSpans();
}

const lines = (file = path): string[] => readFileSync(file, "utf8").split("\n").slice(0, -1);

test("each export is a line of OTLP's JSON, and what was there stays", async () => {
  writeFileSync(path, "{}\n");
  const exporter = createSpanExporter({ type: "file", path, maxSizeBytes: 1e6, maxFiles: 1 });
  const [two, many] = [spans(2), spans(200)];
  const results = await Promise.all(
    [two, many].map((some) => new Promise<ExportResult>((resolve) => exporter.export(some, resolve))),
  );
  expect(results).toEqual([{ code: 0 }, { code: 0 }]);
  await exporter.shutdown();
  const [before, first, second, ...others] = lines();
  expect([before, others]).toEqual(["{}", []]);
  expect(JSON.parse(first!)).toEqual(asJson(two));
  // Encoded in several steps, which show as several entries of one resource.
  const names = JSON.parse(second!).resourceSpans.flatMap((resource: { scopeSpans: { spans: { name: string }[] }[] }) =>
    resource.scopeSpans[0]!.spans.map(({ name }) => name),
  );
  expect(names).toEqual(many.map(({ name }) => name));
});

function asJson(some: ReturnType<typeof spans>): unknown {
  return JSON.parse(Buffer.from(JsonTraceSerializer.serializeRequest(some)!).toString());
}

test("the folder of the file is made", async () => {
  path = join(folder, "deeper", "still", "spans.jsonl");
  const exporter = createSpanExporter({ type: "file", path, maxSizeBytes: 1e6, maxFiles: 1 });
  await new Promise((resolve) => exporter.export(spans(1), resolve));
  await exporter.shutdown();
  expect(lines()).toHaveLength(1);
});

test("a line that would make the file too large begins a new one, and so many old ones are kept", async () => {
  const file = rotatingFile({ path, maxSizeBytes: 25, maxFiles: 2 });
  for (let i = 0; i < 9; i++) await file.append(Buffer.from(`line ${i} of 9`));
  await file.close();
  expect(readdirSync(folder).sort()).toEqual(["spans.jsonl", "spans.jsonl.1", "spans.jsonl.2"]);
  expect(lines()).toEqual(["line 8 of 9"]);
  expect(lines(`${path}.1`)).toEqual(["line 6 of 9", "line 7 of 9"]);
  expect(lines(`${path}.2`)).toEqual(["line 4 of 9", "line 5 of 9"]);
});

test("a line larger than the limit is written whole, into a file of its own", async () => {
  const file = rotatingFile({ path, maxSizeBytes: 10, maxFiles: 5 });
  for (const line of ["a", "b".repeat(50), "c"]) await file.append(Buffer.from(line));
  await file.close();
  expect([`${path}.2`, `${path}.1`, path].map((one) => lines(one))).toEqual([["a"], ["b".repeat(50)], ["c"]]);
});

test("a file that was moved away is begun anew", async () => {
  const file = rotatingFile({ path, maxSizeBytes: 1e6, maxFiles: 1 });
  await file.append(Buffer.from("a"));
  renameSync(path, `${path}.moved`);
  await file.append(Buffer.from("b"));
  await file.close();
  expect([lines(`${path}.moved`), lines()]).toEqual([["a"], ["b"]]);
});

test("lines of several processes do not mix", async () => {
  const script = `
    import { rotatingFile } from ${JSON.stringify(new URL("./rotating-file.ts", import.meta.url).href)};
    const file = rotatingFile({ path: ${JSON.stringify(path)}, maxSizeBytes: 1e9, maxFiles: 1 });
    const [name] = process.argv.slice(1);
    for (let i = 0; i < 100; i++) await file.append(Buffer.from(name.repeat(20_000)));
    await file.close();`;
  const children = ["a", "b", "c"].map((name) =>
    spawn(process.execPath, ["--no-warnings", "--input-type=module", "-e", script, name], { stdio: "inherit" }),
  );
  await Promise.all(children.map((child) => once(child, "exit")));
  expect(statSync(path).size).toBe(300 * 20_001);
  for (const line of lines()) expect(line).toBe(line[0]!.repeat(20_000));
});

test("a path that cannot be written to is refused at once", () => {
  writeFileSync(path, "");
  expect(() =>
    createSpanExporter({ type: "file", path: join(path, "below.jsonl"), maxSizeBytes: 1, maxFiles: 1 }),
  ).toThrow(/cannot write to .*below\.jsonl.*give a path that this process may write to/);
});
