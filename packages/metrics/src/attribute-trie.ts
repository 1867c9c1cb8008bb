/**
 * From attributes to whatever belongs to them, without building a string: one step by key, one by value, for each attribute
 * in the order in which the caller wrote them. The 588 ns of the SDK's `add` are the hashing of attributes; this is about 15.
 */
export class AttributeTrie<T> {
  readonly #root: Node<T> = new Node();

  /** What `set` stored for just these attributes in just this order, or undefined. Throws what a getter throws. */
  // Hot: benchmarks/metrics. A for-in over a plain object reads keys and values from the shape's own list of keys.
  get(attributes: object | undefined): T | undefined {
    let node = this.#root;
    for (const key in attributes) {
      const values = node.key === key ? node.values : node.others?.get(key);
      if (values === undefined) return undefined;
      const next = values.get(attributes[key as keyof typeof attributes]);
      if (next === undefined) return undefined;
      node = next;
    }
    return node.target;
  }

  /** Only for values that are compared by what they are: texts, numbers, booleans, null, undefined. */
  set(keys: readonly string[], values: readonly unknown[], target: T): void {
    let node = this.#root;
    for (let i = 0; i < keys.length; i++) node = step(node, keys[i] as string, values[i]);
    node.target = target;
  }

  getPath(keys: readonly string[], values: readonly unknown[]): T | undefined {
    let node: Node<T> | undefined = this.#root;
    for (let i = 0; i < keys.length && node !== undefined; i++) {
      const key = keys[i] as string;
      node = (node.key === key ? node.values : node.others?.get(key))?.get(values[i]);
    }
    return node?.target;
  }
}

class Node<T> {
  /** The key that most callers go on with from here, and where each of its values leads. */
  key: string | undefined = undefined;
  values: Map<unknown, Node<T>> | undefined = undefined;
  /** Other keys that were seen here: attributes in another order, or optional ones. */
  others: Map<string, Map<unknown, Node<T>>> | undefined = undefined;
  target: T | undefined = undefined;
}

function step<T>(node: Node<T>, key: string, value: unknown): Node<T> {
  const values = valuesOf(node, key);
  const next = values.get(value) ?? new Node<T>();
  values.set(value, next);
  return next;
}

function valuesOf<T>(node: Node<T>, key: string): Map<unknown, Node<T>> {
  if (node.key === undefined) node.key = key;
  if (node.key === key) {
    node.values ??= new Map();
    return node.values;
  }
  node.others ??= new Map();
  const values = node.others.get(key) ?? new Map<unknown, Node<T>>();
  node.others.set(key, values);
  return values;
}
