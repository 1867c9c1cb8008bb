import { formatDuration } from "@telltale/promql";
import { type AlertLink, compareMembers, type MemberState } from "./alert-link.ts";
import type { JoiningReason } from "./incident.ts";
import type { IncidentOptions } from "./incident-options.ts";

/** What every alert has, and so says nothing of two. */
const COMMON = ["alertname", "severity"];

/** Why each member is in, by its key: the link that leads to the first one. */
export function joiningReasons(
  members: readonly MemberState[],
  links: readonly AlertLink[],
  options: IncidentOptions,
): ReadonlyMap<string, JoiningReason> {
  const byKey = new Map(members.map((member) => [member.key, member]));
  const linksOf = new Map<string, { readonly to: string; readonly link: AlertLink }[]>();
  const add = (at: string, to: string, link: AlertLink) => {
    const known = linksOf.get(at);
    if (known === undefined) linksOf.set(at, [{ to, link }]);
    else known.push({ to, link });
  };
  for (const link of links) {
    add(link.first, link.second, link);
    add(link.second, link.first, link);
  }
  const reasons = new Map<string, JoiningReason>();
  const root = members.toSorted(compareMembers)[0];
  const front = root === undefined ? [] : [root.key];
  for (const from of front) {
    for (const { to, link } of linksOf.get(from) ?? []) {
      if (to === root!.key || reasons.has(to)) continue;
      reasons.set(to, reasonOf(link, byKey.get(to)!, byKey.get(from)!, options));
      front.push(to);
    }
  }
  return reasons;
}

export function alertName({ labels }: Pick<MemberState, "labels">): string {
  return labels["alertname"] ?? "an alert without a name";
}

function reasonOf(
  { path, apartMs }: AlertLink,
  member: MemberState,
  other: MemberState,
  { serviceLabels, peerLabels }: IncidentOptions,
): JoiningReason {
  const told = new Set([...COMMON, ...serviceLabels, ...peerLabels]);
  const shared = Object.fromEntries(
    Object.entries(member.labels).filter(([name, value]) => !told.has(name) && other.labels[name] === value),
  );
  const order = compareMembers(member, other) > 0 ? "after" : "before";
  const when = apartMs === 0 ? "together with" : `${formatDuration(apartMs)} ${order}`;
  const [from, to] = [path[0]!, path.at(-1)!];
  const over = path.length > 2 ? ` by way of ${path.slice(1, -1).join(", ")}` : "";
  const where = path.length === 1 ? `both are about ${from}` : `${from} calls ${to}${over}`;
  const labels = Object.entries(shared).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  const same = labels.length === 0 ? "" : `; both have ${labels.join(", ")}`;
  return { with: other.key, path, apartMs, shared, text: `began ${when} ${alertName(other)}; ${where}${same}` };
}
