/** A real Prometheus with given samples, asked over its API. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatLabels, labelsOf, type Sample } from "@telltale/promql";
import { startChild } from "../e2e/child.ts";
import { freePort } from "../e2e/servers.ts";
import type { Answer, AnswerPoint, Question } from "./answer.ts";
import { type ApiHistogram, apiNumbers, goNumber } from "./histogram-numbers.ts";
import { remoteWriteBody } from "./remote-write.ts";

export interface PrometheusWithSamples extends AsyncDisposable {
  readonly pid: number;
  /** Samples later than those of their series so far. */
  write(samples: readonly Sample[]): Promise<void>;
  ask(question: Question): Promise<Answer>;
}

export async function prometheusWith(
  program: string,
  samples: readonly Sample[],
  features: readonly string[] = [],
): Promise<PrometheusWithSamples> {
  const folder = mkdtempSync(join(tmpdir(), "promql-"));
  const config = join(folder, "prometheus.yml");
  writeFileSync(config, "{}");
  const port = await freePort();
  const flags = [
    `--config.file=${config}`,
    `--storage.tsdb.path=${join(folder, "data")}`,
    // One block holds everything, whatever the order in which it comes, and the past stays.
    "--storage.tsdb.min-block-duration=7d",
    "--storage.tsdb.retention.time=100y",
    `--web.listen-address=127.0.0.1:${port}`,
    "--web.enable-remote-write-receiver",
    ...(features.length > 0 ? [`--enable-feature=${features.join(",")}`] : []),
  ];
  const child = await startChild(program, flags, { cwd: folder, env: { PATH: process.env["PATH"] } });
  const stop = async (): Promise<void> => {
    await child.stop("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await child.waitForOutput(/Server is ready to receive web requests/);
    const url = `http://127.0.0.1:${port}`;
    await write(url, samples);
    return {
      pid: child.pid,
      write: (more) => write(url, more),
      ask: (question) => ask(url, question),
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function write(url: string, samples: readonly Sample[]): Promise<void> {
  if (samples.length === 0) return;
  const headers = { "content-encoding": "snappy", "content-type": "application/x-protobuf" };
  const response = await fetch(`${url}/api/v1/write`, { method: "POST", headers, body: remoteWriteBody(samples) });
  if (!response.ok) throw new Error(`Prometheus does not take the samples: ${await response.text()}`);
}

interface ApiAnswer {
  readonly status: "success" | "error";
  readonly error?: string;
  readonly warnings?: readonly string[];
  readonly infos?: readonly string[];
  readonly data?: { readonly resultType: string; readonly result: ApiResult };
}

type ApiPoint = readonly [number, string];

type ApiResult =
  | ApiPoint
  | readonly {
      readonly metric: Readonly<Record<string, string>>;
      readonly value?: ApiPoint;
      readonly values?: readonly ApiPoint[];
      readonly histogram?: readonly [number, ApiHistogram];
      readonly histograms?: readonly (readonly [number, ApiHistogram])[];
    }[];

async function ask(url: string, { query, startMs, endMs, stepMs }: Question): Promise<Answer> {
  const seconds = (ms: number): string => (ms / 1000).toFixed(3);
  const range = { start: seconds(startMs), end: seconds(endMs), step: seconds(stepMs) };
  const parameters = new URLSearchParams(stepMs > 0 ? { query, ...range } : { query, time: seconds(startMs) });
  const response = await fetch(`${url}/api/v1/query${stepMs > 0 ? "_range" : ""}`, {
    method: "POST",
    body: parameters,
  });
  const answer = (await response.json()) as ApiAnswer;
  if (answer.data === undefined) return { error: answer.error ?? "" };
  const annotations = [...(answer.warnings ?? []), ...(answer.infos ?? [])].sort();
  const { resultType, result } = answer.data;
  if (resultType === "scalar") return { series: new Map([["", [point(result as ApiPoint)]]]), annotations };
  const series = new Map<string, readonly AnswerPoint[]>();
  for (const { metric, value, values, histogram, histograms } of result as Exclude<ApiResult, ApiPoint>) {
    const floats = values ?? (value === undefined ? [] : [value]);
    const natives = histograms ?? (histogram === undefined ? [] : [histogram]);
    const points = [
      ...floats.map(point),
      ...natives.map(([seconds, one]) => [timeOf(seconds), apiNumbers(one)] as const),
    ];
    series.set(
      formatLabels(labelsOf(metric)),
      points.sort(([a], [b]) => a - b),
    );
  }
  return { series, annotations };
}

function point([seconds, value]: ApiPoint): AnswerPoint {
  return [timeOf(seconds), goNumber(value)];
}

function timeOf(seconds: number): number {
  return Math.round(seconds * 1000);
}
