/** Craps, as BitCraps plays it: what `createGame(craps)` needs to know. */
import type { GameOptions } from "./game-options.ts";

export const craps = {
  game: "craps",
  betTypes: [
    "pass_line",
    "dont_pass",
    "come",
    "dont_come",
    "odds",
    "field",
    "place_4",
    "place_5",
    "place_6",
    "place_8",
    "place_9",
    "place_10",
    "hard_4",
    "hard_6",
    "hard_8",
    "hard_10",
    "any_seven",
    "any_craps",
    "yo_eleven",
  ],
  outcomes: ["natural", "craps", "point_made", "seven_out"],
  // In 36 throws of two dice.
  law: { 2: 1, 3: 2, 4: 3, 5: 4, 6: 5, 7: 6, 8: 5, 9: 4, 10: 3, 11: 2, 12: 1 },
} as const satisfies GameOptions;
