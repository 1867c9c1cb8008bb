import type { ReadableSpan, SpanExporter } from "@opentelemetry/sdk-trace";
import { type TreeStyle, treeLines } from "./trace-tree.ts";
import { type ReadyTree, waitingTraces } from "./waiting-traces.ts";

export interface ConsoleExporterConfiguration {
  readonly type: "console";
  /** Attributes and events under each span. */
  readonly attributes: boolean;
  /** `auto`: on a terminal that has colours. */
  readonly colors: "auto" | "always" | "never";
}

/** Where lines go: standard output, or a test. */
export interface ConsoleOutput {
  write(text: string): unknown;
  readonly columns?: number | undefined;
  hasColors?(): boolean;
}

/** Columns of what is not a terminal. */
const DEFAULT_WIDTH = 120;

/** How long spans wait for the root of their trace before they are printed without it, in milliseconds. */
const PATIENCE_MS = 30_000;

const notes: Readonly<Record<ReadyTree["state"], string>> = {
  complete: "",
  incomplete: ", the root has not ended",
  late: ", ended after their trace was printed",
};

/** Prints each trace as a tree, when its root in this process has ended. */
export function createConsoleExporter(
  { attributes, colors }: ConsoleExporterConfiguration,
  output: ConsoleOutput = process.stdout,
): SpanExporter {
  const traces = waitingTraces();
  let timer: NodeJS.Timeout | undefined;

  function print(ready: readonly ReadyTree[]): void {
    if (ready.length === 0) return;
    const style: TreeStyle = {
      attributes,
      colors: colors === "always" || (colors === "auto" && (output.hasColors?.() ?? false)),
      width: output.columns ?? DEFAULT_WIDTH,
    };
    output.write(ready.map(({ root, state }) => `${treeLines(root, style, notes[state]).join("\n")}\n\n`).join(""));
  }

  function printAll(): void {
    clearTimeout(timer);
    print(traces.takeAll());
  }

  return {
    export(spans: readonly ReadableSpan[], done) {
      for (const span of spans) print(traces.add(span));
      clearTimeout(timer);
      timer = setTimeout(printAll, PATIENCE_MS).unref();
      done({ code: 0 });
    },
    // What waits is not complete yet, and is not lost either.
    forceFlush: async () => {},
    shutdown: async () => printAll(),
  };
}
