import type { WebhookBody } from "../delivery/webhook-body.ts";
import { compareBytes, GoMap, GoSlice, GoStruct, type Methods, type Value } from "../go-template/value.ts";
import { goTime, ZERO_TIME_MS } from "../template/go-time.ts";

type Texts = Readonly<Record<string, string>>;

/** What templates of receivers see of a notification: Alertmanager's template.Data. */
export function notificationData(body: WebhookBody): GoStruct {
  return new GoStruct("template.Data", {
    Receiver: body.receiver,
    Status: body.status,
    Alerts: alertList(body.alerts.map(alert)),
    GroupLabels: pairsByName(body.groupLabels),
    CommonLabels: pairsByName(body.commonLabels),
    CommonAnnotations: pairsByName(body.commonAnnotations),
    ExternalURL: body.externalURL,
  });
}

function alert(one: WebhookBody["alerts"][number]): GoStruct {
  const ends = one.status === "resolved" ? Date.parse(one.endsAt) : ZERO_TIME_MS;
  return new GoStruct("template.Alert", {
    Status: one.status,
    Labels: pairsByName(one.labels),
    Annotations: pairsByName(one.annotations),
    StartsAt: goTime(Date.parse(one.startsAt)),
    EndsAt: goTime(ends),
    GeneratorURL: one.generatorURL,
    Fingerprint: one.fingerprint,
  });
}

function alertList(alerts: readonly GoStruct[]): GoSlice {
  const ofStatus = (status: string) => ({
    parameters: [],
    call: () => alertList(alerts.filter((one) => one.fields.get("Status") === status)),
  });
  return new GoSlice("template.Alerts", alerts, { Firing: ofStatus("firing"), Resolved: ofStatus("resolved") });
}

/** Alertmanager's template.KV. */
function pairsByName(record: Texts): GoMap {
  const names = sortedNames(record);
  const methods: Methods = {
    SortedPairs: { parameters: [], call: () => pairList(names, record) },
    String: { parameters: [], call: () => pairText(names, record) },
    Names: { parameters: [], call: () => strings(names) },
    Values: { parameters: [], call: () => strings(names.map((name) => record[name]!)) },
    Remove: {
      parameters: ["[]string"],
      call: (removed) => {
        const gone = (removed as GoSlice | null)?.items ?? [];
        return pairsByName(Object.fromEntries(Object.entries(record).filter(([name]) => !gone.includes(name))));
      },
    },
  };
  return new GoMap("template.KV", new Map<string, Value>(Object.entries(record)), "", methods);
}

/** The name of the alert comes first. */
function sortedNames(record: Texts): readonly string[] {
  const names = Object.keys(record).sort(compareBytes);
  return names.includes("alertname") ? ["alertname", ...names.filter((name) => name !== "alertname")] : names;
}

function pairList(names: readonly string[], record: Texts): GoSlice {
  const pairs = names.map((name) => new GoStruct("template.Pair", { Name: name, Value: record[name]! }));
  return new GoSlice("template.Pairs", pairs, {
    Names: { parameters: [], call: () => strings(names) },
    Values: { parameters: [], call: () => strings(names.map((name) => record[name]!)) },
    String: { parameters: [], call: () => pairText(names, record) },
  });
}

function pairText(names: readonly string[], record: Texts): string {
  return names.map((name) => `${name}=${record[name]!}`).join(", ");
}

function strings(items: readonly string[]): GoSlice {
  return new GoSlice("[]string", items);
}
