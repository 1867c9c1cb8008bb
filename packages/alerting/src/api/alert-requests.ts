import { goQuote } from "@telltale/promql";
import { RE2JS } from "re2js";
import type { Notifier } from "../delivery/notifier.ts";
import { compareBytes } from "../go-template/value.ts";
import { type AlertMatcher, matchesAll, parseAlertMatchers } from "../routing/alert-matcher.ts";
import type { AlertStatus } from "../routing/alert-status.ts";
import { fingerprint, type IncomingAlert } from "../routing/held-alerts.ts";
import { type ApiAnswer, malformed, refused } from "./api-answer.ts";
import { listOf, objectOf, parseBody, required, textOf, textsOf, timeOf, WRONG_TYPE } from "./json-body.ts";

/** Takes alerts in. Those that are in order are taken although others are not. @throws ApiError */
export function postAlerts(notifier: Notifier, body: string, nowMs: number): ApiAnswer {
  // Who says no end means that.
  const endMs = nowMs + notifier.config.resolveTimeoutMs;
  const posted = listOf(parseBody(body, "alerts"), "alerts").map(readAlert);
  const faults = posted.map((alert) => faultOf(alert, endMs));
  notifier.receive(posted.filter((_, i) => faults[i] === undefined));
  const told = faults.filter((one) => one !== undefined);
  if (told.length > 0) throw refused(400, told.join("; "));
  return { status: 200 };
}

/** @throws ApiError */
export function getAlerts({ dispatcher }: Notifier, query: URLSearchParams, nowMs: number): ApiAnswer {
  const wanted = alertFilter(query);
  const alerts = dispatcher.alerts(nowMs);
  const shown = alerts.filter((alert) => wanted(alert, alert.receivers));
  return { status: 200, body: shown.map((alert) => shownAlert(alert, alerts)).sort(byFingerprint) };
}

/** @throws ApiError */
export function getAlertGroups({ dispatcher }: Notifier, query: URLSearchParams, nowMs: number): ApiAnswer {
  const wanted = alertFilter(query);
  const alerts = dispatcher.alerts(nowMs);
  const isReceiver = receiverFilter(query.getAll("receiver").at(-1));
  const isMutedShown = flag(query, "muted");
  const shown = dispatcher.groups(nowMs).filter(({ mutedBy }) => isMutedShown || mutedBy.length === 0);
  const groups = shown.map(({ receiver, labels, alerts: members, mutedBy }) => ({
    alerts: members
      .filter((alert) => wanted(alert, [receiver]))
      .map((alert) => ({ ...alert, receivers: alert.receivers.filter(isReceiver) }))
      .map((alert) => shownAlert(alert, alerts, mutedBy)),
    labels,
    receiver: { name: receiver },
  }));
  const order = ({ labels, receiver }: (typeof groups)[number]) => JSON.stringify([labels, receiver.name]);
  return {
    status: 200,
    body: groups.filter((group) => group.alerts.length > 0).sort((a, b) => compareBytes(order(a), order(b))),
  };
}

/** The conditions that `filter` has, all of which have to hold. @throws ApiError */
export function filterOf(query: URLSearchParams): readonly AlertMatcher[] {
  try {
    return query.getAll("filter").map(oneMatcher);
  } catch (error) {
    throw refused(400, (error as Error).message);
  }
}

/** As Alertmanager: each is one condition, without braces. @throws Error */
function oneMatcher(text: string): AlertMatcher {
  if (/^\{|\}$/.test(text)) throw new Error(`unexpected open or close brace: ${text}`);
  const [one, ...others] = parseAlertMatchers(text);
  if (one === undefined || others.length > 0) throw new Error(`bad matcher format: ${text}; give one matcher a filter`);
  return one;
}

interface PostedAlert extends IncomingAlert {
  readonly given: Readonly<Record<string, string>>;
}

function readAlert(value: unknown, index: number): PostedAlert {
  const fields = objectOf(value, String(index));
  if (fields["labels"] === undefined) throw required(`${index}.labels`);
  const given = textsOf(fields["labels"], `${index}.labels`);
  const startsAtMs = timeOf(fields, "startsAt", { path: `${index}.startsAt` });
  const endsAtMs = timeOf(fields, "endsAt", { path: `${index}.endsAt` });
  return {
    given,
    labels: Object.fromEntries(Object.entries(given).filter(([, text]) => text !== "")),
    annotations: textsOf(fields["annotations"], `${index}.annotations`, { otherwise: {} }),
    generatorUrl: addressOf(fields, "generatorURL", `${index}.generatorURL`),
    ...(startsAtMs === undefined ? {} : { startsAtMs }),
    ...(endsAtMs === undefined ? {} : { endsAtMs }),
  };
}

/** As Go's url.ParseRequestURI: absolute, or a path. @throws ApiError */
function addressOf(fields: Readonly<Record<string, unknown>>, name: string, path: string): string {
  const text = textOf(fields, name, { path, otherwise: "" });
  if (text === "" || URL.canParse(text) || (text.startsWith("/") && URL.canParse(text, "http://here"))) return text;
  throw malformed(422, `${path} in body must be of type uri: ${JSON.stringify(text)}`, { code: WRONG_TYPE });
}

function faultOf(
  { labels, annotations = {}, startsAtMs, endsAtMs }: PostedAlert,
  otherwiseEndMs: number,
): string | undefined {
  if (startsAtMs !== undefined && (endsAtMs ?? otherwiseEndMs) < startsAtMs)
    return "start time must be before end time";
  if (Object.keys(labels).length === 0) return "at least one label pair required";
  if (Object.hasOwn(labels, "")) return `invalid label set: invalid name ${goQuote("")}`;
  return Object.hasOwn(annotations, "") ? `invalid annotations: invalid name ${goQuote("")}` : undefined;
}

function alertFilter(query: URLSearchParams): (alert: AlertStatus, receivers: readonly string[]) => boolean {
  const matchers = filterOf(query);
  const [active, silenced, inhibited] = ["active", "silenced", "inhibited"].map((name) => flag(query, name));
  // Nothing is unprocessed here: an alert has its state as soon as it was taken.
  flag(query, "unprocessed");
  const isReceiver = receiverFilter(query.getAll("receiver").at(-1));
  return ({ state, silencedBy, inhibitedBy, labels }, receivers) =>
    state !== "resolved" &&
    (active! || state !== "active") &&
    (silenced! || silencedBy.length === 0) &&
    (inhibited! || inhibitedBy.length === 0) &&
    matchesAll(matchers, labels) &&
    receivers.some(isReceiver);
}

function flag(query: URLSearchParams, name: string): boolean {
  // The last one counts, and nothing means what no word means.
  const text = query.getAll(name).at(-1) || "true";
  if (/^(?:1|t|true|y|yes|on|ok|enabled|checked|selected)$/i.test(text)) return true;
  if (/^(?:0|f|false|n|no|off)$/i.test(text)) return false;
  throw malformed(422, `${name} in query must be of type boolean: ${JSON.stringify(text)}`, { code: WRONG_TYPE });
}

function receiverFilter(text: string | undefined): (name: string) => boolean {
  if (text === undefined || text === "") return () => true;
  try {
    const pattern = RE2JS.compile(text);
    return (name) => pattern.matches(name);
  } catch (error) {
    throw refused(400, `failed to parse receiver param: ${(error as Error).message}`);
  }
}

interface ShownAlert {
  readonly fingerprint: string;
}

/** Only a group can be muted: another one may tell of the same alert. */
function shownAlert(alert: AlertStatus, all: readonly AlertStatus[], mutedBy: readonly string[] = []): ShownAlert {
  const { annotations, endsAtMs, startsAtMs, updatedAtMs, labels, generatorUrl, state } = alert;
  const sources = all.filter(({ key }) => alert.inhibitedBy.includes(key));
  return {
    annotations,
    endsAt: new Date(endsAtMs).toISOString(),
    fingerprint: fingerprint(labels),
    receivers: alert.receivers.map((name) => ({ name })),
    startsAt: new Date(startsAtMs).toISOString(),
    status: {
      inhibitedBy: sources.map((source) => fingerprint(source.labels)),
      silencedBy: alert.silencedBy,
      mutedBy,
      state: mutedBy.length > 0 ? "suppressed" : state,
    },
    updatedAt: new Date(updatedAtMs).toISOString(),
    ...(generatorUrl === "" ? {} : { generatorURL: generatorUrl }),
    labels,
  } as ShownAlert;
}

function byFingerprint(a: ShownAlert, b: ShownAlert): number {
  return a.fingerprint < b.fingerprint ? -1 : 1;
}
