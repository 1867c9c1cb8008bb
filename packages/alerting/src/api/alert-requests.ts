import { goQuote } from "@telltale/promql";
import { RE2JS } from "re2js";
import type { Notifier } from "../delivery/notifier.ts";
import { compareBytes } from "../go-template/value.ts";
import { type AlertMatcher, matchesAll, parseAlertMatchers } from "../routing/alert-matcher.ts";
import type { AlertStatus } from "../routing/alert-status.ts";
import { fingerprint, type IncomingAlert } from "../routing/held-alerts.ts";
import { type ApiAnswer, malformed, refused } from "./api-answer.ts";
import { listOf, objectOf, parseBody, required, textOf, textsOf, timeOf } from "./json-body.ts";

/** Takes alerts in. Those that are in order are taken although others are not. @throws ApiError */
export function postAlerts(notifier: Notifier, body: string): ApiAnswer {
  const posted = listOf(parseBody(body, "alerts"), "alerts").map(readAlert);
  const faults = posted.flatMap(faultOf);
  notifier.receive(posted.filter((alert) => faultOf(alert).length === 0));
  if (faults.length > 0) throw refused(400, faults.join("; "));
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
  const isReceiver = receiverFilter(query.get("receiver"));
  const groups = dispatcher.groups(nowMs).map(({ receiver, labels, alerts: members }) => ({
    alerts: members
      .filter((alert) => wanted(alert, [receiver]))
      .map((alert) => shownAlert({ ...alert, receivers: alert.receivers.filter(isReceiver) }, alerts)),
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
    return query.getAll("filter").flatMap(parseAlertMatchers);
  } catch (error) {
    throw refused(400, (error as Error).message);
  }
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
    generatorUrl: textOf(fields, "generatorURL", { path: `${index}.generatorURL`, otherwise: "" }),
    ...(startsAtMs === undefined ? {} : { startsAtMs }),
    ...(endsAtMs === undefined ? {} : { endsAtMs }),
  };
}

function faultOf({ labels, startsAtMs, endsAtMs }: PostedAlert): readonly string[] {
  if (startsAtMs !== undefined && endsAtMs !== undefined && endsAtMs < startsAtMs) {
    return ["start time must be before end time"];
  }
  if (Object.keys(labels).length === 0) return ["at least one label pair required"];
  return Object.hasOwn(labels, "") ? [`invalid label set: invalid name ${goQuote("")}`] : [];
}

function alertFilter(query: URLSearchParams): (alert: AlertStatus, receivers: readonly string[]) => boolean {
  const matchers = filterOf(query);
  const [active, silenced, inhibited] = ["active", "silenced", "inhibited"].map((name) => flag(query, name));
  // Nothing is unprocessed here: an alert has its state as soon as it was taken.
  flag(query, "unprocessed");
  const isReceiver = receiverFilter(query.get("receiver"));
  return ({ state, silencedBy, inhibitedBy, labels }, receivers) =>
    state !== "resolved" &&
    (active! || state !== "active") &&
    (silenced! || silencedBy.length === 0) &&
    (inhibited! || inhibitedBy.length === 0) &&
    matchesAll(matchers, labels) &&
    receivers.some(isReceiver);
}

function flag(query: URLSearchParams, name: string): boolean {
  const text = query.get(name) ?? "true";
  if (/^(?:1|t|true|y|yes|on|ok)$/i.test(text)) return true;
  if (/^(?:0|f|false|n|no|off)$/i.test(text)) return false;
  throw malformed(422, `${name} in query must be of type boolean: ${JSON.stringify(text)}`, { code: 601 });
}

function receiverFilter(text: string | null): (name: string) => boolean {
  if (text === null || text === "") return () => true;
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

function shownAlert(alert: AlertStatus, all: readonly AlertStatus[]): ShownAlert {
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
      mutedBy: [],
      state,
    },
    updatedAt: new Date(updatedAtMs).toISOString(),
    ...(generatorUrl === "" ? {} : { generatorURL: generatorUrl }),
    labels,
  } as ShownAlert;
}

function byFingerprint(a: ShownAlert, b: ShownAlert): number {
  return a.fingerprint < b.fingerprint ? -1 : 1;
}
