import type { HeapProfiler, Profiler, Session } from "node:inspector";
import { setTimeout as delay } from "node:timers/promises";
import { trace } from "@opentelemetry/api";
import { encodePprof, type Frame, frameOf, type StackProfile, type StackSample } from "./pprof.ts";

export interface CaptureOptions {
  /** How long it is watched. @default 10 */
  readonly seconds?: number;
  /** Ends it before, with what there is by then. */
  readonly signal?: AbortSignal;
  /** Whether the process goes on until it is done. @default true */
  readonly keepAlive?: boolean;
}

export interface CpuCaptureOptions extends CaptureOptions {
  /** How often a stack is taken. @default 100 */
  readonly frequencyHz?: number;
}

export interface HeapCaptureOptions extends CaptureOptions {
  /** One stack for so many bytes, on average. @default 524288 */
  readonly bytesPerSample?: number;
}

/** Node.js takes a longer timer for one of a millisecond. */
const MAX_SECONDS = (2 ** 31 - 1) / 1_000;
/** V8 spends all its time on sampling before. */
export const MAX_FREQUENCY_HZ = 10_000;

let capturing: "CPU" | "heap" | undefined;

/**
 * Watches which functions the main thread spends its time in; gzipped pprof. Inside a span, every sample has its `trace_id`.
 * Starting it holds the event loop for some ten milliseconds.
 * @throws Error with code TELLTALE_PROFILER_BUSY, TELLTALE_NO_PROFILER or TELLTALE_BAD_CAPTURE
 */
export async function captureCpuProfile({
  seconds = 10,
  frequencyHz = 100,
  ...waiting
}: CpuCaptureOptions = {}): Promise<Buffer> {
  checkRange("seconds", seconds, MAX_SECONDS);
  checkRange("frequencyHz", frequencyHz, MAX_FREQUENCY_HZ);
  return await capture("CPU", async (post) => {
    const startedAtMs = Date.now();
    await post("Profiler.enable");
    await post("Profiler.setSamplingInterval", { interval: Math.round(1e6 / frequencyHz) });
    await post("Profiler.start");
    await wait(seconds, waiting);
    const { profile } = await post<Profiler.StopReturnType>("Profiler.stop");
    return cpuStacks(profile, { startedAtMs, frequencyHz });
  });
}

/**
 * Watches which functions allocate memory that is still in use; gzipped pprof.
 * @throws Error with code TELLTALE_PROFILER_BUSY, TELLTALE_NO_PROFILER or TELLTALE_BAD_CAPTURE
 */
export async function captureHeapProfile({
  seconds = 10,
  bytesPerSample = 524_288,
  ...waiting
}: HeapCaptureOptions = {}): Promise<Buffer> {
  checkRange("seconds", seconds, MAX_SECONDS);
  checkRange("bytesPerSample", bytesPerSample, 2 ** 31 - 1);
  return await capture("heap", async (post) => {
    const startedAtMs = Date.now();
    await post("HeapProfiler.enable");
    await post("HeapProfiler.startSampling", { samplingInterval: bytesPerSample });
    await wait(seconds, waiting);
    const { profile } = await post<HeapProfiler.StopSamplingReturnType>("HeapProfiler.stopSampling");
    return heapStacks(profile, { startedAtMs, bytesPerSample });
  });
}

type Post = <T>(method: string, parameters?: object) => Promise<T>;

async function capture(
  kind: "CPU" | "heap",
  work: (post: Post) => Promise<Omit<StackProfile, "labels">>,
): Promise<Buffer> {
  if (capturing !== undefined) {
    const message = `A ${capturing} profile is being taken already; wait until it is there`;
    throw Object.assign(new Error(message), { code: "TELLTALE_PROFILER_BUSY" });
  }
  const span = trace.getActiveSpan();
  const traceId = span?.spanContext().traceId;
  const session = connect();
  capturing = kind;
  const post: Post = (method, parameters) =>
    new Promise((resolve, reject) =>
      session.post(method, parameters, (error, result) => (error ? reject(error) : resolve(result as never))),
    );
  try {
    const profile = await work(post);
    span?.addEvent("telltale.profile.captured", { "telltale.profile.kind": kind.toLowerCase() });
    return await encodePprof({ ...profile, labels: traceId === undefined ? {} : { trace_id: traceId } });
  } finally {
    session.disconnect();
    capturing = undefined;
  }
}

/** A session of our own: a debugger's goes on beside it. */
function connect(): Session {
  try {
    const { Session: InspectorSession } = process.getBuiltinModule("node:inspector");
    const session: Session = new InspectorSession();
    session.connect();
    return session;
  } catch (error) {
    const message = `No profile can be taken, since this process has no inspector (${(error as Error).message}); under node --permission, start it with --allow-inspector`;
    throw Object.assign(new Error(message, { cause: error }), { code: "TELLTALE_NO_PROFILER" });
  }
}

async function wait(seconds: number, { signal, keepAlive = true }: CaptureOptions): Promise<void> {
  await delay(seconds * 1_000, undefined, { ref: keepAlive, ...(signal && { signal }) }).catch(() => {});
}

function checkRange(option: string, value: number, most: number): void {
  if (value > 0 && value <= most) return;
  const message = `${option} of a profile is ${String(value)}; give a number above 0, at most ${most}`;
  throw Object.assign(new TypeError(message), { code: "TELLTALE_BAD_CAPTURE" });
}

function cpuStacks(
  { nodes, samples = [], timeDeltas = [], startTime, endTime }: Profiler.Profile,
  { startedAtMs, frequencyHz }: { readonly startedAtMs: number; readonly frequencyHz: number },
): Omit<StackProfile, "labels"> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map<number, number>();
  for (const { id, children = [] } of nodes) for (const child of children) parents.set(child, id);
  const counts = new Map<number, { count: number; microseconds: number }>();
  samples.forEach((id, i) => {
    const found = counts.get(id) ?? { count: 0, microseconds: 0 };
    counts.set(id, found);
    found.count++;
    // A sample stands for the time until the next one.
    found.microseconds += Math.max(0, timeDeltas[i + 1] ?? 0);
  });
  const stacks: StackSample[] = [];
  for (const [id, { count, microseconds }] of counts) {
    const name = byId.get(id)?.callFrame.functionName;
    // Waiting costs no CPU.
    if (name === "(idle)" || name === "(root)") continue;
    const stack: Frame[] = [];
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
      const frame = byId.get(at)!.callFrame;
      if (frame.functionName !== "(root)") stack.push(frameOf(frame));
    }
    stacks.push({ stack, values: [count, microseconds * 1_000] });
  }
  return {
    types: [
      { type: "samples", unit: "count" },
      { type: "cpu", unit: "nanoseconds" },
    ],
    samples: stacks,
    startedAtMs,
    durationMs: (endTime - startTime) / 1_000,
    period: { type: "cpu", unit: "nanoseconds", value: Math.round(1e9 / frequencyHz) },
  };
}

function heapStacks(
  { head }: HeapProfiler.SamplingHeapProfile,
  { startedAtMs, bytesPerSample }: { readonly startedAtMs: number; readonly bytesPerSample: number },
): Omit<StackProfile, "labels"> {
  const samples: StackSample[] = [];
  const visit = (node: HeapProfiler.SamplingHeapProfileNode, above: readonly Frame[]): void => {
    const stack = node.callFrame.functionName === "(root)" ? above : [frameOf(node.callFrame), ...above];
    if (node.selfSize > 0) samples.push({ stack, values: [node.selfSize] });
    for (const child of node.children) visit(child, stack);
  };
  visit(head, []);
  return {
    types: [{ type: "inuse_space", unit: "bytes" }],
    samples,
    startedAtMs,
    durationMs: Date.now() - startedAtMs,
    period: { type: "space", unit: "bytes", value: bytesPerSample },
  };
}
