import type { InstrumentationScope } from "@opentelemetry/core";
import type { Resource } from "@opentelemetry/resources";
import type { ProtobufWriter } from "../protobuf-writer.ts";
import { writeAttributes } from "./attributes.ts";

type Scope = InstrumentationScope & { readonly attributes?: object; readonly droppedAttributesCount?: number };

/** Field 1 of ScopeMetrics. */
export function writeScope(writer: ProtobufWriter, scope: Scope): void {
  writer.tag(1, 2);
  const start = writer.open();
  writer.tag(1, 2);
  writer.string(scope.name);
  if (scope.version) {
    writer.tag(2, 2);
    writer.string(scope.version);
  }
  if (scope.attributes) writeAttributes(writer, 3, scope.attributes);
  if (scope.droppedAttributesCount) {
    writer.tag(4, 0);
    writer.varint(scope.droppedAttributesCount);
  }
  writer.close(start);
}

/** Field 1 of ResourceMetrics. */
export function writeResource(writer: ProtobufWriter, resource: Resource): void {
  writer.tag(1, 2);
  const start = writer.open();
  if (resource.attributes) writeAttributes(writer, 1, resource.attributes);
  // Zero, which protobuf would leave out and OpenTelemetry's serializer writes.
  writer.tag(2, 0);
  writer.varint(0);
  writer.close(start);
}

/** Field 3 of ScopeMetrics and of ResourceMetrics. */
export function writeSchemaUrl(writer: ProtobufWriter, schemaUrl: string | undefined): void {
  if (!schemaUrl) return;
  writer.tag(3, 2);
  writer.string(schemaUrl);
}
