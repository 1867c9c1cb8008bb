import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import type { TreeNode } from "./trace-tree.ts";

/** A tree that is ready to be printed. */
export interface ReadyTree {
  readonly root: TreeNode;
  /** Complete, without the span it belongs under, or ended after its trace was printed. */
  readonly state: "complete" | "incomplete" | "late";
}

/** Spans wait here until the root of their trace in this process has ended. */
export interface WaitingTraces {
  /** Takes an ended span and gives the trees that are ready by it. */
  add(span: ReadableSpan): ReadyTree[];
  /** Everything that still waits, as incomplete trees. */
  takeAll(): ReadyTree[];
}

/** Spans that wait at most; beyond, the trace that has waited longest is given as it is. */
const MAX_WAITING = 4_096;

/** Spans that are remembered as given, to know those that come late. */
const MAX_GIVEN = 4_096;

export function waitingTraces(): WaitingTraces {
  const traces = new Map<string, Map<string, ReadableSpan>>();
  const given = new Set<string>();
  let count = 0;

  function take(traceId: string, root: ReadableSpan, state: ReadyTree["state"]): ReadyTree {
    const waiting = traces.get(traceId)!;
    const children = new Map<string, ReadableSpan[]>();
    for (const span of waiting.values()) {
      const parent = span.parentSpanContext?.spanId ?? "";
      const siblings = children.get(parent);
      if (siblings === undefined) children.set(parent, [span]);
      else siblings.push(span);
    }
    const tree = nodeOf(root, children, (span) => {
      const { spanId } = span.spanContext();
      if (!waiting.delete(spanId)) return false;
      count--;
      given.add(spanId);
      return true;
    });
    if (waiting.size === 0) traces.delete(traceId);
    for (const id of given) {
      if (given.size <= MAX_GIVEN) break;
      given.delete(id);
    }
    return { root: tree, state };
  }

  function takeTrace(traceId: string): ReadyTree[] {
    const waiting = traces.get(traceId)!;
    const ready: ReadyTree[] = [];
    for (const span of waiting.values()) {
      if (!waiting.has(span.parentSpanContext?.spanId ?? "")) ready.push(take(traceId, span, "incomplete"));
    }
    // Spans that are each other's parents have no root.
    for (const span of waiting.values()) ready.push(take(traceId, span, "incomplete"));
    return ready;
  }

  return {
    add(span) {
      const { traceId, spanId } = span.spanContext();
      const waiting = traces.get(traceId) ?? new Map<string, ReadableSpan>();
      traces.set(traceId, waiting);
      if (!waiting.has(spanId)) count++;
      waiting.set(spanId, span);
      const parent = span.parentSpanContext;
      if (parent === undefined || parent.isRemote) return [take(traceId, span, "complete")];
      if (given.has(parent.spanId)) return [take(traceId, span, "late")];
      if (count <= MAX_WAITING) return [];
      const [oldest] = traces.keys();
      return takeTrace(oldest!);
    },
    takeAll: () => [...traces.keys()].flatMap(takeTrace),
  };
}

/** The tree below a span, without recursion: traces can be deeper than calls may be. */
function nodeOf(
  root: ReadableSpan,
  childrenOf: ReadonlyMap<string, readonly ReadableSpan[]>,
  claim: (span: ReadableSpan) => boolean,
): TreeNode {
  claim(root);
  const tree = { span: root, children: [] as TreeNode[] };
  const open = [tree];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    for (const span of childrenOf.get(node.span.spanContext().spanId) ?? []) {
      if (!claim(span)) continue;
      const child = { span, children: [] as TreeNode[] };
      node.children.push(child);
      open.push(child);
    }
    node.children.sort((a, b) => byStart(a.span, b.span));
  }
  return tree;
}

function byStart({ startTime: a }: ReadableSpan, { startTime: b }: ReadableSpan): number {
  return a[0] - b[0] || a[1] - b[1];
}
