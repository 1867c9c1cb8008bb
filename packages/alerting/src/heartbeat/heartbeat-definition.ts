import { readDuration, readReceiverName, type Surroundings } from "../alerting-file/definition-fields.ts";
import type { YamlValue } from "../yaml-reader.ts";

/** Who is told at regular times that alerting works, and so notices when it does not. */
export interface HeartbeatDefinition {
  readonly intervalMs: number;
  /** An address that is asked for, by POST. */
  readonly url: string | undefined;
  /** Of alertmanager.yml. */
  readonly receiver: string | undefined;
}

/** More often nobody outside wants to hear of it. */
const LEAST_INTERVAL_MS = 1_000;

/** Reads `heartbeat`; faults are problems of the document. */
export function readHeartbeat(value: YamlValue, surroundings: Surroundings): HeartbeatDefinition {
  const fields = value.fields(["interval", "url", "receiver"]);
  const url = fields.get("url");
  const receiver = fields.get("receiver");
  if (url === undefined && receiver === undefined) {
    value.problem("nobody is told; give a url, such as https://dead-mans-switch.example.org/ping/1, or a receiver");
  }
  const address = url?.text();
  if (address !== undefined && !isAddress(address)) {
    url!.problem("it is no address of http or https; give one, such as https://dead-mans-switch.example.org/ping/1");
  }
  const intervalMs = readDuration(fields, "interval", { otherwise: 60_000 });
  if (intervalMs > 0 && intervalMs < LEAST_INTERVAL_MS) {
    fields.get("interval")!.problem(`interval is ${intervalMs}ms; give at least 1s, such as 1m`);
  }
  return {
    intervalMs,
    url: address,
    receiver: receiver === undefined ? undefined : readReceiverName(receiver, surroundings),
  };
}

function isAddress(text: string): boolean {
  try {
    const { protocol, username, password } = new URL(text);
    decodeURIComponent(username + password);
    return protocol === "http:" || protocol === "https:";
  } catch {
    return false;
  }
}
