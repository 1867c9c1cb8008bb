/** The rules of alerts in code: apart from what makes them, so that who hands them to a thread loads no parser. */
import type { CodedRule } from "./coded-rule.ts";

/** The rules of all alerts in code, in the order of their declaration. */
export function declaredRules(): readonly CodedRule[] {
  return [...rules.values()];
}

/** Calls whenever there are other alerts in code than before, once for those of one turn of the event loop. */
export function watchCodedRules(changed: () => void): Disposable {
  const watcher = { changed };
  watchers.add(watcher);
  return { [Symbol.dispose]: () => void watchers.delete(watcher) };
}

export function declaredRule(name: string): CodedRule | undefined {
  return rules.get(name);
}

export function declareRule(rule: CodedRule): void {
  rules.set(rule.name, rule);
  tellWatchers();
}

export function withdrawRule(name: string): void {
  rules.delete(name);
  tellWatchers();
}

const rules = new Map<string, CodedRule>();
const watchers = new Set<{ readonly changed: () => void }>();
let toTell = false;

function tellWatchers(): void {
  if (toTell || watchers.size === 0) return;
  toTell = true;
  setImmediate(() => {
    toTell = false;
    for (const { changed } of [...watchers]) changed();
  }).unref();
}
