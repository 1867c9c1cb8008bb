import { createHash } from "node:crypto";
import { type AlertLink, compareMembers, linkBetween, type MemberState, spanningLinks } from "./alert-link.ts";
import { servicesOf } from "./alert-services.ts";
import type { DependencyEdge } from "./dependency-edge.ts";
import { DependencyGraph } from "./dependency-graph.ts";
import type { Incident } from "./incident.ts";
import type { IncidentEvent } from "./incident-event.ts";
import type { IncidentOptions } from "./incident-options.ts";
import { alertName, joiningReasons } from "./joining-reason.ts";

/** An incident that is not over, as JSON it outlives a restart. */
export interface IncidentState {
  readonly id: string;
  readonly openedAtMs: number;
  readonly members: readonly MemberState[];
  /** A tree that joins them. */
  readonly links: readonly AlertLink[];
  /** When the last of its alerts was resolved; undefined while one fires. */
  readonly quietSinceMs?: number;
}

/** An alert that begins to fire. */
export interface FiredAlert {
  readonly key: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly startsAtMs: number;
}

/** What became of incidents. */
export interface IncidentSteps {
  readonly events: readonly IncidentEvent[];
  /** Incidents that turned out to be one. */
  readonly merges: readonly { readonly from: string; readonly into: string }[];
  /** Those that are over, as they were. */
  readonly closed: readonly Incident[];
}

/** What an incident has, at most; alerts beyond that make another one. */
const MAX_MEMBERS = 500;

/**
 * Which alerts are one incident: those that fire near each other in time, of services that call each other or are the same.
 * Time is an argument. The members and the reasons do not depend on the order in which alerts come at one time.
 */
export class Incidents {
  readonly #options: IncidentOptions;
  readonly #ownService: string | undefined;
  readonly #open = new Map<string, IncidentState>();
  readonly #incidentOf = new Map<string, string>();
  /** Members by the services that they are about, and then by their keys; without those of incidents that are full. */
  readonly #membersOf = new Map<string, Map<string, MemberState>>();

  constructor(
    options: IncidentOptions,
    more: { readonly ownService?: string; readonly state?: readonly IncidentState[] } = {},
  ) {
    this.#options = options;
    this.#ownService = more.ownService;
    for (const incident of more.state ?? []) this.#set(incident);
  }

  /** Alerts begin to fire, for the first time or again. */
  fired(alerts: readonly FiredAlert[], edges: readonly DependencyEdge[], nowMs: number): IncidentSteps {
    const graph = new DependencyGraph(edges, this.#options.maxHops);
    const before = new Map(this.#incidentOf);
    const known = new Set(this.#open.keys());
    for (const alert of alerts) this.#take(alert, graph, nowMs);
    return this.#stepsSince({ before, known, alerts, nowMs });
  }

  /** Alerts are resolved. */
  resolved(keys: readonly string[], nowMs: number): IncidentSteps {
    const events: IncidentEvent[] = [];
    for (const key of keys) {
      const incident = this.#open.get(this.#incidentOf.get(key) ?? "");
      const member = incident?.members.find((one) => one.key === key);
      if (incident === undefined || member === undefined || member.resolvedAtMs !== undefined) continue;
      const members = incident.members.map((one) => (one === member ? { ...one, resolvedAtMs: nowMs } : one));
      const isQuiet = members.every(({ resolvedAtMs }) => resolvedAtMs !== undefined);
      this.#set({ ...incident, members, ...(isQuiet && { quietSinceMs: nowMs }) });
      const text = `${alertName(member)} is resolved`;
      events.push({ incidentId: incident.id, timeMs: nowMs, kind: "alert_resolved", text, labels: member.labels });
    }
    return { events, merges: [], closed: [] };
  }

  /** When `due` has something to do next; Infinity when it has not. */
  nextDueMs(): number {
    let quietMs = Number.POSITIVE_INFINITY;
    for (const { quietSinceMs = Number.POSITIVE_INFINITY } of this.#open.values()) {
      quietMs = Math.min(quietMs, quietSinceMs);
    }
    return quietMs + this.#options.quietMs;
  }

  /** Ends those in which nothing has fired for long enough. */
  due(nowMs: number): IncidentSteps {
    // The clock may have been put back.
    for (const one of this.#open.values()) {
      if ((one.quietSinceMs ?? nowMs) > nowMs) this.#open.set(one.id, { ...one, quietSinceMs: nowMs });
    }
    const over = [...this.#open.values()].filter(
      ({ quietSinceMs }) => (quietSinceMs ?? Number.POSITIVE_INFINITY) + this.#options.quietMs <= nowMs,
    );
    const events = over.map(({ id, members, quietSinceMs, openedAtMs }): IncidentEvent => {
      const seconds = Math.round((quietSinceMs! - openedAtMs) / 1000);
      const text = `over: ${members.length === 1 ? "its alert is" : `all ${members.length} alerts are`} resolved`;
      return { incidentId: id, timeMs: nowMs, kind: "resolved", text: `${text}, after ${seconds} s` };
    });
    const closed = over.map((one) => ({ ...this.#describe(one), state: "resolved" as const, resolvedAtMs: nowMs }));
    for (const { id, members } of over) {
      this.#open.delete(id);
      for (const { key, services } of members) {
        this.#incidentOf.delete(key);
        for (const name of services) this.#leave(name, key);
      }
    }
    return { events, merges: [], closed };
  }

  /** The id of the one that an alert is in. */
  of(key: string): string | undefined {
    return this.#incidentOf.get(key);
  }

  get(id: string): Incident | undefined {
    const incident = this.#open.get(id);
    return incident && this.#describe(incident);
  }

  /** Those that are not over. */
  open(): readonly Incident[] {
    return [...this.#open.values()].map((incident) => this.#describe(incident));
  }

  ids(): readonly string[] {
    return [...this.#open.keys()];
  }

  state(): readonly IncidentState[] {
    return [...this.#open.values()];
  }

  #take({ key, labels, startsAtMs }: FiredAlert, graph: DependencyGraph, nowMs: number): void {
    const own = this.#open.get(this.#incidentOf.get(key) ?? "");
    const old = own?.members.find((one) => one.key === key);
    const services = servicesOf(labels, { options: this.#options, ownService: this.#ownService });
    const member: MemberState =
      old === undefined
        ? { key, labels, startsAtMs, lastStartsAtMs: startsAtMs, firings: 1, services }
        : { ...withoutEnd(old), lastStartsAtMs: startsAtMs, firings: old.firings + 1, services };
    const links = this.#linksOf(member, graph);
    const joined = this.#joinable(own, links);
    const members = [member, ...joined.flatMap((one) => one.members.filter((other) => other.key !== key))];
    const keys = new Set(members.map((one) => one.key));
    const among = [...joined.flatMap((one) => one.links), ...links].filter(
      ({ first, second }) => keys.has(first) && keys.has(second),
    );
    const id = joined[0]?.id ?? incidentId(member, nowMs);
    for (const one of joined) this.#open.delete(one.id);
    const openedAtMs = joined[0]?.openedAtMs ?? nowMs;
    this.#set({ id, openedAtMs, members: members.sort(compareMembers), links: spanningLinks(among, members) });
  }

  #linksOf(member: MemberState, graph: DependencyGraph): readonly AlertLink[] {
    const near = new Set(member.services.flatMap((name) => graph.near(name)));
    const others = new Map<string, MemberState>();
    for (const name of near) for (const [key, other] of this.#membersOf.get(name) ?? []) others.set(key, other);
    others.delete(member.key);
    return [...others.values()].flatMap((other) => linkBetween(member, other, { options: this.#options, graph }) ?? []);
  }

  /** The incidents that links lead to, the oldest first, as far as they have room. */
  #joinable(own: IncidentState | undefined, links: readonly AlertLink[]): readonly IncidentState[] {
    const ids = new Set(links.flatMap(({ first, second }) => [first, second].map((key) => this.#incidentOf.get(key))));
    const linked = [...this.#open.values()].filter((one) => one !== own && ids.has(one.id)).sort(byAge);
    let size = own === undefined ? 1 : own.members.length;
    const joined = linked.filter(({ members }) => {
      if (size + members.length > MAX_MEMBERS) return false;
      size += members.length;
      return true;
    });
    return own === undefined ? joined : [own, ...joined].sort(byAge);
  }

  #set(incident: IncidentState): void {
    this.#open.set(incident.id, incident);
    // Nobody can join them, so nobody looks at them: thousands of alerts at once would each look at all others.
    const isFull = incident.members.length >= MAX_MEMBERS;
    for (const member of incident.members) {
      this.#incidentOf.set(member.key, incident.id);
      for (const name of member.services) {
        if (isFull) {
          this.#leave(name, member.key);
          continue;
        }
        const members = this.#membersOf.get(name) ?? new Map<string, MemberState>();
        this.#membersOf.set(name, members.set(member.key, member));
      }
    }
  }

  #leave(service: string, key: string): void {
    const members = this.#membersOf.get(service);
    members?.delete(key);
    // Services may come and go for ever.
    if (members?.size === 0) this.#membersOf.delete(service);
  }

  #stepsSince(change: {
    readonly before: ReadonlyMap<string, string>;
    readonly known: ReadonlySet<string>;
    readonly alerts: readonly FiredAlert[];
    readonly nowMs: number;
  }): IncidentSteps {
    const { before, known, alerts, nowMs: timeMs } = change;
    const merges = [...known]
      .filter((id) => !this.#open.has(id))
      .map((from) => ({ from, into: this.#into(from, before) }));
    const events = merges.flatMap(({ from, into }): IncidentEvent[] => [
      { incidentId: into, timeMs, kind: "merged", text: `takes in incident ${from}: it turned out to be the same` },
      { incidentId: from, timeMs, kind: "merged", text: `goes on as incident ${into}: it turned out to be the same` },
    ]);
    const fired = new Set(alerts.map(({ key }) => key));
    for (const incident of this.#open.values()) {
      const described = this.#describe(incident);
      for (const { key, labels, because, firings } of described.members) {
        if (!fired.has(key)) continue;
        const about = { incidentId: incident.id, timeMs, labels };
        const name = alertName({ labels });
        if (before.has(key)) {
          events.push({ ...about, kind: "fired_again", text: `${name} fires again, for the ${ordinal(firings)} time` });
        } else if (because === undefined && !known.has(incident.id)) {
          events.push({ ...about, kind: "opened", text: `${name} fires` });
        } else {
          const text = because === undefined ? `${name} fires, and began before the others` : `${name} ${because.text}`;
          events.push({ ...about, kind: "joined", text });
        }
      }
    }
    return { events, merges, closed: [] };
  }

  /** Where the members of an incident are now. */
  #into(from: string, before: ReadonlyMap<string, string>): string {
    for (const [key, id] of before) if (id === from) return this.#incidentOf.get(key)!;
    return from;
  }

  #describe({ id, openedAtMs, members, links, quietSinceMs }: IncidentState): Incident {
    const reasons = joiningReasons(members, links, this.#options);
    const others = members.length === 1 ? "" : ` and ${members.length - 1} more`;
    return {
      id,
      title: `${alertName(members[0]!)}${others}`,
      state: quietSinceMs === undefined ? "firing" : "quiet",
      openedAtMs,
      resolvedAtMs: undefined,
      members: members.map(({ key, labels, startsAtMs, resolvedAtMs, firings }) => {
        return { key, labels, startsAtMs, resolvedAtMs, firings, because: reasons.get(key) };
      }),
      acknowledgedBy: undefined,
    };
  }
}

function withoutEnd({ resolvedAtMs: _, ...member }: MemberState): MemberState {
  return member;
}

function byAge(a: IncidentState, b: IncidentState): number {
  return a.openedAtMs - b.openedAtMs || compareMembers(a.members[0]!, b.members[0]!);
}

/** Short enough to be said. */
function incidentId({ key, startsAtMs }: MemberState, nowMs: number): string {
  return createHash("sha256")
    .update(JSON.stringify([key, startsAtMs, nowMs]))
    .digest("hex")
    .slice(0, 12);
}

function ordinal(count: number): string {
  const ending = [11, 12, 13].includes(count % 100) ? "th" : (["th", "st", "nd", "rd"][count % 10] ?? "th");
  return `${count}${ending}`;
}
