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

/** Reads `heartbeat`; faults are problems of the document. */
export function readHeartbeat(value: YamlValue, surroundings: Surroundings): HeartbeatDefinition {
  const fields = value.fields(["interval", "url", "receiver"]);
  const url = fields.get("url");
  const receiver = fields.get("receiver");
  if (url === undefined && receiver === undefined) {
    value.problem("nobody is told; give a url, such as https://dead-mans-switch.example.org/ping/1, or a receiver");
  }
  const address = url?.text();
  if (address !== undefined && (!URL.canParse(address) || !/^https?:/.test(address))) {
    url!.problem("it is no address of http or https; give one, such as https://dead-mans-switch.example.org/ping/1");
  }
  return {
    intervalMs: readDuration(fields, "interval", { otherwise: 60_000 }),
    url: address,
    receiver: receiver === undefined ? undefined : readReceiverName(receiver, surroundings),
  };
}
