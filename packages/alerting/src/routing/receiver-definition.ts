import { goQuote, parseDuration } from "@telltale/promql";
import { readBoolean, readInteger, type YamlValue } from "../yaml-reader.ts";

/** A receiver of alertmanager.yml. */
export interface ReceiverDefinition {
  readonly name: string;
  readonly integrations: readonly IntegrationDefinition[];
  /** What the file names beyond that, such as `email_configs`: nobody here delivers it. */
  readonly undeliverable: readonly string[];
}

/** One way in which a receiver is told. */
export interface IntegrationDefinition {
  readonly kind: "webhook";
  /** Its place among those of its kind. */
  readonly index: number;
  readonly sendResolved: boolean;
  readonly url: string;
  /** More alerts than that are counted, not sent; 0 for no limit. */
  readonly maxAlerts: number;
  /** For one attempt; 0 for no limit of its own. */
  readonly timeoutMs: number;
  /** What goes into the header `authorization`. */
  readonly authorization: string | undefined;
}

const otherKinds = [
  ...["discord", "email", "incidentio", "pagerduty", "slack", "opsgenie", "wechat", "pushover", "victorops", "sns"],
  ...["telegram", "webex", "msteams", "msteamsv2", "jira", "rocketchat", "mattermost"],
].map((kind) => `${kind}_configs`);

/** Reads a receiver; faults are problems of the document. */
export function readReceiver(value: YamlValue): ReceiverDefinition {
  const fields = value.fields(["name", "labels", "webhook_configs", ...otherKinds]);
  const name = fields.get("name")?.text() ?? "";
  if (name === "") value.problem("missing name in receiver");
  return {
    name,
    integrations: fields.get("webhook_configs")?.items().map(readWebhook) ?? [],
    undeliverable: otherKinds.filter((kind) => (fields.get(kind)?.items().length ?? 0) > 0),
  };
}

function readWebhook(value: YamlValue, index: number): IntegrationDefinition {
  const fields = value.fields(["send_resolved", "url", "max_alerts", "timeout", "http_config"]);
  const url = fields.get("url")?.text() ?? "";
  if (url === "") value.problem("one of url or url_file must be configured");
  else if (!URL.canParse(url) || !/^https?:/.test(url)) {
    fields.get("url")!.problem("url is no address of http or https; give one, such as https://alerts.example.org/hook");
  }
  return {
    kind: "webhook",
    index,
    sendResolved: fields.get("send_resolved")?.read(readBoolean) ?? true,
    url,
    maxAlerts: fields.get("max_alerts")?.read(readInteger) ?? 0,
    timeoutMs: fields.get("timeout")?.read(parseDuration) ?? 0,
    authorization: readAuthorization(fields.get("http_config")),
  };
}

function readAuthorization(value: YamlValue | undefined): string | undefined {
  const fields = value?.fields(["authorization", "basic_auth", "follow_redirects"]);
  const token = fields?.get("authorization")?.fields(["type", "credentials"]);
  const basic = fields?.get("basic_auth")?.fields(["username", "password"]);
  if (token !== undefined && basic !== undefined)
    value!.problem("at most one of basic_auth & authorization must be configured");
  const part = (of: ReadonlyMap<string, YamlValue>, name: string, otherwise: string) =>
    of.get(name)?.text() ?? otherwise;
  if (token !== undefined) return `${part(token, "type", "Bearer")} ${part(token, "credentials", "")}`;
  if (basic === undefined) return undefined;
  const pair = `${part(basic, "username", "")}:${part(basic, "password", "")}`;
  return `Basic ${Buffer.from(pair).toString("base64")}`;
}

/** Fails by name for receivers that nobody here delivers. @throws Error */
export function checkDeliverable(receivers: readonly ReceiverDefinition[]): void {
  const faults = receivers.flatMap(({ name, undeliverable }) =>
    undeliverable.map((kind) => `receiver ${goQuote(name)} has ${kind}`),
  );
  if (faults.length === 0) return;
  const message = `${faults.join("; ")}: cannot be delivered yet; use webhook_configs`;
  throw Object.assign(new Error(message), { code: "TELLTALE_RECEIVER_UNSUPPORTED" });
}
