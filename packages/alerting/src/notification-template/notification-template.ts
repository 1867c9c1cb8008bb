import { type Clock, wallClock } from "../clock.ts";
import type { WebhookBody } from "../delivery/webhook-body.ts";
import { builtins } from "../go-template/builtins.ts";
import { type ExecuteOptions, executeTemplate } from "../go-template/execute.ts";
import { type DefinedTemplate, parseTemplate } from "../go-template/parser.ts";
import { printValue } from "../go-template/printf.ts";
import { GoStruct, type Value } from "../go-template/value.ts";
import { defaultTemplates } from "./default-templates.ts";
import { notificationData } from "./notification-data.ts";
import { notificationFunctions, SAFE_HTML } from "./notification-functions.ts";

/** Templates of receivers: what Alertmanager brings along, and what the user's files define. */
export interface NotificationTemplates {
  /** @throws TemplateParseError */
  check(text: string): void;
  /** @throws TemplateParseError, TemplateExecutionError */
  expand(text: string, body: WebhookBody): string;
  /** As `expand`, for HTML: what is printed is escaped, unless `safeHtml` made it. */
  expandHtml(text: string, body: WebhookBody): string;
}

/** Reads the texts of template files; a definition in a later one takes the place of an earlier one. @throws TemplateParseError */
export function notificationTemplates(files: readonly string[] = [], clock: Clock = wallClock): NotificationTemplates {
  const own = notificationFunctions(clock);
  const functions = { has: (name: string) => builtins.has(name) || own.has(name) };
  let defined: ReadonlyMap<string, DefinedTemplate> = new Map();
  for (const [i, text] of [defaultTemplates, ...files].entries()) {
    defined = new Map([...defined, ...parseTemplate(`file ${i}`, text, functions).templates]);
  }
  const expand = (text: string, body: WebhookBody, options: ExecuteOptions) =>
    text.includes("{{") ? executeTemplate(parse(text), notificationData(body), own, options) : text;
  const parse = (text: string) => parseTemplate("", text, functions, defined);
  return {
    check: (text) => void parse(text),
    expand: (text, body) => expand(text, body, {}),
    expandHtml: (text, body) => expand(text, body, { print: printHtml }),
  };
}

const escapes: Readonly<Record<string, string>> = {
  "\0": "\ufffd",
  '"': "&#34;",
  "&": "&amp;",
  "'": "&#39;",
  "+": "&#43;",
  "<": "&lt;",
  ">": "&gt;",
};

/** As Go's html/template prints into text. */
function printHtml(value: Value): string {
  if (value === null) return "";
  const text = printValue(value);
  return value instanceof GoStruct && value.type === SAFE_HTML
    ? text
    : text.replace(/[\0"&'+<>]/g, (char) => escapes[char]!);
}
