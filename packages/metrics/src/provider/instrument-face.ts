import { type Attributes, type Context, diag } from "@opentelemetry/api";
import { recordWithin } from "../exemplar.ts";
import type { BoundStream, Stream, SynchronousType } from "./stream.ts";

/** An instrument of the OpenTelemetry API that records into our series. */
export interface ProvidedInstrument {
  add(value: number, attributes?: Attributes, within?: Context): void;
  record(value: number, attributes?: Attributes, within?: Context): void;
  /** As the specification's `Bind`: the attributes are looked at once. */
  bind(attributes?: Attributes): BoundInstrument;
}

export interface BoundInstrument {
  add(value: number): void;
  record(value: number): void;
  unbind(): void;
}

export interface FaceOptions {
  readonly name: string;
  readonly type: SynchronousType;
  /** Whether the instrument was created for whole numbers. */
  readonly whole: boolean;
  readonly exemplars: boolean;
}

type Verb = "add" | "record";

/** One instrument in front of its streams: usually one, several by views and readers, none when it is dropped. */
export function instrumentFace(streams: readonly Stream[], options: FaceOptions): ProvidedInstrument {
  const verb: Verb = options.type === "counter" || options.type === "up_down_counter" ? "add" : "record";
  let face =
    streams.length === 1
      ? (streams[0] as Stream)
      : fanOut(streams, verb, options.type !== "counter" && options.type !== "histogram");
  if (options.whole) face = withWholeNumbers(face, verb, options.name);
  if (options.exemplars && streams.length > 0) face = withContext(face, verb);
  return face as unknown as ProvidedInstrument;
}

type Recorder = (value: number, attributes?: Attributes, within?: Context) => void;
type Face = { readonly [V in Verb]?: Recorder } & { bind(attributes?: Attributes): BoundStream };

function fanOut(streams: readonly Stream[], verb: Verb, signed: boolean): Face & Stream {
  const recorders = streams.map((stream) => stream[verb] as Recorder);
  // What will be refused goes to one stream only, so that it is counted once.
  const recordable = (value: unknown): boolean =>
    typeof value === "number" && value - value === 0 && (signed || value >= 0);
  const face = {
    [verb](value: number, attributes?: Attributes): void {
      if (recordable(value)) for (const record of recorders) record(value, attributes);
      else recorders[0]?.(value, attributes);
    },
    bind(attributes?: Attributes): BoundStream {
      const bound = streams.map((stream) => stream.bind(attributes));
      return {
        [verb](value: number): void {
          if (recordable(value)) for (const one of bound) one[verb]?.(value);
          else bound[0]?.[verb]?.(value);
        },
        unbind: () => {
          for (const one of bound) one.unbind();
        },
      };
    },
  };
  return face as unknown as Face & Stream;
}

function withWholeNumbers(face: Face, verb: Verb, name: string): Face & Stream {
  let told = false;
  const whole = (value: number): number => {
    if (Number.isInteger(value) || !Number.isFinite(value)) return value;
    if (!told) diag.warn(`telltale: ${name} is for whole numbers and was given ${value}; the fraction is left out`);
    told = true;
    return Math.trunc(value);
  };
  return changed(face, verb, {
    record: (inner) => (value, attributes, within) => inner(whole(value), attributes, within),
    bound: (inner) => (value) => inner(whole(value)),
  });
}

/** A context that is handed in decides about the exemplar, as the active one does otherwise. */
function withContext(face: Face, verb: Verb): Face & Stream {
  return changed(face, verb, {
    record: (inner) => (value, attributes, within) => {
      if (within === undefined) inner(value, attributes);
      else recordWithin(within, inner, value, attributes);
    },
    bound: (inner) => inner,
  });
}

function changed(
  face: Face,
  verb: Verb,
  {
    record,
    bound,
  }: {
    readonly record: (inner: Recorder) => Recorder;
    readonly bound: (inner: (value: number) => void) => (value: number) => void;
  },
): Face & Stream {
  const changedFace = {
    [verb]: record((value, attributes, within) => face[verb]?.(value, attributes, within)),
    bind(attributes?: Attributes): BoundStream {
      const inner = face.bind(attributes);
      return { [verb]: bound((value) => inner[verb]?.(value)), unbind: () => inner.unbind() };
    },
  };
  return changedFace as unknown as Face & Stream;
}
