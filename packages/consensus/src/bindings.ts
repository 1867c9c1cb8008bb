/** Values outside a closed set, and those beyond this many, are `other` in the metrics and need no binding of their own. */
const MAX_BOUND = 50;

/** Binds each key once, when it is first asked for. */
export function bindings<K, B>(bind: (key: K) => B): (key: K) => B {
  const bound = new Map<K, B>();
  return (key) => {
    const found = bound.get(key);
    if (found !== undefined) return found;
    const made = bind(key);
    if (bound.size < MAX_BOUND) bound.set(key, made);
    return made;
  };
}
