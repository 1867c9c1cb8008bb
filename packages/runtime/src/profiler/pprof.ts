import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import type { Profile as PprofProfile } from "pprof-format";

const require = createRequire(import.meta.url);

/** A function in a call stack. */
export interface Frame {
  readonly name: string;
  readonly file: string;
  readonly line: number;
}

/** One stack, the innermost function first, with its values in the order of the profile's types. */
export interface StackSample {
  readonly stack: readonly Frame[];
  readonly values: readonly number[];
}

/** A profile as pprof knows it. */
export interface StackProfile {
  /** What the values are, such as `cpu` in `nanoseconds`. */
  readonly types: readonly { readonly type: string; readonly unit: string }[];
  readonly samples: readonly StackSample[];
  /** Unix time in milliseconds. */
  readonly startedAtMs: number;
  readonly durationMs: number;
  readonly period: { readonly type: string; readonly unit: string; readonly value: number };
  /** Labels of every sample, such as `trace_id`. */
  readonly labels: Readonly<Record<string, string>>;
}

/** Bytes that `go tool pprof`, Pyroscope and speedscope read: gzipped profile.proto. */
export async function encodePprof(profile: StackProfile): Promise<Buffer> {
  const { Function: PprofFunction, Line, Label, Location, Profile, Sample, StringTable, ValueType } = load();
  const strings = new StringTable();
  const text = (value: string): number => strings.dedup(value);
  const functions = new Map<string, InstanceType<typeof PprofFunction>>();
  const locations = new Map<string, InstanceType<typeof Location>>();
  const locationOf = ({ name, file, line }: Frame): number => {
    const key = `${name}\n${file}\n${line}`;
    let location = locations.get(key);
    if (location === undefined) {
      const id = functions.size + 1;
      functions.set(
        key,
        new PprofFunction({ id, name: text(name), systemName: text(name), filename: text(file), startLine: line }),
      );
      location = new Location({ id, line: [new Line({ functionId: id, line })] });
      locations.set(key, location);
    }
    return location.id as number;
  };
  const label = Object.entries(profile.labels).map(([key, value]) => new Label({ key: text(key), str: text(value) }));
  const sample = profile.samples.map(
    ({ stack, values }) => new Sample({ locationId: stack.map(locationOf), value: values.map(Math.round), label }),
  );
  const encoded = new Profile({
    sampleType: profile.types.map(({ type, unit }) => new ValueType({ type: text(type), unit: text(unit) })),
    sample,
    location: [...locations.values()],
    function: [...functions.values()],
    periodType: new ValueType({ type: text(profile.period.type), unit: text(profile.period.unit) }),
    period: profile.period.value,
    timeNanos: BigInt(Math.round(profile.startedAtMs)) * 1_000_000n,
    durationNanos: Math.round(profile.durationMs * 1e6),
    stringTable: strings,
  });
  return await promisify(gzip)(encoded.encode());
}

/**
 * Reads pprof, gzipped or not.
 * @throws Error with code TELLTALE_BAD_PROFILE
 */
export async function decodePprof(bytes: Uint8Array): Promise<StackProfile> {
  try {
    const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b;
    return readable(load().Profile.decode(isPacked ? await promisify(gunzip)(bytes) : bytes));
  } catch (error) {
    const message =
      "These bytes are no pprof profile; give a file that /debug/pprof/profile or captureCpuProfile() has written";
    throw Object.assign(new Error(message, { cause: error }), { code: "TELLTALE_BAD_PROFILE" });
  }
}

/** A script's URL as a path, and the frames that V8 makes up in words of their own. */
export function frameOf({
  functionName,
  url,
  lineNumber,
}: {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
}): Frame {
  return { name: functionName || "(anonymous)", file: pathOf(url), line: Math.max(0, lineNumber + 1) };
}

/** A script may have been given any name, also a URL that is no path here. */
function pathOf(url: string): string {
  try {
    return url.startsWith("file:") ? fileURLToPath(url) : url;
  } catch {
    return url;
  }
}

function load(): typeof import("pprof-format") {
  return require("pprof-format") as typeof import("pprof-format");
}

function readable(profile: PprofProfile): StackProfile {
  const text = (index: number | bigint): string => profile.stringTable.strings[Number(index)] ?? "";
  const functions = new Map(profile.function.map((one) => [Number(one.id), one]));
  const frames = new Map(
    profile.location.map((location) => [
      Number(location.id),
      // Of functions that were inlined the innermost comes first.
      location.line.map(({ functionId, line }): Frame => {
        const found = functions.get(Number(functionId));
        return { name: text(found?.name ?? 0), file: text(found?.filename ?? 0), line: Number(line) };
      }),
    ]),
  );
  const [first] = profile.sample;
  if (profile.sampleType.length === 0) throw new Error("it has no types of values");
  return {
    types: profile.sampleType.map(({ type, unit }) => ({ type: text(type), unit: text(unit) })),
    samples: profile.sample.map(({ locationId, value }) => ({
      stack: locationId.flatMap((id) => frames.get(Number(id)) ?? []),
      values: value.map(Number),
    })),
    startedAtMs: Number(profile.timeNanos) / 1e6,
    durationMs: Number(profile.durationNanos) / 1e6,
    period: {
      type: text(profile.periodType?.type ?? 0),
      unit: text(profile.periodType?.unit ?? 0),
      value: Number(profile.period),
    },
    labels: Object.fromEntries((first?.label ?? []).map(({ key, str }) => [text(key), text(str)])),
  };
}
