import type { YamlValue } from "../yaml-reader.ts";
import {
  type AddressedFields,
  address,
  common,
  type Fields,
  readCommon,
  standard,
  type Texts,
  texts,
} from "./integration-fields.ts";

export interface PagerdutyIntegration extends AddressedFields {
  readonly kind: "pagerduty";
  readonly routingKey: string;
  readonly texts: Texts;
  readonly details: Texts;
  /** By `src`, `alt` and `href`. */
  readonly images: readonly Texts[];
  /** By `href` and `text`. */
  readonly links: readonly Texts[];
}

const pagerdutyTexts: Texts = {
  description: standard("pagerduty.default.description"),
  client: standard("pagerduty.default.client"),
  client_url: standard("pagerduty.default.clientURL"),
  source: "",
  severity: "error",
  class: "",
  component: "",
  group: "",
};

const pagerdutyDetails: Texts = {
  firing: '{{ template "pagerduty.default.instances" .Alerts.Firing }}',
  resolved: '{{ template "pagerduty.default.instances" .Alerts.Resolved }}',
  num_firing: "{{ .Alerts.Firing | len }}",
  num_resolved: "{{ .Alerts.Resolved | len }}",
};

/** Reads an item of `pagerduty_configs`; faults are problems of the document. */
export function readPagerduty(value: YamlValue, index: number, global: Fields): PagerdutyIntegration {
  const own = ["routing_key", "url", "details", "images", "links"];
  const fields = value.fields([...common, ...own, ...Object.keys(pagerdutyTexts)]);
  const routingKey = fields.get("routing_key")?.text() ?? "";
  if (routingKey === "") value.problem("missing routing_key in PagerDuty config; keys of services are not supported");
  const given = fields.get("url") ?? global.get("pagerduty_url");
  const read = texts(fields, pagerdutyTexts);
  return {
    kind: "pagerduty",
    ...readCommon(fields, { index, sendResolved: true, global }),
    url:
      given === undefined ? "https://events.pagerduty.com/v2/enqueue" : address(value, given, "no PagerDuty URL set"),
    routingKey,
    texts: read["source"] === "" ? { ...read, source: read["client"]! } : read,
    details: { ...pagerdutyDetails, ...fields.get("details")?.record() },
    images: readRecords(fields.get("images"), { src: "", alt: "", href: "" }),
    links: readRecords(fields.get("links"), { href: "", text: "" }),
  };
}

function readRecords(value: YamlValue | undefined, empty: Texts): readonly Texts[] {
  return (value?.items() ?? []).map((item) => texts(item.fields(Object.keys(empty)), empty));
}
