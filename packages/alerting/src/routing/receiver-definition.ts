import { goQuote } from "@telltale/promql";
import type { YamlValue } from "../yaml-reader.ts";
import { type IntegrationDefinition, integrationKinds, readIntegration } from "./integrations.ts";

/** A receiver of alertmanager.yml. */
export interface ReceiverDefinition {
  readonly name: string;
  readonly integrations: readonly IntegrationDefinition[];
  /** What the file names beyond that, such as `sns_configs`: nobody here delivers it. */
  readonly undeliverable: readonly string[];
}

const otherKinds = [
  ...["incidentio", "wechat", "pushover", "victorops", "sns"],
  ...["webex", "jira", "rocketchat", "mattermost"],
].map((kind) => `${kind}_configs`);

/** Reads a receiver; faults are problems of the document. */
export function readReceiver(
  value: YamlValue,
  { global, path }: { readonly global: ReadonlyMap<string, YamlValue>; readonly path: string },
): ReceiverDefinition {
  const own = integrationKinds.map((kind) => `${kind}_configs`);
  const fields = value.fields(["name", "labels", ...own, ...otherKinds]);
  const name = fields.get("name")?.text() ?? "";
  if (name === "") value.problem("missing name in receiver");
  return {
    name,
    integrations: integrationKinds.flatMap((kind) => {
      const items = fields.get(`${kind}_configs`)?.items() ?? [];
      return items.map((item, index) => readIntegration(kind, item, { index, global, path }));
    }),
    undeliverable: otherKinds.filter((kind) => (fields.get(kind)?.items().length ?? 0) > 0),
  };
}

/** Fails by name for receivers that nobody here delivers. @throws Error */
export function checkDeliverable(receivers: readonly ReceiverDefinition[]): void {
  const faults = receivers.flatMap(({ name, undeliverable }) =>
    undeliverable.map((kind) => `receiver ${goQuote(name)} has ${kind}`),
  );
  if (faults.length === 0) return;
  const known = integrationKinds.map((kind) => `${kind}_configs`).join(", ");
  const message = `${faults.join("; ")}: cannot be delivered yet; use one of ${known}`;
  throw Object.assign(new Error(message), { code: "TELLTALE_RECEIVER_UNSUPPORTED" });
}
