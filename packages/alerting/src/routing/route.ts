import { goQuote } from "@telltale/promql";
import { compareBytes } from "../go-template/value.ts";
import { type AlertMatcher, formatMatchers, matchesAll } from "./alert-matcher.ts";

/** A node of the routing tree, with what it has from its parents. */
export interface Route {
  readonly receiver: string;
  readonly matchers: readonly AlertMatcher[];
  /** The routes after this one are tried even if it matched. */
  readonly continue: boolean;
  /** Names of labels, or all of them. */
  readonly groupBy: readonly string[] | "all";
  readonly groupWaitMs: number;
  readonly groupIntervalMs: number;
  readonly repeatIntervalMs: number;
  readonly muteTimeIntervals: readonly string[];
  readonly activeTimeIntervals: readonly string[];
  /** Of all matchers from the root on; what the keys of groups start with. */
  readonly key: string;
  /** Its places in the tree from the root on; no other route has the same. */
  readonly id: string;
  readonly routes: readonly Route[];
}

/** What a route says itself. */
export interface RouteDefinition {
  readonly receiver: string | undefined;
  readonly matchers: readonly AlertMatcher[];
  readonly continue: boolean;
  readonly groupBy: readonly string[] | "all" | undefined;
  readonly groupWaitMs: number | undefined;
  readonly groupIntervalMs: number | undefined;
  readonly repeatIntervalMs: number | undefined;
  readonly muteTimeIntervals: readonly string[];
  readonly activeTimeIntervals: readonly string[];
  readonly routes: readonly RouteDefinition[];
}

/** Alertmanager: DefaultRouteOpts. */
const root = {
  receiver: "",
  groupBy: [] as Route["groupBy"],
  groupWaitMs: 30_000,
  groupIntervalMs: 5 * 60_000,
  repeatIntervalMs: 4 * 3_600_000,
};

/** The tree with what each route has from its parents. */
export function buildRoute(definition: RouteDefinition, parent?: Route, place = 0): Route {
  const from = parent ?? root;
  const own = formatMatchers(definition.matchers);
  const route = {
    receiver: definition.receiver ?? from.receiver,
    matchers: definition.matchers,
    continue: definition.continue,
    groupBy: definition.groupBy ?? from.groupBy,
    groupWaitMs: definition.groupWaitMs ?? from.groupWaitMs,
    groupIntervalMs: definition.groupIntervalMs ?? from.groupIntervalMs,
    repeatIntervalMs: definition.repeatIntervalMs ?? from.repeatIntervalMs,
    muteTimeIntervals: definition.muteTimeIntervals,
    activeTimeIntervals: definition.activeTimeIntervals,
    key: parent === undefined ? own : `${parent.key}/${own}`,
    id: parent === undefined ? "0" : `${parent.id}/${place}`,
    routes: [] as readonly Route[],
  };
  route.routes = definition.routes.map((one, i) => buildRoute(one, route, i));
  return route;
}

/** The routes that an alert takes: the deepest ones that match, in the order of the tree. */
export function matchRoutes(route: Route, labels: Readonly<Record<string, string>>): readonly Route[] {
  if (!matchesAll(route.matchers, labels)) return [];
  const found: Route[] = [];
  for (const child of route.routes) {
    const matches = matchRoutes(child, labels);
    found.push(...matches);
    if (matches.length > 0 && !child.continue) break;
  }
  return found.length > 0 ? found : [route];
}

/** The labels that an alert is grouped by. */
export function groupLabelsOf(
  { groupBy }: Route,
  labels: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => groupBy === "all" || groupBy.includes(name)));
}

/** By names in the order of their bytes, as in the keys of Alertmanager's groups. */
export function formatGroupLabels(labels: Readonly<Record<string, string>>): string {
  const names = Object.keys(labels).sort(compareBytes);
  return `{${names.map((name) => `${name}=${goQuote(labels[name]!)}`).join(", ")}}`;
}
