/**
 * ExportTraceServiceRequest and ExportLogsServiceRequest, which have the same shape: resources, in them scopes, in them
 * spans or log records.
 */
import type { InstrumentationScope } from "@opentelemetry/core";
import type { Resource } from "@opentelemetry/resources";
import { writeAttributes } from "./attributes.ts";
import { ProtobufWriter, varintSize } from "./protobuf-writer.ts";

/** What spans and log records have in common. */
export interface ExportedItem {
  readonly resource: Resource;
  readonly instrumentationScope: InstrumentationScope;
}

export type WriteItem<T> = (writer: ProtobufWriter, item: T) => void;

/** Items between two yields: a fraction of a millisecond. */
const STEP = 32;

/** Room around what reserves its own. */
const AROUND = 64;

/** A guess of an item's size, for the room that the lengths around items get; a wrong one costs a move of bytes. */
const ITEM_SIZE = 256;

/** Encodes in steps, so that the caller may let the event loop run in between; gives the number of items left out. */
export function* writeRequest<T extends ExportedItem>(
  writer: ProtobufWriter,
  items: readonly T[],
  writeItem: WriteItem<T>,
): Generator<void, number> {
  writer.at = 0;
  let failed = 0;
  let sinceYield = 0;
  for (const [resource, scopes] of grouped(items)) {
    writer.reserve(AROUND);
    writer.byte(0x0a);
    const guess = varintSize(items.length * ITEM_SIZE);
    const start = writer.open(guess);
    writeEncoded(writer, prefixOf(resource, writeResource));
    for (const [scope, inScope] of scopes) {
      writer.reserve(AROUND);
      writer.byte(0x12);
      const scopeGuess = varintSize(inScope.length * ITEM_SIZE);
      const scopeStart = writer.open(scopeGuess);
      writeEncoded(writer, prefixOf(scope, writeScope));
      for (let from = 0; from < inScope.length; from += STEP) {
        const step = inScope.slice(from, from + STEP);
        failed += writeItems(writer, step, writeItem);
        sinceYield += step.length;
        if (sinceYield >= STEP) {
          sinceYield = 0;
          yield;
        }
      }
      writeSchemaUrl(writer, scope.schemaUrl);
      writer.close(scopeStart, scopeGuess);
    }
    writeSchemaUrl(writer, resource.schemaUrl);
    writer.close(start, guess);
  }
  return failed;
}

/** What one scope's part of a request will hold, written by `writeItems`. */
export interface RequestPart extends ExportedItem {
  readonly items: ProtobufWriter;
}

/** The request of these parts. */
export function writeParts(writer: ProtobufWriter, parts: readonly RequestPart[]): void {
  writer.at = 0;
  for (const [resource, scopes] of grouped(parts)) {
    const size = [...scopes.values()].flat().reduce((sum, { items }) => sum + items.at, 0);
    writer.reserve(AROUND);
    writer.byte(0x0a);
    const guess = varintSize(size);
    const start = writer.open(guess);
    writeEncoded(writer, prefixOf(resource, writeResource));
    for (const [scope, inScope] of scopes) {
      writer.byte(0x12);
      const scopeGuess = varintSize(inScope.reduce((sum, { items }) => sum + items.at, 0));
      const scopeStart = writer.open(scopeGuess);
      writeEncoded(writer, prefixOf(scope, writeScope));
      for (const { items } of inScope) writer.raw(items.written());
      writeSchemaUrl(writer, scope.schemaUrl);
      writer.reserve(AROUND);
      writer.close(scopeStart, scopeGuess);
    }
    writeSchemaUrl(writer, resource.schemaUrl);
    writer.close(start, guess);
  }
}

/** Field 2 of ScopeSpans and ScopeLogs; gives the number of items left out. */
export function writeItems<T>(writer: ProtobufWriter, items: readonly T[], writeItem: WriteItem<T>): number {
  let failed = 0;
  for (const item of items) {
    writer.reserve(AROUND);
    const before = writer.at;
    writer.byte(0x12);
    try {
      writeItem(writer, item);
    } catch {
      // What throws when it is read is the application's; the others are sent.
      writer.at = before;
      failed++;
    }
  }
  return failed;
}

type Groups<T> = Map<Resource, Map<InstrumentationScope, T[]>>;

function grouped<T extends ExportedItem>(items: readonly T[]): Groups<T> {
  const groups: Groups<T> = new Map();
  let group: T[] = [];
  let last: T | undefined;
  for (const item of items) {
    const { resource, instrumentationScope: scope } = item;
    if (resource !== last?.resource || scope !== last.instrumentationScope) {
      const scopes = getOrAdd(groups, resource, () => new Map<InstrumentationScope, T[]>());
      group = getOrAdd(scopes, scope, () => []);
      last = item;
    }
    group.push(item);
  }
  return groups;
}

function getOrAdd<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}

const encodedPrefixes = new WeakMap<object, Uint8Array>();

/** A resource whose attributes are still awaited is encoded anew each time. */
function prefixOf<T extends object>(of: T, write: (writer: ProtobufWriter, of: T) => void): Uint8Array {
  const known = encodedPrefixes.get(of);
  if (known !== undefined) return known;
  const writer = new ProtobufWriter(1_024);
  write(writer, of);
  const encoded = writer.written().slice();
  if (!(of as Partial<Resource>).asyncAttributesPending) encodedPrefixes.set(of, encoded);
  return encoded;
}

function writeEncoded(writer: ProtobufWriter, encoded: Uint8Array): void {
  writer.raw(encoded);
  writer.reserve(AROUND);
}

/** Field 1 of ResourceSpans and ResourceLogs. */
function writeResource(writer: ProtobufWriter, resource: Resource): void {
  writer.byte(0x0a);
  const start = writer.open(2);
  if (resource.attributes) writeAttributes(writer, 0x0a, resource.attributes);
  writer.reserve(AROUND);
  // Zero, which protobuf would leave out and OpenTelemetry's serializer writes.
  writer.byte(0x10);
  writer.byte(0);
  writer.close(start, 2);
}

type Scope = InstrumentationScope & { readonly attributes?: object; readonly droppedAttributesCount?: number };

/** Field 1 of ScopeSpans and ScopeLogs. */
function writeScope(writer: ProtobufWriter, scope: Scope): void {
  writer.byte(0x0a);
  const start = writer.open(1);
  writer.byte(0x0a);
  writer.string(scope.name);
  writer.reserve(AROUND);
  if (scope.version) {
    writer.byte(0x12);
    writer.string(scope.version);
  }
  if (scope.attributes) writeAttributes(writer, 0x1a, scope.attributes);
  writer.reserve(AROUND);
  if (scope.droppedAttributesCount) {
    writer.byte(0x20);
    writer.uint32(scope.droppedAttributesCount);
  }
  writer.close(start, 1);
}

/** Field 3 of ResourceSpans, ScopeSpans and their like. */
function writeSchemaUrl(writer: ProtobufWriter, schemaUrl: string | undefined): void {
  if (!schemaUrl) return;
  writer.reserve(AROUND);
  writer.byte(0x1a);
  writer.string(schemaUrl);
}
