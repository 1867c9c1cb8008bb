import { goQuote } from "@telltale/promql";
import type { NotificationTemplates } from "../notification-template/notification-template.ts";
import type { AlertmanagerConfig } from "../routing/alertmanager-config.ts";
import type { IntegrationDefinition } from "../routing/integrations.ts";

/** Fails for a text of a receiver that is no template, before anybody is to be told by it. @throws Error */
export function checkTemplates({ receivers }: AlertmanagerConfig, templates: NotificationTemplates): void {
  for (const { name, integrations } of receivers) {
    for (const text of integrations.flatMap(templatesOf)) {
      try {
        templates.check(text);
      } catch (error) {
        const message = `receiver ${goQuote(name)}: ${(error as Error).message} in ${goQuote(text)}`;
        throw Object.assign(new Error(message, { cause: error }), { code: "TELLTALE_TEMPLATE_BAD_SYNTAX" });
      }
    }
  }
}

function templatesOf(integration: IntegrationDefinition): readonly string[] {
  switch (integration.kind) {
    case "webhook":
      return [];
    case "slack":
      return [
        ...Object.values(integration.texts),
        ...integration.fields.flatMap(({ title, value }) => [title, value]),
        ...integration.actions.flatMap(({ texts, confirm = {} }) => [texts, confirm].flatMap(Object.values<string>)),
      ];
    case "pagerduty": {
      const { routingKey, texts, details, images, links } = integration;
      return [routingKey, ...[texts, details, ...images, ...links].flatMap(Object.values<string>)];
    }
    case "opsgenie": {
      const responders = integration.responders.flatMap((responder) => Object.values(responder));
      return [
        integration.apiKey,
        ...Object.values(integration.texts),
        ...Object.values(integration.details),
        ...responders,
      ];
    }
    case "telegram":
      return [integration.message];
    case "email": {
      const { to, from, html, text, headers } = integration;
      return [to, from, html, text, ...Object.values(headers)];
    }
    case "msteams":
    case "msteamsv2":
    case "discord":
      return Object.values(integration.texts);
  }
}
