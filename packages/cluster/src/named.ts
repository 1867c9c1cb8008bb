/** What there is one of for each name is bounded: beyond these it is `other`, since the metrics keep fewer apart. */
const MAX_NAMED = 1_000;

/** The thing of this name, made when it is first asked for. */
export function named<T>(map: Map<string, T>, name: string, make: (name: string) => T): T {
  const found = map.get(name);
  if (found !== undefined) return found;
  if (map.size >= MAX_NAMED && name !== "other") return named(map, "other", make);
  const made = make(String(name));
  map.set(name, made);
  return made;
}
