import { expect, test } from "vitest";
import { shownConfig } from "./shown-config.ts";

test("secrets are shown as such, wherever they are", () => {
  const shown = shownConfig(`
global:
  slack_api_url: https://hooks.example.org/s3cret1
  smtp_auth_password: s3cret2
  http_config: { basic_auth: { username: me, password: s3cret3 }, proxy_url: 'http://user:s3cret4@proxy' }
route: { receiver: a, group_by: [key] }
receivers:
  - name: a
    webhook_configs:
      - url: https://example.org/s3cret5?x=s3cret6
        http_config: { authorization: { credentials: s3cret7 }, http_headers: { X-Key: { values: [s3cret8] } } }
      - { url: 'http://plain.example.org' }
    telegram_configs: [{ bot_token: s3cret9, chat_id: 1 }]
    pagerduty_configs: [{ routing_key: "s3cret10", url: 'https://events.example.org/v2' }]
    discord_configs: [{ webhook_url: 'https://discord.example.org/s3cret11' }]
`);
  expect(shown).not.toContain("s3cret");
  expect(shown).toContain("username: me");
  expect(shown).toContain("url: https://example.org/<secret>");
  expect(shown).toContain("http://plain.example.org");
  expect(shown).toContain("proxy_url: 'http://<secret>@proxy'");
  expect(shown).toContain("https://events.example.org/v2");
  expect(shown).toContain("group_by: [ key ]");
});
