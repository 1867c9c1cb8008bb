/**
 * The kinds of options that `schema.ts` is written in. They are plain data, so that one schema gives the types, the
 * checks and the reference page.
 */

interface Described {
  /** One sentence for the reference page and the TSDoc of the generated types. */
  readonly doc: string;
  /** `OTEL_*` variables that mean this option, the strongest first; read by kind like the `TELLTALE_*` variable. */
  readonly otel?: readonly string[];
  /** `OTEL_*` variables that bear on this option and have rules of their own in `opentelemetry-environment.ts`. */
  readonly otelToo?: readonly string[];
  /** What the reference page says where the default cannot be written as a value. */
  readonly defaultNote?: string;
}

export interface TextOption extends Described {
  readonly kind: "text";
  readonly example: string;
  /** Messages say nothing of its value. */
  readonly secret?: boolean;
  readonly default?: string;
}

/** The path of a PEM file; its value, once read, is the file's text. */
export interface PemFileOption extends Described {
  readonly kind: "pem-file";
}

export interface NumberOption extends Described {
  readonly kind: "number";
  readonly unit?: "milliseconds" | "characters" | "traces a second";
  readonly whole: boolean;
  readonly min: number;
  readonly max: number;
  /** Whether `Infinity`, for "no limit", may be given in code. */
  readonly infinite?: boolean;
  readonly example: number;
  readonly default?: number;
}

/** A number of bytes or characters, or a text such as `100MB` or `16MiB`; its value is the number. */
export interface SizeOption extends Described {
  readonly kind: "size";
  readonly example: string;
  readonly default?: number;
}

export interface FlagOption extends Described {
  readonly kind: "flag";
  readonly default: boolean;
}

export interface ChoiceOption extends Described {
  readonly kind: "choice";
  readonly values: readonly string[];
  /** Whether a variable may write it in capitals, as OpenTelemetry allows for this one. */
  readonly anyCase?: boolean;
  readonly default?: string;
}

/** A list of names; in a variable: separated by commas, `none` for an empty list. */
export interface NamesOption extends Described {
  readonly kind: "names";
  /** Absent: any name. */
  readonly values?: readonly string[];
  /** Whether a variable may say `all`. */
  readonly all?: boolean;
  readonly example: readonly string[];
  readonly default?: readonly string[];
}

/** A list of numbers; in a variable: separated by commas. */
export interface NumbersOption extends Described {
  readonly kind: "numbers";
  readonly example: readonly number[];
}

/** Keys and values; in a variable: `key=value,key2=value2`, values percent-encoded. Layers are merged by key. */
export interface MapOption extends Described {
  readonly kind: "map";
  readonly values: "text" | "scalar";
  /** HTTP header names and values: names are checked as such, values never shown. */
  readonly headers?: boolean;
  readonly example: string;
}

export interface GroupOption extends Described {
  readonly kind: "group";
  /** Name of the generated interface. */
  readonly typeName: string;
  readonly options: Readonly<Record<string, Option>>;
  /** The group may also be `true` or `false`; this is what it is when nobody mentions it. */
  readonly switchedOn?: boolean;
}

/** A list of objects, each of the shape that its `type` names. */
export interface VariantsOption extends Described {
  readonly kind: "variants";
  readonly typeName: string;
  readonly variants: Readonly<Record<string, GroupOption>>;
}

/** A list of objects of one shape; in a variable: JSON. Only their groups have options. */
export interface ListOption extends Described {
  readonly kind: "list";
  readonly item: GroupOption;
}

/** Switches by instrumentation name: `true`, `false` or the instrumentation's own configuration. */
export interface InstrumentationsOption extends Described {
  readonly kind: "instrumentations";
}

/** An option that holds one value. */
export type LeafOption =
  | TextOption
  | PemFileOption
  | NumberOption
  | SizeOption
  | FlagOption
  | ChoiceOption
  | NamesOption
  | NumbersOption
  | MapOption;

export type Option = LeafOption | GroupOption | VariantsOption | ListOption | InstrumentationsOption;
