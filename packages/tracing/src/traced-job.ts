import { type Attributes, type Span, trace } from "@opentelemetry/api";
import { type WithSpanOptions, withSpan } from "./with-span.ts";

export interface TracedJobOptions extends Pick<WithSpanOptions, "attributes" | "tracer"> {
  /** When it runs, for the span's attribute `job.schedule`: a cron expression or "every 5 s". */
  readonly schedule?: string;
}

/**
 * A function for a timer or a scheduler (setInterval, node-cron, a job queue): each run is a trace of its own, linked to the
 * span in which the job was made, with the attributes `job.name`, `job.run` (1, 2, …) and `job.schedule`.
 */
export function tracedJob<A extends unknown[], T>(
  name: string,
  fn: (...args: A) => T,
  options: TracedJobOptions = {},
): (...args: A) => T {
  const { schedule, attributes, ...rest } = options;
  const maker = trace.getActiveSpan()?.spanContext();
  const links = maker === undefined || !trace.isSpanContextValid(maker) ? [] : [{ context: maker }];
  let run = 0;
  return (...args) => {
    run++;
    const described: Attributes = {
      ...attributes,
      "job.name": name,
      "job.run": run,
      ...(schedule !== undefined && { "job.schedule": schedule }),
    };
    return withSpan(name, { ...rest, attributes: described, links, root: true }, () => fn(...args));
  };
}

/** Runs `fn` again and again, each time in a trace of its own; disposing of the result stops it. A run that fails is recorded. */
export function tracedInterval(
  name: string,
  intervalMs: number,
  fn: (span: Span | undefined) => unknown,
  options: TracedJobOptions = {},
): Disposable {
  const job = tracedJob(name, async () => fn(trace.getActiveSpan()), {
    schedule: `every ${intervalMs} ms`,
    ...options,
  });
  // Its span tells of an error; a timer has nobody to throw it to.
  const timer = setInterval(() => void job().catch(() => {}), intervalMs);
  timer.unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
