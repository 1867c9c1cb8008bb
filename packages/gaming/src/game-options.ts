import type { UnfairDraws } from "./fairness.ts";

export interface GameOptions {
  /** Name of the game. */
  readonly game: string;
  /** The kinds of bets, at most 100; another one is `other`. @default the first 100 */
  readonly betTypes?: readonly string[];
  /** How rounds end, at most 20; another one is `other`. @default the first 20 */
  readonly outcomes?: readonly string[];
  /** How likely each result of a draw is, by weights: `{ heads: 1, tails: 1 }`. Without it draws are counted and not tested. */
  readonly law?: Readonly<Record<string, number>>;
  /** Draws that fairness is looked at in: the latest so many. @default 10000 */
  readonly fairnessWindow?: number;
  /** The draws have become such as the law does hardly bring. Told once, until they are fair again. */
  readonly onUnfair?: (draws: UnfairDraws) => void;
  /** Monotonic, in milliseconds. @default performance.now */
  readonly now?: () => number;
}

export interface GameSettings {
  readonly game: string;
  readonly betTypes: ReadonlySet<string> | undefined;
  readonly outcomes: ReadonlySet<string> | undefined;
  readonly law: readonly (readonly [result: string, weight: number])[];
  readonly fairnessWindow: number;
  readonly onUnfair: ((draws: UnfairDraws) => void) | undefined;
  readonly now: () => number;
}

/** From so many draws on the test of fairness says something. */
export const MIN_FAIRNESS_DRAWS = 1_000;
/** As many as the metrics keep apart. */
const MAX_BET_TYPES = 100;
const MAX_OUTCOMES = 20;
const MAX_RESULTS = 100;

const optionNames = ["game", "betTypes", "outcomes", "law", "fairnessWindow", "onUnfair", "now"];

/** @throws TypeError with code TELLTALE_BAD_GAMING_OPTION */
export function gameSettings(options: GameOptions): GameSettings {
  for (const name of Object.keys(options)) {
    if (!optionNames.includes(name)) throw badOption(`${name} is not an option; there are ${optionNames.join(", ")}`);
  }
  const { game, betTypes, outcomes, law = {}, fairnessWindow = 10_000, onUnfair } = options;
  if (typeof game !== "string" || game === "") {
    throw badOption(`game is ${JSON.stringify(game)}; give a name, such as "craps"`);
  }
  const weights = typeof law === "object" && law !== null ? Object.entries(law) : [];
  const isLaw = weights.length <= MAX_RESULTS && weights.every(([, weight]) => weight > 0 && Number.isFinite(weight));
  if (!isLaw || weights.length === 1 || Array.isArray(law)) {
    throw badOption(`law is ${JSON.stringify(law)}; give 2 to ${MAX_RESULTS} results with weights above 0`);
  }
  if (!Number.isSafeInteger(fairnessWindow) || fairnessWindow < MIN_FAIRNESS_DRAWS || fairnessWindow > 1_000_000) {
    throw badOption(`fairnessWindow is ${String(fairnessWindow)}; give draws from ${MIN_FAIRNESS_DRAWS} to 1000000`);
  }
  if (onUnfair !== undefined && typeof onUnfair !== "function") {
    throw badOption(`onUnfair is of type ${typeof onUnfair}; give a function`);
  }
  const { now = () => performance.now() } = options;
  return {
    game,
    betTypes: names("betTypes", betTypes, MAX_BET_TYPES),
    outcomes: names("outcomes", outcomes, MAX_OUTCOMES),
    law: weights,
    fairnessWindow,
    onUnfair,
    now,
  };
}

export function badOption(message: string): TypeError {
  return Object.assign(new TypeError(`gaming.${message}`), { code: "TELLTALE_BAD_GAMING_OPTION" });
}

function names(option: string, list: readonly string[] | undefined, max: number): ReadonlySet<string> | undefined {
  if (list === undefined) return undefined;
  const isNames = Array.isArray(list) && list.length > 0 && list.length <= max;
  if (isNames && list.every((name) => typeof name === "string" && name !== "")) return new Set(list);
  throw badOption(`${option} is ${JSON.stringify(list)}; give a list of 1 to ${max} names`);
}
