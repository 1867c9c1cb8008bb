/** A series that always moves and then repeats one value: a stuck sensor, an exporter that serves its last answer. */

/** A run as short as that is nothing yet, whatever the habit. */
const LEAST_RUN = 20;
/** A run has to be so many times the longest one known. */
const FACTOR = 4;
/** By how much one long run can change the habit. */
const GROWTH = 1.5;
/** Before it has moved so often, a series may be one that seldom does. */
const ARMED_AT_MOVES = 200;
/** The longest run is half forgotten after so many samples. */
const HALF_LIFE = 2_000;
const DECAY = 0.5 ** (1 / HALF_LIFE);

export interface FlatLine {
  last: number;
  run: number;
  longest: number;
  moves: number;
  /** The run lasts for so long that it is usual. */
  accepted: boolean;
}

export function flatLine(): FlatLine {
  return { last: 0, run: 0, longest: 1, moves: 0, accepted: false };
}

/** Above 1 when the value has stood still for longer than it ever does. */
export function flatLineScore(flat: FlatLine, value: number): number {
  if (flat.run > 0 && value === flat.last) flat.run++;
  else {
    flat.longest = Math.max(flat.longest, Math.min(flat.run, flat.longest * GROWTH));
    flat.run = 1;
    flat.moves++;
    flat.accepted = false;
  }
  flat.longest = Math.max(1, flat.longest * DECAY);
  flat.last = value;
  if (flat.accepted || flat.moves < ARMED_AT_MOVES) return 0;
  return flat.run / Math.max(LEAST_RUN, FACTOR * flat.longest);
}

/** What stands still for good is usual, until it moves again. */
export function acceptRun(flat: FlatLine): void {
  flat.accepted = true;
}
