/** Thousands of queries by chance: the real Prometheus gives the same answers as the package on the same samples. */
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { MemoryStore } from "@telltale/promql";
import { describe, expect, test } from "vitest";
import { absentServers, programPath } from "../e2e/server-program.ts";
import { difference, ownAnswer, type Question } from "./answer.ts";
import { isKnown } from "./known-differences.ts";
import { prometheusWith } from "./prometheus-answers.ts";
import { type Random, random } from "./random.ts";
import { nativeMetrics } from "./random-histograms.ts";
import { type QueryFeatures, randomQuery } from "./random-query.ts";
import { type RandomData, randomData } from "./random-series.ts";

/** Another seed gives other series and queries: `TELLTALE_SEED=7 npx vitest run test/promql`. */
const seed = Number(process.env["TELLTALE_SEED"] ?? 1);
const queries = Number(process.env["TELLTALE_QUERIES"] ?? 2_000);
/** How many questions are on their way at once. */
const BATCH = 8;
const START_MS = 1_700_000_000_000;

interface Asked {
  readonly version: 2 | 3;
  readonly program: string;
  readonly features: QueryFeatures;
  readonly flags: readonly string[];
  /** The share of known differences; more would mean that one hides another. */
  readonly mostKnown: number;
}

/** What differs and is not known to. */
async function unknownDifferences({ version, program, features, flags, mostKnown }: Asked): Promise<readonly string[]> {
  const chance = random(seed);
  const data = randomData(chance, START_MS, 60, { natives: features.nativeMetrics !== undefined });
  const store = new MemoryStore();
  store.append(data.samples);
  await using server = await prometheusWith(program, data.samples, flags);
  const unknown: string[] = [];
  let known = 0;
  for (let asked = 0; asked < queries; asked += BATCH) {
    const questions = Array.from({ length: BATCH }, () => randomQuestion(chance, data, features));
    const answers = await Promise.all(questions.map((question) => server.ask(question)));
    for (const [i, question] of questions.entries()) {
      const ours = ownAnswer(store, question, { experimentalFunctions: true });
      const found = difference(ours, answers[i]!, {
        ordered: question.stepMs > 0,
        sorted: question.stepMs === 0 && /^sort(_desc)?\(/.test(question.query),
        // 2.42 has none.
        annotations: version === 3,
      });
      if (found === undefined) continue;
      if (isKnown(version, question.query, found)) known++;
      else unknown.push(`${JSON.stringify(question)}: ${found}`);
    }
  }
  expect(known).toBeLessThan(mostKnown * queries);
  return unknown;
}

/** At a time that no sample's time, and no time after it by a range that occurs, is equal to. */
function randomQuestion(chance: Random, data: RandomData, features: QueryFeatures): Question {
  const query = randomQuery(chance, features);
  const startMs = data.startMs + chance.below(300_000) * 10 + 1;
  if (chance.chance(0.5)) return { query, startMs, endMs: startMs, stepMs: 0 };
  const stepMs = chance.pick([15_000, 30_000, 60_000, 47_000, 400_000]);
  return { query, startMs, endMs: startMs + stepMs * (1 + chance.below(20)), stepMs };
}

const absent = absentServers("prometheus");

describe.skipIf(absent)(`queries with the seed ${seed}${absent ? ` (skipped: ${absent})` : ""}`, () => {
  test("Debian's Prometheus gives the same answers", async () => {
    const asked: Asked = { version: 2, program: programPath("prometheus"), features: {}, flags: [], mostKnown: 0.03 };
    expect(await unknownDifferences(asked)).toEqual([]);
  });
});

const version3: QueryFeatures = {
  rangeFunctions: ["mad_over_time", "ts_of_max_over_time", "ts_of_min_over_time", "ts_of_last_over_time"],
  limitRatio: true,
};

/** Prometheus 3 is no Debian package yet; where somebody has built it, it is asked too. */
const newer = join(homedir(), "go/bin/prometheus3");

test.skipIf(!existsSync(newer))(`Prometheus 3 gives the same answers with the seed ${seed}`, async () => {
  const flags = ["promql-experimental-functions"];
  expect(await unknownDifferences({ version: 3, program: newer, features: version3, flags, mostKnown: 0.03 })).toEqual(
    [],
  );
});

test.skipIf(!existsSync(newer))(
  `Prometheus 3 gives the same answers on native histograms with the seed ${seed}`,
  async () => {
    const flags = ["promql-experimental-functions", "native-histograms"];
    const features = { ...version3, nativeMetrics };
    expect(await unknownDifferences({ version: 3, program: newer, features, flags, mostKnown: 0.1 })).toEqual([]);
  },
);
