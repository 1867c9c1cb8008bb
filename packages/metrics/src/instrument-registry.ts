import { fileURLToPath } from "node:url";
import type { KeepKey } from "./attribute-schema.ts";
import type { AttributeValues, InstrumentDeclaration } from "./declaration.ts";
import { checkDeclaration } from "./declaration.ts";
import type { Instrument, InstrumentKind } from "./instrument.ts";
import { revise } from "./revision.ts";

/** An instrument with what it was made from. */
export interface DeclaredInstrument {
  readonly instrument: Instrument;
  readonly kind: InstrumentKind;
  readonly declaration: InstrumentDeclaration;
  /** Makes another one, which no reader sees by itself. */
  readonly create: (declaration: InstrumentDeclaration, keepKey?: KeepKey) => Instrument;
}

/** What readers see in place of an instrument, or undefined for the instrument as it is. */
export type Viewer = (declared: DeclaredInstrument) => readonly Instrument[] | undefined;

interface Registered extends DeclaredInstrument {
  readonly place: string;
  streams: readonly Instrument[];
}

// Of the whole process, so that an instrument declared before `bootstrap()` is there when the readers come.
const registered = new Map<string, Registered>();
let viewer: Viewer = () => undefined;

/**
 * The instrument of this declaration: a new one, or the one that was declared in the same words before.
 * @throws TypeError with code TELLTALE_DUPLICATE_INSTRUMENT, naming both places, when the words differ
 */
export function declareInstrument<I extends Instrument, A extends AttributeValues>(
  kind: InstrumentKind,
  declaration: InstrumentDeclaration<A>,
  create: (declaration: InstrumentDeclaration<A>, keepKey?: KeepKey) => I,
): I {
  checkDeclaration(declaration as InstrumentDeclaration, kind);
  const key = `${declaration.scope?.name ?? ""}\n${declaration.scope?.version ?? ""}\n${declaration.name.toLowerCase()}`;
  const before = registered.get(key);
  if (before === undefined) {
    const instrument = create(declaration);
    const entry = { instrument, kind, declaration, create: create as DeclaredInstrument["create"] };
    registered.set(key, { ...entry, place: callerPlace(), streams: streamsOf(entry) });
    revise();
    return instrument;
  }
  const differences = differing(before, { kind, declaration });
  if (differences.length === 0) return before.instrument as I;
  const message = `${declaration.name} is declared twice, with different ${differences.join(", ")}: at ${before.place} and at ${callerPlace()}; declare it once and import it, or give one of them another name`;
  throw Object.assign(new TypeError(message), { code: "TELLTALE_DUPLICATE_INSTRUMENT" });
}

/** All instruments of this process, in the order of their declaration. */
export function instruments(): Iterable<Instrument> {
  return Array.from(registered.values()).flatMap(({ streams }) => streams);
}

/** Decides from now on what readers see of each instrument, those declared before included. */
export function viewInstruments(next: Viewer): void {
  viewer = next;
  for (const entry of registered.values()) entry.streams = streamsOf(entry);
  revise();
}

/** Takes an instrument and its series out of every reader's sight, as a test or a hot reload may want. */
export function forgetInstrument(instrument: Instrument): void {
  for (const [key, entry] of registered) if (entry.instrument === instrument) registered.delete(key);
  revise();
}

function streamsOf(declared: DeclaredInstrument): readonly Instrument[] {
  return viewer(declared) ?? [declared.instrument];
}

function differing(
  before: { readonly kind: InstrumentKind; readonly declaration: object },
  now: { readonly kind: InstrumentKind; readonly declaration: object },
): string[] {
  const a: Record<string, unknown> = { ...before.declaration, kind: before.kind };
  const b: Record<string, unknown> = { ...now.declaration, kind: now.kind };
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].filter((key) => text(a[key]) !== text(b[key])).sort();
}

function text(value: unknown): string {
  // Infinity stands in `open()`, and JSON knows no infinity. Functions are compared by their source.
  return (
    JSON.stringify(value, (_, item: unknown) =>
      typeof item === "number" || typeof item === "function" ? String(item) : item,
    ) ?? ""
  );
}

/** The first line of the stack that is outside this package. */
function callerPlace(): string {
  const lines = new Error().stack?.split("\n").slice(1) ?? [];
  const own = new URL(".", import.meta.url);
  const outside = lines.find((line) => !line.includes(fileURLToPath(own)) || /\.test\.[jt]s/.test(line));
  return outside?.trim().replace(/^at /, "") ?? "an unknown place";
}
