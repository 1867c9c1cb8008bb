import { parseDuration } from "@telltale/promql";
import { didYouMean } from "../near-name.ts";
import { type AlertMatcher, parseAlertMatchers } from "../routing/alert-matcher.ts";
import { readInteger, type YamlValue } from "../yaml-reader.ts";

/** What the readers of all definitions in telltale.alerting.yaml have in common. */
export type Fields = ReadonlyMap<string, YamlValue>;

/** What a definition may name. */
export interface Surroundings {
  /** Of alertmanager.yml; undefined when nobody knows them. */
  readonly receivers: readonly string[] | undefined;
}

/** The conditions that an alert has to meet; none are met by every alert. */
export function readMatchers(fields: Fields): readonly AlertMatcher[] {
  return (fields.get("matchers")?.items() ?? []).flatMap((item) => item.read(readMatcher) ?? []);
}

/** A whole number that is not below the least one. */
export function readCount(
  fields: Fields,
  name: string,
  { least, otherwise }: { readonly least: number; readonly otherwise: number },
): number {
  const value = fields.get(name);
  const count = value?.read(readInteger);
  if (count !== undefined && count < least) value!.problem(`${name} is ${count}; give a whole number from ${least} on`);
  return count ?? otherwise;
}

/** A duration in milliseconds; 0 is a fault unless it is allowed. */
export function readDuration(
  fields: Fields,
  name: string,
  { otherwise, zero = false }: { readonly otherwise: number; readonly zero?: boolean },
): number {
  const value = fields.get(name);
  if (value === undefined || value.isNull()) return otherwise;
  const durationMs = value.read((text) => readable(text, () => parseDuration(text)));
  if (durationMs === 0 && !zero) value.problem(`${name} is 0; give a duration such as 5m`);
  return durationMs ?? otherwise;
}

/** A text that has to be there. */
export function required(parent: YamlValue, fields: Fields, name: string, example: string): string {
  const text = fields.get(name)?.text() ?? "";
  if (text === "") (fields.get(name) ?? parent).problem(`${name} is missing; give one, such as ${example}`);
  return text;
}

/** The name of a receiver of alertmanager.yml. */
export function readReceiverName(value: YamlValue, { receivers }: Surroundings): string {
  const name = value.text() ?? "";
  if (name === "") value.problem("name a receiver of alertmanager.yml");
  else if (receivers?.length === 0) {
    value.problem(`nobody says who "${name}" is; give an alertmanager.yml (alerting.receivers) that has this receiver`);
  } else if (receivers !== undefined && !receivers.includes(name)) {
    value.problem(`alertmanager.yml has no receiver "${name}"${didYouMean(name, receivers)}`);
  }
  return name;
}

/** One of a few words. */
export function readChoice<T extends string>(
  fields: Fields,
  name: string,
  { choices, otherwise }: { readonly choices: readonly T[]; readonly otherwise: T },
): T {
  const value = fields.get(name);
  const text = value?.text();
  if (value === undefined || text === undefined) return otherwise;
  const choice = choices.find((one) => one === text);
  if (choice === undefined) {
    value.problem(`${name} is "${text}"; give one of ${choices.join(", ")}${didYouMean(text, choices)}`);
  }
  return choice ?? otherwise;
}

/** @throws Error */
function readMatcher(text: string): readonly AlertMatcher[] {
  try {
    return parseAlertMatchers(text);
  } catch (error) {
    throw new Error(`${(error as Error).message}; give one as in alertmanager.yml, such as severity="critical"`);
  }
}

function readable<T>(text: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new Error(`expected a duration such as 5m or 1h30m, got "${text}": ${(error as Error).message}`);
  }
}
