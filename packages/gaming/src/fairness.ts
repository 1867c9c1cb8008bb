/** Whether the draws of a game follow its law: all of them, and the latest, in which dice that were changed show. */
import { type ChiSquareTest, chiSquareTest } from "./chi-square.ts";
import { type GameSettings, MIN_FAIRNESS_DRAWS } from "./game-options.ts";

/** Draws that would come by chance less than once in ten thousand tests. */
const UNFAIR_P = 1e-4;
/** A test at each draw would find a rare one sooner or later. */
const DRAWS_PER_TEST = 1_000;

export interface UnfairDraws extends ChiSquareTest {
  readonly game: string;
}

export interface GameFairness {
  /** Of every draw since the start. */
  readonly all: ChiSquareTest;
  /** Of the latest, `fairnessWindow` of them at most. */
  readonly recent: ChiSquareTest;
  /** False when the recent draws, 1,000 or more, have a p-value below 0.0001. */
  readonly isFair: boolean;
}

export class Fairness {
  readonly isTested: boolean;
  private readonly game: string;
  private readonly places: ReadonlyMap<string, number>;
  private readonly weights: Float64Array;
  private readonly all: Float64Array;
  private readonly recent: Float64Array;
  private readonly window: Uint8Array;
  private readonly onUnfair: (draws: UnfairDraws) => void;
  private draws = 0;
  private wasFair = true;

  constructor({ game, law, fairnessWindow }: GameSettings, onUnfair: (draws: UnfairDraws) => void) {
    this.game = game;
    this.isTested = law.length > 0;
    this.places = new Map(law.map(([result], place) => [result, place]));
    this.weights = Float64Array.from(law, ([, weight]) => weight);
    this.all = new Float64Array(law.length);
    this.recent = new Float64Array(law.length);
    this.window = new Uint8Array(this.isTested ? fairnessWindow : 0);
    this.onUnfair = onUnfair;
  }

  // Hot: benchmarks/domains.ts.
  /** Whether the law knows this result. */
  draw(result: string): boolean {
    const place = this.places.get(result);
    if (place === undefined) return false;
    const at = this.draws % this.window.length;
    if (this.draws >= this.window.length) this.recent[this.window[at]!]!--;
    this.window[at] = place;
    this.recent[place]!++;
    this.all[place]!++;
    this.draws++;
    if (this.draws % DRAWS_PER_TEST === 0) this.look();
    return true;
  }

  get hasEnough(): boolean {
    return this.draws >= MIN_FAIRNESS_DRAWS;
  }

  recentTest(): ChiSquareTest {
    return chiSquareTest(this.recent, this.weights);
  }

  state(): GameFairness {
    const recent = this.recentTest();
    const isFair = !this.hasEnough || recent.pValue >= UNFAIR_P;
    return { all: chiSquareTest(this.all, this.weights), recent, isFair };
  }

  private look(): void {
    const test = this.recentTest();
    const isFair = test.pValue >= UNFAIR_P;
    const isNews = this.wasFair && !isFair;
    this.wasFair = isFair;
    if (isNews) this.onUnfair({ game: this.game, ...test });
  }
}
