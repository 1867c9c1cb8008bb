import type { View } from "@telltale/metrics";

/** A view as OpenTelemetry's declarative configuration has it: keys in snake case, and null for what is not given. */
export interface DeclaredView {
  readonly selector?: object | null | undefined;
  readonly stream?: object | null | undefined;
}

/** The same view for our own series. */
export function viewOf({ selector, stream }: DeclaredView): View {
  const { aggregation, attribute_keys: keys, ...rest } = (stream ?? {}) as DeclaredStream;
  // The SDK takes an empty list of keys for none.
  const filters = Object.entries(keys ?? {}).filter(([, names]) => names != null && names.length > 0);
  const [chosen] = Object.entries(aggregation ?? {}).filter(([, value]) => value !== undefined);
  return {
    selector: given(selector ?? {}),
    stream: {
      ...given(rest),
      ...(filters.length > 0 && { attributeKeys: Object.fromEntries(filters) }),
      // `drop:` without anything after it is null, and drops all the same.
      ...(chosen && { aggregation: { [camelCase(chosen[0])]: given(chosen[1] ?? {}) } }),
    },
  };
}

interface DeclaredStream {
  readonly aggregation?: Readonly<Record<string, object | null | undefined>> | null;
  readonly attribute_keys?: Readonly<Record<string, readonly string[] | null | undefined>> | null;
}

function given(value: object): object {
  const entries = Object.entries(value).filter(([, member]) => member !== undefined && member !== null);
  return Object.fromEntries(entries.map(([key, member]) => [camelCase(key), member]));
}

function camelCase(key: string): string {
  return key.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
