import type { BroadcastChannel } from "node:worker_threads";
import { diag } from "@opentelemetry/api";
import type { Channel, ChannelEvents, MemberSource, Membership } from "./channel.ts";
import { cloneable } from "./cloneable.ts";
import type { MemberMetrics } from "./merge-metrics.ts";

/** Of one process: threads find each other by the name, whoever started them. */
const CHANNEL = "telltale.metrics";

type Message =
  | { readonly type: "who" | "ask" }
  | { readonly type: "here" | "gone"; readonly id: string }
  | { readonly type: "answer"; readonly id: string; readonly metrics: readonly MemberMetrics[] };

/** Reaches the worker threads of this process. */
export function threadChannel({ answer, gone }: ChannelEvents): Channel {
  const known = new Set<string>();
  const channel = open((message) => {
    switch (message.type) {
      case "here":
        known.add(message.id);
        break;
      case "gone":
        known.delete(message.id);
        gone(message.id);
        break;
      case "answer":
        known.add(message.id);
        answer(message.id, message.metrics);
        break;
    }
  });
  tell(channel, { type: "who" });
  return {
    ask() {
      tell(channel, { type: "ask" });
      return known;
    },
    close: () => channel.close(),
  };
}

/** Answers the main thread of this process. */
export function joinThreads(source: MemberSource): Membership {
  const id = `t${process.getBuiltinModule("node:worker_threads").threadId}`;
  const channel = open(({ type }) => {
    if (type === "who") tell(channel, { type: "here", id });
    else if (type === "ask") void answer();
  });
  const onExit = (): void => tell(channel, { type: "gone", id });
  process.on("exit", onExit);
  tell(channel, { type: "here", id });
  return {
    async leave() {
      process.off("exit", onExit);
      await answer();
      tell(channel, { type: "gone", id });
      channel.close();
    },
  };

  async function answer(): Promise<void> {
    try {
      const metrics = await source();
      tell(channel, { type: "answer", id, metrics: cloneable(metrics, structuredClone) });
    } catch (error) {
      diag.error("telltale: the main thread cannot be given the metrics of this thread", error);
    }
  }
}

function open(receive: (message: Message) => void): BroadcastChannel {
  const { BroadcastChannel: Open } = process.getBuiltinModule("node:worker_threads");
  const channel = new Open(CHANNEL);
  channel.onmessage = (event: unknown) => receive((event as { readonly data: Message }).data);
  channel.unref();
  return channel;
}

function tell(channel: BroadcastChannel, message: Message): void {
  channel.postMessage(message);
}
