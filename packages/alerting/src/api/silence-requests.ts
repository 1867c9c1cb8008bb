import type { Notifier } from "../delivery/notifier.ts";
import type { AlertMatchOperator } from "../routing/alert-matcher.ts";
import { type Silence, type SilenceDefinition, type SilenceState, silenceState } from "../routing/silences.ts";
import { filterOf } from "./alert-requests.ts";
import { type ApiAnswer, malformed, refused } from "./api-answer.ts";
import { flagOf, listOf, objectOf, parseBody, required, textOf, timeOf, WRONG_TYPE } from "./json-body.ts";

/** @throws ApiError */
export function getSilences({ dispatcher }: Notifier, query: URLSearchParams, nowMs: number): ApiAnswer {
  // What is looked for has to be one of its matchers, as it is.
  const wanted = filterOf(query).map(textOfMatcher);
  const shown = dispatcher.silences().filter(({ matchers }) => {
    const own = new Set(matchers.map(textOfMatcher));
    return wanted.every((one) => own.has(one));
  });
  return { status: 200, body: shown.toSorted(inOrder(nowMs)).map((silence) => shownSilence(silence, nowMs)) };
}

/** @throws ApiError */
export function getSilence({ dispatcher }: Notifier, id: string, nowMs: number): ApiAnswer {
  checkId(id);
  const silence = dispatcher.silences().find((one) => one.id === id);
  if (silence === undefined) throw refused(404, "silence not found");
  return { status: 200, body: shownSilence(silence, nowMs) };
}

/** Makes a silence, or changes one when its id is given. @throws ApiError */
export function postSilence(notifier: Notifier, body: string, nowMs: number): ApiAnswer {
  const fields = objectOf(parseBody(body, "silence"), "silence");
  const id = textOf(fields, "id", { otherwise: "" });
  const definition = readSilence(fields, nowMs);
  if (definition.endsAtMs <= definition.startsAtMs) {
    throw refused(400, "Failed to create silence: start time must be before end time");
  }
  if (definition.endsAtMs <= nowMs) throw refused(400, "Failed to create silence: end time can't be in the past");
  const silence = put(notifier, { id, definition, nowMs });
  if (silence === undefined) throw refused(404, "silence not found");
  notifier.wake();
  return { status: 200, body: { silenceID: silence.id } };
}

/** Ends a silence; one that has ended stays as it is. @throws ApiError */
export function deleteSilence(notifier: Notifier, id: string, nowMs: number): ApiAnswer {
  checkId(id);
  const { dispatcher } = notifier;
  if (dispatcher.silences().every((one) => one.id !== id)) throw refused(404, "silence not found");
  if (dispatcher.expireSilence(id, nowMs)) notifier.wake();
  return { status: 200 };
}

function textOfMatcher({ name, operator, value }: SilenceDefinition["matchers"][number]): string {
  return JSON.stringify([name, operator, value]);
}

function put(
  { dispatcher }: Notifier,
  {
    id,
    definition,
    nowMs,
  }: { readonly id: string; readonly definition: Required<SilenceDefinition>; readonly nowMs: number },
): Silence | undefined {
  try {
    if (id !== "") return dispatcher.changeSilence(id, definition, nowMs);
    // Nobody was silenced before somebody said so.
    return dispatcher.silence({ ...definition, startsAtMs: Math.max(definition.startsAtMs, nowMs) }, nowMs);
  } catch (error) {
    throw refused(400, `silence invalid: ${(error as Error).message}`);
  }
}

function readSilence(fields: Readonly<Record<string, unknown>>, nowMs: number): Required<SilenceDefinition> {
  const comment = textOf(fields, "comment");
  const createdBy = textOf(fields, "createdBy");
  for (const name of ["startsAt", "endsAt"]) if ((fields[name] ?? undefined) === undefined) throw required(name);
  // Go's zero time has an end that is over.
  const endsAtMs = timeOf(fields, "endsAt") ?? 0;
  const matchers = listOf(fields["matchers"], "matchers", { least: 1 }).map(readMatcher);
  return { matchers, startsAtMs: timeOf(fields, "startsAt") ?? nowMs, endsAtMs, createdBy, comment };
}

function readMatcher(value: unknown, index: number): SilenceDefinition["matchers"][number] {
  const path = `matchers.${index}`;
  const fields = objectOf(value, path);
  const isRegex = flagOf(fields, "isRegex", { path: `${path}.isRegex` });
  const isEqual = flagOf(fields, "isEqual", { path: `${path}.isEqual`, otherwise: true });
  const operator: AlertMatchOperator = isEqual ? (isRegex ? "=~" : "=") : isRegex ? "!~" : "!=";
  const text = (name: string) => textOf(fields, name, { path: `${path}.${name}` });
  return { name: text("name"), operator, value: text("value") };
}

function checkId(id: string): void {
  if (/^[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}$/i.test(id)) return;
  throw malformed(422, `silenceID in path must be of type uuid: ${JSON.stringify(id)}`, { code: WRONG_TYPE });
}

function shownSilence(silence: Silence, nowMs: number): unknown {
  const { id, updatedAtMs, comment, createdBy, endsAtMs, startsAtMs, matchers } = silence;
  return {
    id,
    status: { state: silenceState(silence, nowMs) },
    updatedAt: new Date(updatedAtMs).toISOString(),
    comment,
    createdBy,
    endsAt: new Date(endsAtMs).toISOString(),
    matchers: matchers.map(({ name, operator, value }) => ({
      isEqual: operator === "=" || operator === "=~",
      isRegex: operator === "=~" || operator === "!~",
      name,
      value,
    })),
    startsAt: new Date(startsAtMs).toISOString(),
  };
}

/** Active ones by their end, then those to come by their start, then those that ended, the last one first. */
function inOrder(nowMs: number): (a: Silence, b: Silence) => number {
  const states: readonly SilenceState[] = ["active", "pending", "expired"];
  const times = { active: "endsAtMs", pending: "startsAtMs", expired: "endsAtMs" } as const;
  return (a, b) => {
    const [left, right] = [silenceState(a, nowMs), silenceState(b, nowMs)];
    if (left !== right) return states.indexOf(left) - states.indexOf(right);
    return (a[times[left]] - b[times[left]]) * (left === "expired" ? -1 : 1);
  };
}
