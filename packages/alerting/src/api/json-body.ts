/** Reads what is posted: each field by the type that the API wants, with the path of what is wrong. */
import { malformed } from "./api-answer.ts";

/** go-openapi's codes of what is wrong. */
export const WRONG_TYPE = 601;
const REQUIRED = 602;
const TOO_FEW = 612;

type Fields = Readonly<Record<string, unknown>>;

/** @throws ApiError */
export function parseBody(text: string, name: string): unknown {
  if (text.trim() === "") throw required(name);
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw malformed(400, `parsing ${name} body failed: ${(error as Error).message}`);
  }
}

/** @throws ApiError */
export function objectOf(value: unknown, path: string): Fields {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
  throw wrongType(path, "object", value);
}

/** @throws ApiError */
export function listOf(value: unknown, path: string, { least = 0 } = {}): readonly unknown[] {
  if (!Array.isArray(value))
    throw (value ?? undefined) === undefined ? required(path) : wrongType(path, "array", value);
  if (value.length >= least) return value;
  throw malformed(422, `${path} in body should have at least ${least} items`, { code: TOO_FEW });
}

/** A text; one that has to be there without `otherwise`. @throws ApiError */
export function textOf(fields: Fields, name: string, { path = name, otherwise }: Reading<string> = {}): string {
  const value = fields[name] ?? otherwise;
  if (typeof value === "string") return value;
  throw value === undefined ? required(path) : wrongType(path, "string", value);
}

/** @throws ApiError */
export function flagOf(fields: Fields, name: string, { path = name, otherwise }: Reading<boolean> = {}): boolean {
  const value = fields[name] ?? otherwise;
  if (typeof value === "boolean") return value;
  throw value === undefined ? required(path) : wrongType(path, "boolean", value);
}

/** A time of RFC 3339 in milliseconds; undefined for Go's zero time and for none. @throws ApiError */
export function timeOf(fields: Fields, name: string, { path = name }: Reading<number> = {}): number | undefined {
  const value = fields[name] ?? undefined;
  if (value === undefined || value === "") return undefined;
  const timeMs = typeof value === "string" ? parsedTime(value) : Number.NaN;
  if (Number.isNaN(timeMs)) throw wrongType(path, "date-time, such as 2026-01-31T12:00:00Z", value);
  return timeMs <= YEAR_1_MS ? undefined : timeMs;
}

/** Texts by their names. @throws ApiError */
export function textsOf(
  value: unknown,
  path: string,
  { otherwise }: Reading<Fields> = {},
): Readonly<Record<string, string>> {
  const given = value ?? otherwise;
  if (given === undefined) throw required(path);
  const fields = objectOf(given, path);
  for (const name of Object.keys(fields)) textOf(fields, name, { path: `${path}.${name}` });
  return fields as Readonly<Record<string, string>>;
}

export function required(path: string): Error {
  return malformed(422, `${path} in body is required`, { code: REQUIRED });
}

interface Reading<T> {
  readonly path?: string;
  readonly otherwise?: T;
}

/** Go's zero time, with room for whatever zone it is written in. */
const YEAR_1_MS = Date.parse("0001-01-02T00:00:00Z");

/** A day alone, and a time without a zone, are those of UTC, as in Alertmanager. NaN for what there never was. */
function parsedTime(text: string): number {
  const [, day, time = "00:00", seconds = "", zone = "Z"] =
    /^(\d{4}-\d\d-\d\d)(?:[T ]([01]\d:[0-5]\d|2[0-3]:[0-5]\d)(:\d\d(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/.exec(text) ?? [];
  // Date.parse() takes 30 February for 1 March.
  if (day === undefined || new Date(Date.parse(day)).getUTCDate() !== Number(day.slice(-2))) return Number.NaN;
  return Date.parse(`${day}T${time}${seconds}${zone.replace(/^(.\d\d)(\d\d)$/, "$1:$2")}`);
}

/** As Alertmanager, whose decoder of JSON refuses it before anybody looks at the form. */
function wrongType(path: string, wanted: string, value: unknown): Error {
  return malformed(400, `${path} in body must be of type ${wanted}: ${JSON.stringify(value)}`);
}
