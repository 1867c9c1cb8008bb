import { createHash } from "node:crypto";
import type { NotificationTemplates } from "../notification-template/notification-template.ts";
import type { Notification } from "../routing/dispatcher.ts";
import type { EmailIntegration } from "../routing/email-integration.ts";
import { webhookBody } from "./webhook-body.ts";

/** A mail as nodemailer composes it, and who gets it. */
export interface EmailMessage {
  readonly sender: string;
  readonly recipients: readonly string[];
  /** With all headers. */
  readonly source: Buffer;
}

type AddressParser = typeof import("nodemailer/lib/addressparser").default;

/** @throws Error when a template fails, or an address is none */
export async function emailMessage(
  notification: Notification,
  integration: EmailIntegration,
  options: { readonly externalUrl: string; readonly templates: NotificationTemplates; readonly nowMs: number },
): Promise<EmailMessage> {
  // Loaded here only: who is told otherwise needs no mails.
  const [{ default: MailComposer }, { default: addressParser }] = await Promise.all([
    import("nodemailer/lib/mail-composer"),
    import("nodemailer/lib/addressparser"),
  ]);
  const { templates, nowMs } = options;
  const body = webhookBody(notification, options);
  const expand = (text: string) => templates.expand(text, body);
  const [to, from] = [expand(integration.to), expand(integration.from)];
  const senders = addressesOf(addressParser, from);
  if (senders.length !== 1) throw badAddress("from", from, "exactly one address");
  const recipients = addressesOf(addressParser, to);
  if (recipients.length === 0) throw badAddress("to", to, "addresses with commas between them");
  const given = Object.entries(integration.headers).map(([name, text]) => [name, expand(text)] as const);
  const headers = new Map([
    ...Object.entries({
      Subject: expand('{{ template "email.default.subject" . }}'),
      To: to,
      From: from,
      "Message-ID": messageId(notification, senders[0]!),
      ...threadHeaders(notification, integration, nowMs),
    }),
  ]);
  for (const [name, text] of given) {
    // Names of headers are the same in whatever letters they are written.
    const known = [...headers.keys()].find((one) => one.toLowerCase() === name.toLowerCase());
    headers.set(known ?? name, text);
  }
  const take = (name: string): string => {
    const text = headers.get(name) ?? "";
    headers.delete(name);
    return text;
  };
  const composer = new MailComposer({
    from: take("From"),
    to: take("To"),
    subject: take("Subject"),
    messageId: take("Message-ID"),
    date: new Date(nowMs),
    headers: Object.fromEntries(headers),
    ...(integration.text === "" ? {} : { text: expand(integration.text) }),
    ...(integration.html === "" ? {} : { html: templates.expandHtml(integration.html, body) }),
    // Nothing of a template is fetched or read from the disk.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return { sender: senders[0]!, recipients, source: await composer.compile().build() };
}

function addressesOf(addressParser: AddressParser, text: string): readonly string[] {
  const addresses = addressParser(text, { flatten: true }).map(({ address }) => address);
  return addresses.some((address) => !/^[^\s@]+@[^\s@]+$/.test(address)) ? [] : addresses;
}

function badAddress(field: string, got: string, wanted: string): Error {
  const message = `the field "${field}" of the mail is ${JSON.stringify(got)}; it has to be ${wanted}`;
  return Object.assign(new Error(message), { code: "TELLTALE_BAD_MAIL_ADDRESS" });
}

/**
 * The same for a mail that is sent again because nobody knows whether it has arrived, so that mailboxes can tell; another one
 * when the group is told of again.
 */
function messageId(notification: Notification, sender: string): string {
  const { receiver, integration, groupKey, alerts, lastToldMs = 0 } = notification;
  const told = alerts.map(({ key, resolved, startsAtMs }) => [key, resolved, startsAtMs]);
  const id = hash(JSON.stringify([receiver, integration.index, groupKey, lastToldMs, told]));
  return `<${id.slice(0, 32)}@${sender.slice(sender.lastIndexOf("@") + 1)}>`;
}

/** Mails of one group answer a mail that nobody has ever seen: programs show them as one conversation. As Alertmanager does it. */
function threadHeaders(
  { groupKey }: Notification,
  { threading }: EmailIntegration,
  nowMs: number,
): Readonly<Record<string, string>> {
  if (threading === "none") return {};
  const day = threading === "daily" ? new Date(nowMs).toISOString().slice(0, 10) : "";
  const root = `<alert-${hash(groupKey).slice(0, 16)}-${day}@alertmanager>`;
  return { References: root, "In-Reply-To": root };
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
