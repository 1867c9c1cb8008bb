import { goQuote, parseDuration } from "@telltale/promql";
import { readBoolean, readYaml, type YamlProblem, type YamlValue } from "../yaml-reader.ts";
import { type AlertMatcher, alertMatcher, parseAlertMatchers, sortMatchers } from "./alert-matcher.ts";
import { httpConfigFields } from "./integration-fields.ts";
import { type ReceiverDefinition, readReceiver } from "./receiver-definition.ts";
import { buildRoute, type Route, type RouteDefinition } from "./route.ts";
import { type NamedTimeInterval, readTimeInterval } from "./time-interval.ts";

/** An alertmanager.yml: who is told of what, when, and of what not. */
export interface AlertmanagerConfig {
  readonly route: Route;
  readonly receivers: readonly ReceiverDefinition[];
  readonly inhibitRules: readonly InhibitRule[];
  readonly timeIntervals: readonly NamedTimeInterval[];
  /** Patterns of the files that have templates of the user's; a relative one starts at the folder of this file. */
  readonly templates: readonly string[];
  /** How long an alert fires that says no end. */
  readonly resolveTimeoutMs: number;
  /** The file as it was read, with its secrets. */
  readonly text: string;
}

/** While an alert that matches the source fires, those that match the target and are equal in these labels are not told. */
export interface InhibitRule {
  readonly source: readonly AlertMatcher[];
  readonly target: readonly AlertMatcher[];
  readonly equal: readonly string[];
}

/** An alertmanager.yml that cannot be used; its message has a line for each fault. */
export class AlertmanagerConfigError extends Error {
  override readonly name = "AlertmanagerConfigError";
  readonly code = "TELLTALE_BAD_ALERTMANAGER_CONFIG";
  readonly problems: readonly YamlProblem[];

  constructor(path: string, problems: readonly YamlProblem[]) {
    super(problems.map(({ line, column, message }) => `${path}: ${line}:${column}: ${message}`).join("\n"));
    this.problems = problems;
  }
}

const topLevel = [
  ...["global", "route", "inhibit_rules", "receivers", "templates"],
  ...["mute_time_intervals", "time_intervals", "tracing"],
];

/** Those of receivers that nobody here delivers too, up to Alertmanager 0.31. */
const globalFields = [
  ...["resolve_timeout", "http_config", "jira_api_url", "webex_api_url"],
  ...["from", "hello", "smarthost", "require_tls", "tls_config", "force_implicit_tls"].map((name) => `smtp_${name}`),
  ...["username", "password", "password_file", "secret", "secret_file", "identity"].map((name) => `smtp_auth_${name}`),
  ...["slack_api_url", "slack_api_url_file", "slack_app_token", "slack_app_token_file", "slack_app_url"],
  ...["pagerduty_url", "opsgenie_api_url", "opsgenie_api_key", "opsgenie_api_key_file"],
  ...["wechat_api_url", "wechat_api_secret", "wechat_api_secret_file", "wechat_api_corp_id"],
  ...["victorops_api_url", "victorops_api_key", "victorops_api_key_file"],
  ...["telegram_api_url", "telegram_bot_token", "telegram_bot_token_file"],
  ...["api_url", "token", "token_file", "token_id", "token_id_file"].map((name) => `rocketchat_${name}`),
  ...["mattermost_webhook_url", "mattermost_webhook_url_file"],
];

/**
 * Reads an alertmanager.yml and checks it: the routing tree, inhibition, time intervals and receivers.
 * @throws AlertmanagerConfigError with all faults
 */
export function parseAlertmanagerConfig(
  text: string,
  { path = "alertmanager.yml" }: { readonly path?: string } = {},
): AlertmanagerConfig {
  const { root, problems } = readYaml(text);
  const fields = root?.fields(topLevel) ?? new Map<string, YamlValue>();
  const global = fields.get("global")?.fields(globalFields) ?? new Map<string, YamlValue>();
  const httpConfig = global.get("http_config")?.fields() ?? new Map<string, YamlValue>();
  const isHttpConfigKnown = [...httpConfig.keys()].every((name) => httpConfigFields.includes(name));
  const forReceivers = isHttpConfigKnown ? global : new Map([...global].filter(([name]) => name !== "http_config"));
  const receivers = namesOf(fields.get("receivers"), "notification config name", (receiver) =>
    readReceiver(receiver, { global: forReceivers, path }),
  );
  const intervals = ["mute_time_intervals", "time_intervals"].flatMap((name) => fields.get(name)?.items() ?? []);
  const timeIntervals = unique(intervals, "time interval", readTimeInterval);
  const known = { receivers: names(receivers), timeIntervals: names(timeIntervals) };
  const route = fields.get("route");
  if (route === undefined || route.isNull()) {
    if (problems.length === 0) problems.push({ line: 1, column: 1, message: "no routes provided" });
    throw new AlertmanagerConfigError(path, problems);
  }
  const definition = readRoute(route, known);
  checkRoot(route, definition);
  const config = {
    route: buildRoute(definition),
    receivers: isHttpConfigKnown ? receivers : receivers.map(undeliverableByHttp),
    inhibitRules: fields.get("inhibit_rules")?.items().map(readInhibitRule) ?? [],
    timeIntervals,
    templates: (fields.get("templates")?.items() ?? []).flatMap((item) => item.text() ?? []),
    resolveTimeoutMs: global.get("resolve_timeout")?.read(parseDuration) ?? 5 * 60_000,
    text,
  };
  if (problems.length > 0) throw new AlertmanagerConfigError(path, problems);
  return config;
}

/** What all connections are to be like, and are not here, is nothing that one receiver says. */
function undeliverableByHttp(receiver: ReceiverDefinition): ReceiverDefinition {
  if (receiver.integrations.every(({ kind }) => kind === "email")) return receiver;
  return { ...receiver, undeliverable: [...receiver.undeliverable, "http_config of global"] };
}

interface Named {
  readonly name: string;
}

function names(list: readonly Named[]): ReadonlySet<string> {
  return new Set(list.map(({ name }) => name));
}

function namesOf<T extends Named>(
  value: YamlValue | undefined,
  what: string,
  read: (item: YamlValue) => T,
): readonly T[] {
  return unique(value?.items() ?? [], what, read);
}

function unique<T extends Named>(
  items: readonly YamlValue[],
  what: string,
  read: (item: YamlValue) => T,
): readonly T[] {
  const seen = new Set<string>();
  return items.map((item) => {
    const one = read(item);
    if (seen.has(one.name)) item.problem(`${what} ${goQuote(one.name)} is not unique`);
    seen.add(one.name);
    return one;
  });
}

interface Known {
  readonly receivers: ReadonlySet<string>;
  readonly timeIntervals: ReadonlySet<string>;
}

const routeFields = [
  ...["receiver", "group_by", "match", "match_re", "matchers", "mute_time_intervals", "active_time_intervals"],
  ...["continue", "routes", "group_wait", "group_interval", "repeat_interval"],
];

function readRoute(value: YamlValue, known: Known): RouteDefinition {
  const fields = value.fields(routeFields);
  const duration = (name: string) => fields.get(name)?.read(parseDuration);
  for (const name of ["group_interval", "repeat_interval"]) {
    if (duration(name) === 0) fields.get(name)!.problem(`${name} cannot be zero`);
  }
  const receiver = fields.get("receiver")?.text() || undefined;
  if (receiver !== undefined && !known.receivers.has(receiver)) {
    fields.get("receiver")!.problem(`undefined receiver ${goQuote(receiver)} used in route`);
  }
  return {
    receiver,
    matchers: readMatchers(fields, ""),
    continue: fields.get("continue")?.read(readBoolean) ?? false,
    groupBy: readGroupBy(fields.get("group_by")),
    groupWaitMs: duration("group_wait"),
    groupIntervalMs: duration("group_interval"),
    repeatIntervalMs: duration("repeat_interval"),
    muteTimeIntervals: readIntervalNames(fields.get("mute_time_intervals"), known),
    activeTimeIntervals: readIntervalNames(fields.get("active_time_intervals"), known),
    routes:
      fields
        .get("routes")
        ?.items()
        .map((route) => readRoute(route, known)) ?? [],
  };
}

function checkRoot(value: YamlValue, route: RouteDefinition): void {
  if (route.receiver === undefined) value.problem("root route must specify a default receiver");
  if (route.matchers.length > 0) value.problem("root route must not have any matchers");
  if (route.continue) value.problem("cannot have continue in root route");
  if (route.muteTimeIntervals.length > 0) value.problem("root route must not have any mute time intervals");
  if (route.activeTimeIntervals.length > 0) value.problem("root route must not have any active time intervals");
}

function readGroupBy(value: YamlValue | undefined): RouteDefinition["groupBy"] {
  if (value === undefined || value.isNull()) return undefined;
  const names = value.items().map((item) => item.text() ?? "");
  if (names.includes("...")) {
    if (names.every((name) => name === "...")) return "all";
    value.problem("cannot have wildcard group_by (`...`) and other labels at the same time");
  }
  for (const [i, name] of names.entries()) {
    if (name === "") value.problem('invalid label name "" in group_by list');
    if (names.indexOf(name) < i) value.problem(`duplicated label ${goQuote(name)} in group_by`);
  }
  return names;
}

function readIntervalNames(value: YamlValue | undefined, known: Known): readonly string[] {
  return (value?.items() ?? []).map((item) => {
    const name = item.text() ?? "";
    if (!known.timeIntervals.has(name)) item.problem(`undefined time interval ${goQuote(name)} used in route`);
    return name;
  });
}

/** `match`, `match_re` and `matchers`, with a prefix in inhibition rules. */
function readMatchers(fields: ReadonlyMap<string, YamlValue>, prefix: string): readonly AlertMatcher[] {
  const matchers: AlertMatcher[] = [];
  // The pattern is in the keys of groups as Alertmanager has it there, anchored.
  const deprecated = [
    { field: "match", matcher: (name: string, text: string) => alertMatcher(name, "=", text) },
    { field: "match_re", matcher: (name: string, text: string) => alertMatcher(name, "=~", `^(?:${text})$`) },
  ];
  for (const { field, matcher } of deprecated) {
    for (const [name, value] of fields.get(`${prefix}${field}`)?.fields() ?? []) {
      if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name)) value.problem(`invalid label name ${goQuote(name)}`);
      const read = value.isNull() ? matcher(name, "") : value.read((text) => matcher(name, text));
      if (read !== undefined) matchers.push(read);
    }
  }
  for (const item of fields.get(`${prefix}matchers`)?.items() ?? []) {
    matchers.push(...(item.isNull() ? [] : (item.read(parseAlertMatchers) ?? [])));
  }
  return sortMatchers(matchers);
}

function readInhibitRule(value: YamlValue): InhibitRule {
  const sides = ["source", "target"].flatMap((side) =>
    ["match", "match_re", "matchers"].map((name) => `${side}_${name}`),
  );
  const fields = value.fields(["name", "equal", ...sides]);
  return {
    source: readMatchers(fields, "source_"),
    target: readMatchers(fields, "target_"),
    equal: (fields.get("equal")?.items() ?? []).map(readEqual),
  };
}

function readEqual(value: YamlValue): string {
  const name = value.text() ?? "";
  if (name === "") value.problem('invalid label name "" in equal list');
  return name;
}
