/** Mails to a real server of SMTP, which takes them, refuses them, hangs and breaks off. */
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DispatcherState, type Notifier, parseAlertmanagerConfig, startNotifier } from "@telltale/alerting";
import PostalMime, { type Email } from "postal-mime";
import type { SMTPServerOptions } from "smtp-server";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { absentServers } from "../e2e/server-program.ts";
import { MailServer } from "./mail-server.ts";
import { ManualClock } from "./manual-clock.ts";
import { alertmanagerWith, EXTERNAL_URL } from "./real-alertmanager.ts";

const HOUR = 3_600_000;
const folder = mkdtempSync(join(tmpdir(), "mail-"));
const hasOpenssl = spawnSync("openssl", ["version"]).error === undefined;
const opened: { stop(): Promise<void> }[] = [];

beforeAll(() => {
  if (hasOpenssl) certificate();
});
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.stop();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface DeskOptions {
  /** Fields of the receiver besides addresses and server. */
  readonly email?: string;
  readonly server?: SMTPServerOptions;
  readonly host?: string;
  readonly to?: string;
  readonly templates?: readonly string[];
  readonly state?: DispatcherState;
  readonly mailServer?: MailServer;
}

/** A server, and a notifier that tells it of everything. Unless the test says so, nothing is encrypted. */
async function desk(options: DeskOptions = {}) {
  const { email = "require_tls: false", host = "127.0.0.1", to = "desk@example.org", templates = [] } = options;
  const server = options.mailServer ?? new MailServer({ disabledCommands: ["STARTTLS"], ...options.server });
  const port = await server.listen();
  if (options.mailServer === undefined) opened.push({ stop: () => server.close() });
  const clock = new ManualClock();
  server.on("change", () => clock.emit("change"));
  const failures: string[] = [];
  let state: DispatcherState | undefined;
  const config = parseAlertmanagerConfig(
    `global: { smtp_smarthost: '${host}:${port}', smtp_from: 'Alerts <alerts@example.org>' }
route: { receiver: desk, group_by: [alertname], group_wait: 0s, group_interval: 5m, repeat_interval: 4h }
receivers: [{ name: desk, email_configs: [{ to: '${to}', send_resolved: true, ${email} }] }]`,
    { path: join(folder, "alertmanager.yml") },
  );
  const notifier: Notifier = startNotifier({
    config,
    clock,
    templates,
    externalUrl: "http://here:9093",
    ...(options.state === undefined ? {} : { state: options.state }),
    onState(next) {
      state = next;
      clock.emit("change");
    },
    onFailure(_, reason) {
      failures.push(reason);
      clock.emit("change");
    },
  });
  opened.push(notifier);
  return {
    clock,
    server,
    failures,
    notifier,
    state: () => state!,
    mails: server.mails,
    /** Not what was only sent. */
    told: () => (state?.notificationLog ?? []).filter(({ timeMs }) => timeMs > 0).length,
    send: (labels: Record<string, string> = {}, annotations: Record<string, string> = {}) =>
      notifier.receive([
        {
          labels: { alertname: "Down", venue: "a", ...labels },
          annotations,
          startsAtMs: clock.now() - 1_000,
          endsAtMs: clock.now() + 100 * HOUR,
          generatorUrl: "http://source/graph?a=b&c=d",
        },
      ]),
  };
}

const read = async ({ source }: { readonly source: Buffer }): Promise<Email> => await PostalMime.parse(source);
const headerOf = (mail: Email, name: string): string | undefined =>
  mail.headers.find(({ key }) => key === name.toLowerCase())?.value;

describe("a mail", () => {
  test("says who is told of what, and reads well without any template of the user's", async () => {
    const { clock, mails, send, told } = await desk({ to: "One <one@example.org>, two@example.org" });
    send(
      { severity: "page" },
      { summary: 'gone <for> good & "all"', runbook_url: "https://books/1", odd: "javascript:x" },
    );
    await clock.until(() => told() === 1);
    expect(mails).toMatchObject([
      { sender: "alerts@example.org", recipients: ["one@example.org", "two@example.org"], hello: "localhost" },
    ]);
    const mail = await read(mails[0]!);
    expect(mail.subject).toBe("[FIRING:1] Down (page a)");
    expect(mail.from).toEqual({ name: "Alerts", address: "alerts@example.org" });
    expect(mail.to?.map(({ address }) => address)).toEqual(["one@example.org", "two@example.org"]);
    expect(mail.date).toBe("2024-01-01T00:00:00.000Z");
    expect(mail.messageId).toMatch(/^<[0-9a-f]{32}@example\.org>$/);
    expect(mail.html).toContain("gone &lt;for&gt; good &amp; &#34;all&#34;");
    expect(mail.html).toContain('<a href="https://books/1"');
    expect(mail.html).toContain('<a href="http://source/graph?a=b&amp;c=d"');
    expect(mail.html).not.toContain('href="javascript:');
    expect(mail.text).toBeUndefined();
  });

  test("has the headers, the text and the HTML that the file says, and no other headers by what is in an alert", async () => {
    const { clock, mails, send, told } = await desk({
      email: `require_tls: false, hello: desk.example.org, from: 'desk+{{ .GroupLabels.alertname }}@example.org',
        html: '<b>{{ .CommonAnnotations.summary }}</b>', text: 'ü {{ .CommonLabels.venue }}',
        headers: { subject: '{{ .CommonAnnotations.summary }}', X-Venue: '{{ .CommonLabels.venue }}', Reply-To: ops@example.org }`,
    });
    send({ venue: "å" }, { summary: "gone\r\nBcc: everybody@example.org\n\n<i>" });
    await clock.until(() => told() === 1);
    const mail = await read(mails[0]!);
    expect(mails[0]).toMatchObject({ hello: "desk.example.org", sender: "desk+Down@example.org" });
    expect(mail.subject).toMatch(/^gone\s+Bcc: everybody@example.org\s+<i>$/);
    expect(mail.bcc).toBeUndefined();
    expect(mail.replyTo).toMatchObject([{ address: "ops@example.org" }]);
    expect(mail.headers.filter(({ key }) => key === "subject")).toHaveLength(1);
    expect(headerOf(mail, "x-venue")).toContain("=?UTF-8?");
    expect(mail.text?.trim()).toBe("ü å");
    expect(mail.html?.trim()).toBe("<b>gone\r\nBcc: everybody@example.org\n\n&lt;i&gt;</b>".replaceAll("\r\n", "\n"));
  });

  test("looks as a template of the user's files says, by the names that Alertmanager has for it", async () => {
    const { clock, mails, send, told } = await desk({
      templates: [
        '{{ define "email.default.html" }}<p>{{ .Status }}</p>{{ end }}{{ define "email.default.subject" }}!{{ end }}',
      ],
    });
    send();
    await clock.until(() => told() === 1);
    expect(await read(mails[0]!)).toMatchObject({ subject: "!", html: expect.stringContaining("<p>firing</p>") });
  });

  test("belongs to the others of its group where threads are wanted", async () => {
    const { clock, mails, send, told } = await desk({ email: "require_tls: false, threading: { enabled: true }" });
    send();
    await clock.until(() => told() === 1);
    send({ venue: "b" });
    clock.pass(HOUR);
    await clock.until(() => mails.length === 2);
    const [first, second] = await Promise.all(mails.map(read));
    expect(first!.inReplyTo).toMatch(/^<alert-[0-9a-f]{16}-2024-01-01@alertmanager>$/);
    expect(second).toMatchObject({ inReplyTo: first!.inReplyTo, references: first!.inReplyTo });
    expect(second!.messageId).not.toBe(first!.messageId);
  });
});

describe.skipIf(!hasOpenssl)(
  `a server that wants to know who is there${hasOpenssl ? "" : " (skipped: no openssl)"}`,
  () => {
    const encrypted = (): SMTPServerOptions => ({ ...key(), disabledCommands: [], authOptional: false });
    const trusting = "tls_config: { ca_file: mail.crt, server_name: localhost }";
    const user = "auth_username: me, auth_password: s3cret";

    test.each([["PLAIN"], ["LOGIN"]])("by %s is told over STARTTLS", async (method) => {
      const server = { ...encrypted(), authMethods: [method] };
      const { clock, mails, send, told } = await desk({ server, email: `${trusting}, ${user}` });
      send();
      await clock.until(() => told() === 1);
      expect(mails).toMatchObject([{ user: "me", secure: true }]);
    });

    test("with an identity, and a password from a file that is beside alertmanager.yml", async () => {
      writeFileSync(join(folder, "password"), "s3cret\n");
      const email = `${trusting}, auth_username: me, auth_identity: me, auth_password_file: password`;
      const { clock, mails, send, told } = await desk({ server: { ...encrypted(), authMethods: ["PLAIN"] }, email });
      send();
      await clock.until(() => told() === 1);
      expect(mails[0]!.user).toBe("me");
    });

    test.each([["PLAIN"], ["LOGIN"]])(
      "and hears a wrong password by %s is not asked again before the group is due",
      async (method) => {
        const email = `${trusting}, auth_username: me, auth_password: wr0ng`;
        const { clock, failures, send, server, told } = await desk({
          server: { ...encrypted(), authMethods: [method] },
          email,
        });
        send();
        await clock.until(() => failures.length === 1);
        expect(failures[0]).toMatch(/^127\.0\.0\.1:\d+: 535 /);
        expect(failures[0]).not.toContain("wr0ng");
        expect([server.connections, told()]).toEqual([1, 0]);
      },
    );

    test("is told nothing when nobody knows its certificate, unless nobody minds", async () => {
      const stranger = await desk({ server: encrypted(), email: user });
      stranger.send();
      await stranger.clock.until(() => stranger.clock.waits(500));
      expect(stranger.mails).toEqual([]);
      const careless = await desk({
        server: encrypted(),
        email: `${user}, tls_config: { insecure_skip_verify: true }`,
      });
      careless.send();
      await careless.clock.until(() => careless.told() === 1);
      expect(careless.mails).toMatchObject([{ secure: true }]);
    });
  },
);

test("nothing goes in the clear where require_tls is not false, and a password over a network never", async () => {
  const plain = await desk({ email: "text: x" });
  plain.send();
  await plain.clock.until(() => plain.failures.length === 1);
  expect(plain.failures[0]).toMatch(/50\d /);
  expect(plain.server.attempts).toBe(0);
  const authenticated = await desk({
    // An address of this machine that is not loopback's.
    host: "0.0.0.0",
    server: { allowInsecureAuth: true },
    email: "require_tls: false, auth_username: me, auth_password: s3cret",
  });
  authenticated.send();
  await authenticated.clock.until(() => authenticated.failures.length === 1);
  expect(authenticated.failures[0]).toContain(
    "no password is sent over an unencrypted connection; set require_tls to true",
  );
  expect(authenticated.server.attempts).toBe(0);
});

describe("a server that refuses", () => {
  test.each([[550], [554]])("with %i is not asked again before the group is due", async (code) => {
    const { clock, failures, send, server, told } = await desk();
    server.answers.push(code);
    send();
    await clock.until(() => failures.length === 1);
    expect(failures[0]).toContain(`${code} no, with ${code}`);
    clock.pass(5 * 60_000);
    await clock.until(() => told() === 1);
    expect([server.attempts, server.mails.length]).toEqual([2, 1]);
  });

  test.each([[451], [421]])("with %i is asked again after a pause, and has one mail in the end", async (code) => {
    const { clock, failures, send, server, told } = await desk();
    server.answers.push(code, code);
    send();
    await clock.until(() => clock.waits(500));
    clock.pass(500);
    await clock.until(() => clock.waits(1_000));
    clock.pass(1_000);
    await clock.until(() => told() === 1);
    expect([server.attempts, server.mails.length, failures]).toEqual([3, 1, []]);
  });

  test("one address for good tells the others once, and says so", async () => {
    const { clock, failures, mails, send, server, told } = await desk({ to: "gone@example.org, here@example.org" });
    server.refusals.set("gone@example.org", [550]);
    send();
    await clock.until(() => told() === 1 && failures.length === 1);
    expect(mails.map(({ recipients }) => recipients)).toEqual([["here@example.org"]]);
    expect(failures[0]).toContain("550 no, with 550");
  });

  test("one address for now is asked again for that one alone", async () => {
    const { clock, failures, mails, send, server, told } = await desk({ to: "slow@example.org, here@example.org" });
    server.refusals.set("slow@example.org", [450]);
    send();
    await clock.until(() => clock.waits(500));
    clock.pass(500);
    await clock.until(() => told() === 1);
    expect(mails.map(({ recipients }) => recipients)).toEqual([["here@example.org"], ["slow@example.org"]]);
    expect(failures).toEqual([]);
  });

  test("an address that is none is told by what it is", async () => {
    const { clock, failures, send, server } = await desk({ to: "{{ .CommonLabels.nobody }}" });
    send();
    await clock.until(() => failures.length === 1);
    expect(failures[0]).toBe('the field "to" of the mail is ""; it has to be addresses with commas between them');
    expect(server.connections).toBe(0);
  });
});

describe("a server that is lost sight of", () => {
  test("because it hangs is asked again after 30 s", async () => {
    const { clock, send, server, told } = await desk();
    server.answers.push("hang");
    send();
    await clock.until(() => server.attempts === 1);
    clock.pass(30_000);
    await clock.until(() => clock.waits(500));
    clock.pass(500);
    await clock.until(() => told() === 1);
    expect([server.attempts, server.mails.length]).toEqual([2, 1]);
  });

  test("because it breaks off before it accepts has one mail", async () => {
    const { clock, send, server, told } = await desk();
    server.answers.push("reset");
    send();
    await clock.until(() => clock.waits(500));
    clock.pass(500);
    await clock.until(() => told() === 1);
    expect([server.attempts, server.mails.length]).toEqual([2, 1]);
  });

  test("because its answer is lost has the mail again under the same Message-ID, and the next one under another", async () => {
    const first = await desk();
    first.server.answers.push("drop reply", "drop reply");
    first.send();
    await first.clock.until(() => first.clock.waits(500));
    first.clock.pass(500);
    await first.clock.until(() => first.clock.waits(1_000));
    await first.notifier.stop();
    // Another process goes on.
    const second = await desk({ state: first.state() });
    await second.clock.until(() => second.told() === 1);
    second.clock.pass(5 * HOUR);
    await second.clock.until(() => second.mails.length === 2);
    const ids = (await Promise.all([...first.mails, ...second.mails].map(read))).map(({ messageId }) => messageId);
    expect(ids.slice(0, 3)).toEqual(new Array(3).fill(ids[0]));
    expect(ids[3]).not.toBe(ids[0]);
  });
});

const absent = absentServers("alertmanager");

describe.skipIf(absent)(`the real Alertmanager${absent ? ` (skipped: ${absent})` : ""}`, () => {
  const alert = {
    labels: { alertname: "Down", venue: 'n\u00fc "y" <z>', severity: "page" },
    annotations: { summary: "gone & for <good>" },
    // Later than anybody is told: what is older than the wait of its group is told at once, alone.
    startsAtMs: Date.now() + HOUR,
    endsAtMs: Date.now() + 2 * HOUR,
    generatorUrl: "http://source/graph?a=b&c=d",
  };
  const config = (port: number) => `
global: { smtp_smarthost: '127.0.0.1:${port}', smtp_from: 'Alerts <alerts@example.org>', smtp_require_tls: false, smtp_hello: desk }
route: { receiver: desk, group_by: [alertname], group_wait: 0s }
receivers:
  - name: desk
    email_configs:
      - to: 'One <one@example.org>, {{ .CommonLabels.severity }}@example.org'
        headers: { x-venue: '{{ .GroupLabels.alertname }}', Reply-To: 'ops@example.org' }
        text: '{{ range .Alerts }}{{ .Labels.venue }} {{ .Annotations.summary }}{{ end }} {{ .ExternalURL }}'
        html: '<p title="{{ .CommonLabels.severity }}">{{ .CommonAnnotations.summary }} {{ .CommonLabels.venue }}</p>'
`;
  const comparable = async (server: MailServer) => {
    const [mail] = server.mails;
    const { subject, from, to, replyTo, html, text, ...read } = await PostalMime.parse(mail!.source);
    const { sender, recipients, hello } = mail!;
    const venue = headerOf({ ...read, subject } as Email, "x-venue");
    const texts = [html, text].map((one) => one?.trim());
    return { sender, recipients, hello, subject, from, to, replyTo, venue, texts };
  };

  test("sends the same mail", async () => {
    const [own, theirs] = [new MailServer(), new MailServer()];
    opened.push({ stop: () => own.close() }, { stop: () => theirs.close() });
    await using _ = await alertmanagerWith(config(await theirs.listen()), [alert]);
    const notifier = startNotifier({
      config: parseAlertmanagerConfig(config(await own.listen())),
      externalUrl: EXTERNAL_URL,
    });
    opened.push(notifier);
    notifier.receive([alert]);
    for (const server of [own, theirs]) while (server.mails.length === 0) await once(server, "change");
    expect(await comparable(own)).toEqual(await comparable(theirs));
  });
});

test("a file that cannot be used says what is wrong with its mails, and where", () => {
  const problems = (email: string): string => {
    const text = `route: { receiver: a }\nreceivers:\n  - name: a\n    email_configs:\n      - ${email}\n`;
    try {
      parseAlertmanagerConfig(text);
      return "";
    } catch (error) {
      return (error as Error).message;
    }
  };
  expect(problems("{ to: a@b }")).toContain("5:9: no global SMTP from set");
  expect(problems("{ to: a@b, from: b@b }")).toContain("5:9: no global SMTP smarthost set");
  expect(problems("{ from: b@b, smarthost: 'h:25' }")).toContain("missing to address in email config");
  expect(problems("{ to: a@b, from: b@b, smarthost: h }")).toContain('it is no host with a port: "h"');
  expect(problems("{ to: a@b, from: b@b, smarthost: 'h:25', headers: { a: x, A: y } }")).toContain("duplicate header");
  expect(problems("{ to: a@b, from: b@b, smarthost: 'h:25', tls_config: { min_version: 1 } }")).toContain(
    "unknown TLS version",
  );
  expect(problems("{ to: a@b, from: b@b, smarthost: '[::1]:25' }")).toBe("");
});

/** For localhost, signed by itself. */
function certificate(): void {
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "mail.key"];
  const names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
  const { status, stderr } = spawnSync(
    "openssl",
    ["req", "-x509", ...curve, ...names, "-days", "2", "-out", "mail.crt"],
    {
      cwd: folder,
      encoding: "utf8",
    },
  );
  if (status !== 0) throw new Error(stderr);
}

function key(): { readonly cert: Buffer; readonly key: Buffer } {
  return { cert: readFileSync(join(folder, "mail.crt")), key: readFileSync(join(folder, "mail.key")) };
}
