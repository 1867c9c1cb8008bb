/** An alertmanager.yml without its secrets, for those who may look at it. */
import { isMap, isScalar, type Node, parseDocument, Scalar, visit } from "yaml";

/** What Alertmanager writes in the place of a secret, and reads there too. */
const SECRET = "<secret>";

/** Fields that are secrets wherever they are. */
const secrets: readonly string[] = [
  ...["smtp_auth_password", "smtp_auth_secret", "slack_api_url", "opsgenie_api_key", "victorops_api_key"],
  ...["wechat_api_secret", "telegram_bot_token", "rocketchat_token", "mattermost_webhook_url"],
  ...["auth_password", "auth_secret", "password", "credentials", "bearer_token", "client_secret", "secret_key"],
  ...["routing_key", "service_key", "api_key", "api_secret", "bot_token", "user_key", "token", "token_id", "key"],
  ...["webhook_url", "alert_source_token"],
];

/** Fields that are secrets in these only. */
const within: Readonly<Record<string, readonly string[]>> = { slack_configs: ["api_url"] };

/** The text with `<secret>` for what is one, and addresses of webhooks without what comes after their host. */
export function shownConfig(text: string): string {
  const document = parseDocument(text, { schema: "failsafe" });
  visit(document, {
    Pair(_, { key, value }, path) {
      if (!isScalar(key)) return;
      const name = String(key.value);
      const parents = path.flatMap((one) => ("key" in one && isScalar(one.key) ? [String(one.key.value)] : []));
      const parent = parents.findLast((one) => one.endsWith("_configs")) ?? "";
      if (isScalar(value)) {
        if (secrets.includes(name) || within[parent]?.includes(name)) value.value = SECRET;
        else if (parent === "webhook_configs" && name === "url") value.value = origin(String(value.value));
        else value.value = withoutPassword(String(value.value));
      } else if (name === "http_headers" && isMap(value)) hideAll(value);
    },
  });
  return document.toString();
}

/** It is an address still, which amtool wants to read. */
function origin(url: string): string {
  if (!URL.canParse(url)) return SECRET;
  const { origin: shown, pathname, search } = new URL(url);
  return pathname === "/" && search === "" ? shown : `${shown}/${SECRET}`;
}

function withoutPassword(text: string): string {
  return text.replace(/^(https?:\/\/)[^/@\s]+@/, `$1${SECRET}@`);
}

function hideAll(node: Node): void {
  visit(node, {
    Scalar(key, scalar) {
      if (key !== "key" && scalar instanceof Scalar) scalar.value = SECRET;
    },
  });
}
