import { dirname, resolve } from "node:path";
import { readBoolean, type YamlValue } from "../yaml-reader.ts";
import { type CommonFields, common, type Fields, readCommon, standard, type Texts } from "./integration-fields.ts";

export interface EmailIntegration extends CommonFields {
  readonly kind: "email";
  /** Addresses with commas between them; a template, as `from` is. */
  readonly to: string;
  readonly from: string;
  readonly host: string;
  readonly port: number;
  /** What the client calls itself. */
  readonly hello: string;
  readonly credentials: EmailCredentials;
  /** Nothing is sent in the clear. */
  readonly requireTls: boolean;
  readonly tls: EmailTls;
  /** Templates, by the names of headers as they are written. */
  readonly headers: Texts;
  readonly html: string;
  readonly text: string;
  /** Mails of one group are one conversation: of a day, or for ever. */
  readonly threading: "none" | "daily" | "forever";
}

export interface EmailCredentials {
  /** Empty for none. */
  readonly username: string;
  readonly password: string;
  /** Where the password is, when it is in a file. */
  readonly passwordFile: string;
  /** For CRAM-MD5. */
  readonly secret: string;
  /** Whose rights are wanted, when they are not the user's. */
  readonly identity: string;
}

/** Files are read at each connection, so that new certificates need no restart. */
export interface EmailTls {
  readonly ca: string;
  readonly caFile: string;
  readonly cert: string;
  readonly certFile: string;
  readonly key: string;
  readonly keyFile: string;
  /** Empty for the host's own. */
  readonly serverName: string;
  readonly verify: boolean;
  readonly minVersion: "TLSv1" | "TLSv1.1" | "TLSv1.2" | "TLSv1.3" | undefined;
}

const own: readonly string[] = [
  ...["to", "from", "smarthost", "hello", "auth_username", "auth_password", "auth_password_file", "auth_secret"],
  ...["auth_identity", "require_tls", "tls_config", "headers", "html", "text", "threading"],
];

/** Reads an item of `email_configs`. `path` is the file's, from where files that it names are looked for. */
export function readEmail(
  value: YamlValue,
  { index, global, path }: { readonly index: number; readonly global: Fields; readonly path: string },
): EmailIntegration {
  const fields = value.fields([...common.filter((name) => name === "send_resolved"), ...own]);
  const either = (name: string, globalName: string) => fields.get(name) ?? global.get(globalName);
  const text = (name: string, globalName = `smtp_${name}`) => either(name, globalName)?.text() ?? "";
  const file = (name: string) => fileAt(text(name), path);
  const [to, from] = [text("to"), text("from")];
  if (to === "") value.problem("missing to address in email config");
  if (from === "") value.problem("no global SMTP from set");
  return {
    kind: "email",
    ...readCommon(fields, { index, sendResolved: false, global }),
    to,
    from,
    ...readSmarthost(value, either("smarthost", "smtp_smarthost")),
    hello: text("hello") || "localhost",
    credentials: {
      username: text("auth_username"),
      // The own one, whatever way it is given, goes before that of all.
      password: fields.has("auth_password_file") ? "" : text("auth_password"),
      passwordFile: fields.has("auth_password") ? "" : file("auth_password_file"),
      secret: text("auth_secret"),
      identity: text("auth_identity"),
    },
    requireTls: either("require_tls", "smtp_require_tls")?.read(readBoolean) ?? true,
    tls: readTls(either("tls_config", "smtp_tls_config"), path),
    headers: readHeaders(fields.get("headers")),
    html: fields.get("html") === undefined ? standard("email.default.html") : text("html", ""),
    text: fields.get("text")?.text() ?? "",
    threading: readThreading(fields.get("threading")),
  };
}

function readSmarthost(
  parent: YamlValue,
  value: YamlValue | undefined,
): { readonly host: string; readonly port: number } {
  const text = value?.text() ?? "";
  if (text === "") {
    parent.problem("no global SMTP smarthost set");
    return { host: "", port: 0 };
  }
  const [, host = "", port = ""] = /^(.*):([^:\]]*)$/.exec(text) ?? [];
  const plain = host.replace(/^\[(.*)\]$/, "$1");
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535 || plain === "") {
    value!.problem(`it is no host with a port: "${text}"; give one, such as mail.example.org:587`);
  }
  return { host: plain, port: Number(port) };
}

function readTls(value: YamlValue | undefined, path: string): EmailTls {
  const files = ["ca_file", "cert_file", "key_file"];
  const fields = value?.fields([...files, "ca", "cert", "key", "server_name", "insecure_skip_verify", "min_version"]);
  const text = (name: string) => fields?.get(name)?.text() ?? "";
  for (const name of ["ca", "cert", "key"]) {
    if (text(name) !== "" && text(`${name}_file`) !== "") value!.problem(`at most one of ${name} and ${name}_file`);
  }
  const has = (name: string) => text(name) !== "" || text(`${name}_file`) !== "";
  if (has("cert") !== has("key")) value!.problem("a client certificate is a cert and its key; give both, or none");
  return {
    ca: text("ca"),
    caFile: fileAt(text("ca_file"), path),
    cert: text("cert"),
    certFile: fileAt(text("cert_file"), path),
    key: text("key"),
    keyFile: fileAt(text("key_file"), path),
    serverName: text("server_name"),
    verify: !(fields?.get("insecure_skip_verify")?.read(readBoolean) ?? false),
    minVersion: fields?.get("min_version")?.read(readVersion),
  };
}

function readVersion(text: string): EmailTls["minVersion"] {
  switch (text) {
    case "TLS10":
      return "TLSv1";
    case "TLS11":
      return "TLSv1.1";
    case "TLS12":
      return "TLSv1.2";
    case "TLS13":
      return "TLSv1.3";
    default:
      throw new Error(`unknown TLS version: "${text}"; give TLS10, TLS11, TLS12 or TLS13`);
  }
}

function readHeaders(value: YamlValue | undefined): Texts {
  const seen = new Set<string>();
  const fields = value?.fields() ?? new Map<string, YamlValue>();
  for (const [name, field] of fields) {
    const known = name.toLowerCase();
    if (seen.has(known)) field.problem(`duplicate header "${name}" in email config`);
    // What RFC 5322 lets the name of a header have.
    if (!/^[!-9;-~]+$/.test(name)) field.problem(`"${name}" is no name of a header`);
    seen.add(known);
  }
  return Object.fromEntries([...fields].map(([name, field]) => [name, field.text() ?? ""]));
}

function readThreading(value: YamlValue | undefined): EmailIntegration["threading"] {
  const fields = value?.fields(["enabled", "thread_by_date"]);
  const isEnabled = fields?.get("enabled")?.read(readBoolean) ?? false;
  const isDaily =
    fields?.get("thread_by_date")?.read((text) => {
      if (text === "daily" || text === "none") return text === "daily";
      throw new Error(`unknown thread_by_date: "${text}"; give daily or none`);
    }) ?? true;
  if (!isEnabled) return "none";
  return isDaily ? "daily" : "forever";
}

/** Alertmanager: a file's names start where the file is. */
function fileAt(file: string, path: string): string {
  return file === "" ? "" : resolve(dirname(path), file);
}
