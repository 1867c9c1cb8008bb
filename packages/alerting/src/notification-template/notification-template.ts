import type { WebhookBody } from "../delivery/webhook-body.ts";
import { builtins } from "../go-template/builtins.ts";
import { executeTemplate } from "../go-template/execute.ts";
import { type DefinedTemplate, parseTemplate } from "../go-template/parser.ts";
import { defaultTemplates } from "./default-templates.ts";
import { notificationData } from "./notification-data.ts";
import { notificationFunctions } from "./notification-functions.ts";

/** Templates of receivers: what Alertmanager brings along, and what the user's files define. */
export interface NotificationTemplates {
  /** @throws TemplateParseError */
  check(text: string): void;
  /** @throws TemplateParseError, TemplateExecutionError */
  expand(text: string, body: WebhookBody): string;
}

const functions = { has: (name: string) => builtins.has(name) || notificationFunctions.has(name) };

/** Reads the texts of template files; a definition in a later one takes the place of an earlier one. @throws TemplateParseError */
export function notificationTemplates(files: readonly string[] = []): NotificationTemplates {
  let defined: ReadonlyMap<string, DefinedTemplate> = new Map();
  for (const [i, text] of [defaultTemplates, ...files].entries()) {
    const own = parseTemplate(`file ${i}`, text, functions).templates;
    defined = new Map([...defined, ...own]);
  }
  const parse = (text: string) => parseTemplate("", text, functions, defined);
  return {
    check: (text) => void parse(text),
    expand: (text, body) =>
      text.includes("{{") ? executeTemplate(parse(text), notificationData(body), notificationFunctions) : text,
  };
}
