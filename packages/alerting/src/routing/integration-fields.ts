import { parseDuration } from "@telltale/promql";
import { readBoolean, type YamlValue } from "../yaml-reader.ts";

/** What the readers of all integrations have in common. */
export type Fields = ReadonlyMap<string, YamlValue>;

export type Texts = Readonly<Record<string, string>>;

/** What every integration says. */
export interface CommonFields {
  /** Its place among those of its kind. */
  readonly index: number;
  readonly sendResolved: boolean;
  /** For one attempt; 0 for no limit of its own. */
  readonly timeoutMs: number;
  /** What goes into the header `authorization`. */
  readonly authorization: string | undefined;
  /** Whether it is told where it says that it has moved to. */
  readonly followRedirects: boolean;
}

/** What every integration says that is told by a POST of HTTP. */
export interface AddressedFields extends CommonFields {
  readonly url: string;
}

/** Of `http_config`, what there is here. */
export const httpConfigFields: readonly string[] = ["authorization", "basic_auth", "follow_redirects", "enable_http2"];

export const common: readonly string[] = ["send_resolved", "timeout", "http_config"];

export function readCommon(
  fields: Fields,
  { index, sendResolved, global }: { readonly index: number; readonly sendResolved: boolean; readonly global: Fields },
): CommonFields {
  return {
    index,
    sendResolved: fields.get("send_resolved")?.read(readBoolean) ?? sendResolved,
    timeoutMs: fields.get("timeout")?.read(parseDuration) ?? 0,
    // One of its own takes the place of all of the other.
    ...readHttpConfig(fields.get("http_config") ?? global.get("http_config")),
  };
}

/** Templates by their names, with what stands for those that are not given. */
export function texts(fields: Fields, defaults: Texts): Texts {
  return Object.fromEntries(Object.entries(defaults).map(([name, text]) => [name, fields.get(name)?.text() ?? text]));
}

/** A template that comes along. */
export function standard(name: string): string {
  return `{{ template "${name}" . }}`;
}

export function address(parent: YamlValue, value: YamlValue | undefined, missing: string): string {
  const url = value?.text() ?? "";
  if (url === "") parent.problem(missing);
  else if (!URL.canParse(url) || !/^https?:/.test(url)) {
    value!.problem("it is no address of http or https; give one, such as https://alerts.example.org/hook");
  }
  return url;
}

function readHttpConfig(value: YamlValue | undefined): Pick<CommonFields, "authorization" | "followRedirects"> {
  const fields = value?.fields(httpConfigFields);
  const followRedirects = fields?.get("follow_redirects")?.read(readBoolean) ?? true;
  // HTTP/1.1 is spoken whatever it says.
  fields?.get("enable_http2")?.read(readBoolean);
  return { authorization: readAuthorization(value, fields), followRedirects };
}

function readAuthorization(value: YamlValue | undefined, fields: Fields | undefined): string | undefined {
  const token = fields?.get("authorization")?.fields(["type", "credentials"]);
  const basic = fields?.get("basic_auth")?.fields(["username", "password"]);
  if (token !== undefined && basic !== undefined) {
    value!.problem("at most one of basic_auth & authorization must be configured");
  }
  const part = (of: Fields, name: string, otherwise: string) => of.get(name)?.text() ?? otherwise;
  if (token?.get("type")?.text()?.toLowerCase() === "basic") {
    value!.problem('authorization type cannot be set to "basic", use "basic_auth" instead');
  }
  if (token !== undefined) return `${part(token, "type", "Bearer")} ${part(token, "credentials", "")}`;
  if (basic === undefined) return undefined;
  const pair = `${part(basic, "username", "")}:${part(basic, "password", "")}`;
  return `Basic ${Buffer.from(pair).toString("base64")}`;
}
