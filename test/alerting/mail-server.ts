/** A real server of SMTP that keeps what it accepts, and answers as it is told. */
import { EventEmitter, once } from "node:events";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { SMTPServer, type SMTPServerOptions, type SMTPServerSession } from "smtp-server";

export interface Mail {
  readonly sender: string;
  readonly recipients: readonly string[];
  readonly source: Buffer;
  readonly user: string | undefined;
  readonly secure: boolean;
  /** What the client called itself. */
  readonly hello: string;
}

/** What is done with a mail that is there in full. */
export type MailAnswer =
  | "accept"
  /** Kept, but nobody is told. */
  | "drop reply"
  | "hang after accepting"
  | "reset"
  | "hang"
  /** A code of SMTP. */
  | number;

export class MailServer extends EventEmitter {
  readonly mails: Mail[] = [];
  /** Of the next mails; then comes what `answer` says. */
  readonly answers: MailAnswer[] = [];
  answer: () => MailAnswer = () => "accept";
  /** Codes that addresses are refused with, the first one first. */
  readonly refusals = new Map<string, number[]>();
  /** How many mails were there in full. */
  attempts = 0;
  connections = 0;
  readonly #server: SMTPServer;

  /** `me` may come in with `s3cret`; who says nothing may too. */
  constructor(options: SMTPServerOptions = {}) {
    super();
    this.#server = new SMTPServer({
      authOptional: true,
      logger: false,
      disableReverseLookup: true,
      closeTimeout: 100,
      onConnect: (_, done) => {
        this.connections++;
        done();
      },
      onAuth: ({ username, password }, _, done) => {
        if (username === "me" && password === "s3cret") done(null, { user: "me" });
        else done(refusal(535));
      },
      onRcptTo: ({ address }, _, done) => {
        const code = this.refusals.get(address)?.shift();
        done(code === undefined ? null : refusal(code));
      },
      onData: async (stream, session, done) => {
        const source = await buffer(stream).catch(() => undefined);
        // Who sent it is gone in the middle of it.
        if (source === undefined) return;
        this.attempts++;
        const answer = this.answers.shift() ?? this.answer();
        const isKept = answer === "accept" || answer === "drop reply" || answer === "hang after accepting";
        if (isKept) this.mails.push(mailOf(session, source));
        if (answer === "accept") done();
        else if (typeof answer === "number") done(refusal(answer));
        else if (answer === "reset" || answer === "drop reply") this.#cut(session);
        this.emit("change");
      },
      ...options,
    });
    // A client that breaks off is what some tests are about.
    this.#server.on("error", () => {});
  }

  async listen(): Promise<number> {
    const server = this.#server.listen(0, "127.0.0.1");
    if (!server.listening) await once(server, "listening");
    return (server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.close(resolve));
  }

  #cut({ id }: SMTPServerSession): void {
    for (const connection of this.#server.connections) if (connection.id === id) connection._socket.destroy();
  }
}

function mailOf(session: SMTPServerSession, source: Buffer): Mail {
  const { mailFrom, rcptTo } = session.envelope;
  return {
    sender: mailFrom === false ? "" : mailFrom.address,
    recipients: rcptTo.map(({ address }) => address),
    source,
    user: session.user as string | undefined,
    secure: session.secure,
    hello: String(session.hostNameAppearsAs),
  };
}

function refusal(code: number): Error {
  return Object.assign(new Error(`no, with ${code}`), { responseCode: code });
}
