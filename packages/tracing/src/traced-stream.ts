import { finished, type Stream } from "node:stream";
import { context } from "@opentelemetry/api";
import { openSpan, type WithSpanOptions } from "./with-span.ts";

/**
 * The stream itself, whose life from now on is a span: it ends when the stream has ended or been closed, and says so when it
 * failed or was closed early. Listeners of the stream run with the span active.
 */
export function tracedStream<S extends Stream>(name: string, stream: S, options: WithSpanOptions = {}): S {
  const opened = openSpan(name, options);
  opened.run(() => context.bind(context.active(), stream));
  finished(stream as never, (error) => {
    if (error) opened.fail(error);
    else opened.end();
  });
  return stream;
}
