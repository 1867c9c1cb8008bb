import { readFileSync } from "node:fs";
import type SmtpConnection from "nodemailer/lib/smtp-connection";
import type { SMTPConnectionCustomAuthHandler, SMTPConnectionSendInfo } from "nodemailer/lib/smtp-connection";
import type { Notification } from "../routing/dispatcher.ts";
import type { EmailIntegration, EmailTls } from "../routing/email-integration.ts";
import type { Attempt, AttemptOptions } from "./attempt.ts";
import { type EmailMessage, emailMessage } from "./email-message.ts";

/** Of notifications that are tried again, because some of their addresses are to be: those that have the mail. */
const accepted = new WeakMap<Notification, ReadonlySet<string>>();

/** How much of an answer is in a reason. */
const REASON_LENGTH = 512;

/** How long a server is waited for after the end. */
const CLOSE_TIMEOUT_MS = 1_000;

/** Sends a notification as a mail once. It never throws; no password is in a reason. */
export async function sendEmail(
  notification: Notification,
  integration: EmailIntegration,
  options: AttemptOptions,
): Promise<Attempt> {
  let message: EmailMessage;
  try {
    message = await emailMessage(notification, integration, options);
  } catch (error) {
    return { outcome: "refused", reason: (error as Error).message };
  }
  const where = `${integration.host}:${integration.port}`;
  const known = accepted.get(notification) ?? new Set();
  const recipients = message.recipients.filter((address) => !known.has(address));
  const mail: Mail = { integration, message: { ...message, recipients }, signal: options.signal, isSent: false };
  let connection: SmtpConnection | undefined;
  try {
    connection = await open(integration);
    const sent = await send(connection, mail);
    accepted.set(notification, new Set([...known, ...sent.accepted]));
    connection.quit();
    return attemptOf(where, sent.rejectedErrors ?? []);
  } catch (error) {
    connection?.close();
    const { rejectedErrors } = error as Refusal;
    const isUnheard = mail.isSent && (error as Refusal).responseCode === undefined;
    return attemptOf(where, rejectedErrors ?? [error as Refusal], { isNobodyTold: known.size === 0, isUnheard });
  }
}

/** What nodemailer says of what went wrong. */
interface Refusal extends Error {
  readonly code?: string | undefined;
  /** Of SMTP; not there when the connection failed. */
  readonly responseCode?: number | undefined;
  readonly response?: string | undefined;
  /** One for each address, where none was accepted. */
  readonly rejectedErrors?: readonly Refusal[] | undefined;
}

/** Codes of SMTP from 500 on are for good, what the configuration lacks too; everything else may pass. */
function attemptOf(
  where: string,
  refusals: readonly Refusal[],
  { isNobodyTold = false, isUnheard = false } = {},
): Attempt {
  if (refusals.length === 0) return { outcome: "accepted" };
  const reason = `${where}: ${refusals.map(({ response, message }) => response ?? message).join("; ")}`.slice(
    0,
    REASON_LENGTH,
  );
  const isForGood = ({ responseCode = 0, code }: Refusal) => responseCode >= 500 || code === BAD_SETTING;
  if (!refusals.every(isForGood)) return { outcome: "retry", reason, isUnheard: isUnheard || !isNobodyTold };
  return { outcome: isNobodyTold ? "refused" : "accepted", reason };
}

const BAD_SETTING = "TELLTALE_BAD_MAIL_SETTING";

async function open(integration: EmailIntegration): Promise<SmtpConnection> {
  const { default: Connection } = await import("nodemailer/lib/smtp-connection");
  const { host, port, hello, requireTls, tls, credentials } = integration;
  // Alertmanager: 465 is the port of those who speak TLS from the start.
  const secure = port === 465;
  const { identity } = credentials;
  return new Connection({
    host,
    port,
    name: hello,
    secure,
    ...(requireTls ? { requireTLS: true } : { ignoreTLS: true }),
    tls: tlsOptions(tls),
    socketCloseTimeout: CLOSE_TIMEOUT_MS,
    // A server on this machine is one, too.
    allowInternalNetworkInterfaces: true,
    ...(identity === "" ? {} : { customAuth: { PLAIN: plainWithIdentity(identity) } }),
  });
}

function tlsOptions(tls: EmailTls) {
  const text = (given: string, file: string) => (file === "" ? given : readFileSync(file, "utf8"));
  const optional = Object.entries({
    ca: text(tls.ca, tls.caFile),
    cert: text(tls.cert, tls.certFile),
    key: text(tls.key, tls.keyFile),
    servername: tls.serverName,
    minVersion: tls.minVersion ?? "",
  });
  return { rejectUnauthorized: tls.verify, ...Object.fromEntries(optional.filter(([, value]) => value !== "")) };
}

interface Mail {
  readonly integration: EmailIntegration;
  readonly message: EmailMessage;
  readonly signal: AbortSignal;
  /** Whether the server may have all of it. */
  isSent: boolean;
}

/** Everything from the connection to the last answer, unless the signal ends it. */
async function send(connection: SmtpConnection, mail: Mail): Promise<SMTPConnectionSendInfo> {
  const { signal } = mail;
  let abort: () => void = () => {};
  const broken = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
    // It stays there: an error that comes later belongs to nobody.
    connection.on("error", reject);
    connection.once("end", () => reject(new Error("the connection was closed before the mail was accepted")));
    signal.addEventListener("abort", abort);
    if (signal.aborted) abort();
  });
  try {
    return await Promise.race([broken, deliver(connection, mail)]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

async function deliver(connection: SmtpConnection, mail: Mail): Promise<SMTPConnectionSendInfo> {
  const { integration, message } = mail;
  await settled((done) => connection.connect(done));
  const { username, password, passwordFile, secret } = integration.credentials;
  if (username !== "" && connection.allowsAuth) {
    checkEncrypted(connection, integration);
    const pass = secret !== "" ? secret : passwordFile === "" ? password : readFileSync(passwordFile, "utf8").trim();
    const method = secret === "" ? {} : { method: "CRAM-MD5" };
    await settled((done) => connection.login({ user: username, pass, ...method }, done));
  }
  const { sender, recipients, source } = message;
  const envelope = { from: sender, to: [...recipients], size: source.length };
  mail.isSent = true;
  return await settled((done) => connection.send(envelope, source, done));
}

function settled<T>(call: (done: (error?: Error | null, value?: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    call((error, value) => (error ? reject(error) : resolve(value as T)));
  });
}

/** As Go's smtp.PlainAuth: no password goes over a network in the clear. */
function checkEncrypted({ secure }: SmtpConnection, { host, credentials }: EmailIntegration): void {
  if (secure || credentials.secret !== "" || /^(?:localhost|127(?:\.\d+){3}|::1)$/.test(host)) return;
  const message = "no password is sent over an unencrypted connection; set require_tls to true";
  throw Object.assign(new Error(message), { code: BAD_SETTING });
}

/** AUTH PLAIN of RFC 4616 with an identity, which nodemailer leaves out. */
function plainWithIdentity(identity: string): SMTPConnectionCustomAuthHandler {
  return async ({ auth, sendCommand, reject }) => {
    const { user = "", pass = "" } = auth;
    const token = Buffer.from(`${identity}\0${user}\0${pass}`).toString("base64");
    const { status, response } = await sendCommand(`AUTH PLAIN ${token}`);
    if (status !== 235) reject(response);
  };
}
